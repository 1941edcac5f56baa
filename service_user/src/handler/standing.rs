//! What an account may do, set by an admin or the operator's command line.

use contract::user::{Profile, SetRolesRequest};
use micro::Problem;
use tonic::Request;

use crate::domain::roles::Standing;
use crate::users::{Users, profile};

pub async fn set_roles(users: &Users, request: Request<SetRolesRequest>) -> Result<Profile, Problem> {
    let (context, message) = micro::accept(request)?;
    let wanted = Standing::wanted(message.roles(), message.cinema_ids.iter().copied(), message.disabled)?;
    let account = users.store.change_standing(message.user_id, wanted, users.clock.now_ms()).await?;
    tracing::info!(
        user_id = account.id,
        roles = account.standing.roles_text(),
        disabled = account.standing.disabled,
        by = context.caller().map_or(0, |caller| caller.user_id),
        "standing changed"
    );
    Ok(profile(&account))
}
