//! What the other services ask.

use contract::user::{CheckUserRequest, CheckUserResponse};
use micro::Problem;
use tonic::Request;

use crate::domain::Refusal;
use crate::users::Users;

pub async fn check_user(
    users: &Users,
    request: Request<CheckUserRequest>,
) -> Result<CheckUserResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    users.store.account(message.user_id).await?.ok_or(Refusal::UserNotFound)?;
    Ok(CheckUserResponse {})
}
