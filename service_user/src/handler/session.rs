//! Going on with a sign-in, and ending it.

use contract::user::{LogoutRequest, LogoutResponse, RefreshRequest, Session};
use micro::Problem;
use tonic::Request;

use super::trail;
use crate::domain::Refusal;
use crate::domain::refresh::RefreshToken;
use crate::store::Rotation;
use crate::users::{Users, new_refresh_token};

pub async fn refresh(users: &Users, request: Request<RefreshRequest>) -> Result<Session, Problem> {
    let (context, message) = micro::accept(request)?;
    let presented = RefreshToken::presented(&message.refresh_token);
    let successor = new_refresh_token();
    let now = users.clock.now_ms();
    let expires_at = now + users.tokens.refresh_life_ms();
    let rotated = match users.store.rotate(&presented.digest(), &successor.digest(), now, expires_at).await? {
        Rotation::Done(rotated) => rotated,
        Rotation::Reused { user_id, sign_in_id } => {
            trail::of(&context).refresh_token_reused(user_id, sign_in_id);
            return Err(Refusal::RefreshTokenReused.into());
        }
    };
    users.session(&rotated.account, rotated.sign_in_id, successor, expires_at)
}

pub async fn logout(users: &Users, request: Request<LogoutRequest>) -> Result<LogoutResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    let presented = RefreshToken::presented(&message.refresh_token);
    users.store.sign_out(&presented.digest(), message.everywhere, users.clock.now_ms()).await?;
    Ok(LogoutResponse {})
}
