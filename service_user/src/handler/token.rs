//! Checking an access token.

use contract::user::{AuthorizeRequest, AuthorizeResponse};
use micro::Problem;
use tonic::Request;

use crate::users::Users;

pub async fn authorize(
    users: &Users,
    request: Request<AuthorizeRequest>,
) -> Result<AuthorizeResponse, Problem> {
    let (context, message) = micro::accept(request)?;
    let given = Some(message.access_token.as_str()).filter(|token| !token.is_empty());
    let caller = match given.or(context.bearer()) {
        Some(token) => users.verifier.verify(token, context.source()).await?,
        None => context.caller()?.clone().into(),
    };
    Ok(AuthorizeResponse {
        user_id: caller.user_id,
        roles: caller.roles.iter().map(|role| i32::from(*role)).collect(),
        cinema_ids: caller.cinema_ids.clone(),
        expires_at: caller.expires_at,
    })
}
