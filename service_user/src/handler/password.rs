//! A new password.

use contract::user::{ChangePasswordRequest, Session};
use micro::Problem;
use tonic::Request;

use crate::domain::Refusal;
use crate::domain::password::Password;
use crate::hasher::Verified;
use crate::users::Users;

pub async fn change(users: &Users, request: Request<ChangePasswordRequest>) -> Result<Session, Problem> {
    let (context, message) = micro::accept(request)?;
    let user_id = context.caller()?.user_id;
    let account = users.store.account(user_id).await?.ok_or(Refusal::CredentialsWrong)?;
    let new_password = Password::new(&message.new_password);
    new_password.check(account.names.texts())?;

    let (counted_as, now) = (counted_as(user_id), users.clock.now_ms());
    let attempt = users.attempts.password(&counted_as, context.client_address, now)?;
    let current = Password::new(&message.current_password);
    let verified = users.hasher.verify(current, Some(account.password_hash.clone())).await;
    attempt.end(&verified);
    if verified? == Verified::Wrong {
        return Err(Refusal::CredentialsWrong.into());
    }

    let new_hash = users.hasher.hash(new_password).await?;
    let (sign_in, refresh_token) = users.new_sign_in().await?;
    if !users.store.change_password(user_id, &account.password_hash, &new_hash, &sign_in).await? {
        return Err(Refusal::CredentialsWrong.into());
    }
    tracing::info!(user_id, "password changed");
    users.session(&account, sign_in.id, refresh_token, sign_in.expires_at)
}

/// What tries of an account's password are counted under, whichever name was used.
pub fn counted_as(user_id: i64) -> String {
    format!("account {user_id}")
}
