//! What an account may do, set by an admin or the operator's command line.

use contract::user::{Profile, SetRolesRequest};
use micro::Problem;
use tonic::Request;

use crate::domain::Refusal;
use crate::domain::roles::Standing;
use crate::store::By;
use crate::users::{Users, profile};

pub async fn set_roles(users: &Users, request: Request<SetRolesRequest>) -> Result<Profile, Problem> {
    let (context, message) = micro::accept(request)?;
    let wanted = Standing::wanted(message.roles(), message.cinema_ids.iter().copied(), message.disabled)?;
    let before = users.store.account(message.user_id).await?.ok_or(Refusal::UserNotFound)?;
    // Those it has already were looked up when it got them.
    let had: Vec<i64> = before.standing.cinemas().collect();
    users.cinemas.check(wanted.cinemas().filter(|id| !had.contains(id)).collect()).await?;
    let by =
        By { user_id: context.caller().map_or(0, |caller| caller.user_id), now_ms: users.clock.now_ms() };
    let account = users.store.change_standing(message.user_id, wanted, by).await?;
    tracing::info!(
        user_id = account.id,
        roles = account.standing.roles_text(),
        disabled = account.standing.disabled,
        by = by.user_id,
        "standing changed"
    );
    Ok(profile(&account))
}
