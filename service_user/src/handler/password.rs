//! A new password.

use contract::user::{ChangePasswordRequest, Session};
use micro::{Problem, RequestContext};
use tonic::Request;

use super::trail;
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

    let (current, stored) = (Password::new(&message.current_password), account.password_hash.clone());
    let verified =
        verify(users, &context, Some(user_id), &counted_as(user_id), current, Some(stored)).await?;
    if verified == Verified::Wrong {
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

/// Tries a password, as often as it may be tried. The try goes on and counts for
/// what it is whether or not the caller still waits.
pub async fn verify(
    users: &Users,
    context: &RequestContext,
    user_id: Option<i64>,
    counted_as: &str,
    typed: Password,
    stored: Option<String>,
) -> Result<Verified, Problem> {
    let attempt = users.attempts.password(counted_as, context.client_address).await?;
    let (hasher, trail) = (users.hasher.clone(), trail::of(context));
    let trying = tokio::spawn(async move {
        let verified = hasher.verify(typed, stored).await;
        let pause_ms = attempt.end(&verified);
        if matches!(verified, Ok(Verified::Wrong)) {
            trail.wrong_password(user_id, pause_ms);
        }
        verified
    });
    trying.await.map_err(Problem::internal)?
}

/// What tries of an account's password are counted under, whichever name was used.
pub fn counted_as(user_id: i64) -> String {
    format!("account {user_id}")
}
