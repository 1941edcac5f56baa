//! Going on with a sign-in, and ending it.

use contract::user::{LogoutRequest, LogoutResponse, RefreshRequest, Session};
use micro::Problem;
use tonic::Request;

use super::trail;
use crate::domain::Refusal;
use crate::domain::refresh::RefreshToken;
use crate::store::{Exchange, Rotation};
use crate::users::{Users, new_salt};

pub async fn refresh(users: &Users, request: Request<RefreshRequest>) -> Result<Session, Problem> {
    let (context, message) = micro::accept(request)?;
    let presented = RefreshToken::presented(&message.refresh_token);
    let now_ms = users.clock.now_ms();
    let exchange = Exchange {
        salt: new_salt(),
        now_ms,
        expires_at: now_ms + users.tokens.refresh_life_ms(),
        grace_ms: users.tokens.reuse_grace_ms(),
    };
    let rotated = match users.store.rotate(&presented, &exchange).await? {
        Rotation::Done(rotated) => rotated,
        Rotation::Reused { user_id, sign_in_id } => {
            trail::of(&context).refresh_token_reused(user_id, sign_in_id);
            return Err(Refusal::RefreshTokenReused.into());
        }
    };
    if rotated.repeated {
        trail::of(&context).refresh_token_repeated(rotated.account.id, rotated.sign_in_id);
    }
    users.session(&rotated.account, rotated.sign_in_id, rotated.successor, rotated.expires_at)
}

pub async fn logout(users: &Users, request: Request<LogoutRequest>) -> Result<LogoutResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    let presented = RefreshToken::presented(&message.refresh_token);
    users.store.sign_out(&presented, message.everywhere, users.clock.now_ms()).await?;
    Ok(LogoutResponse {})
}
