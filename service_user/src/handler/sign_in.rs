//! Signing in with a password.

use contract::user::{LoginRequest, Session};
use micro::Problem;
use tonic::Request;

use super::{password, trail};
use crate::domain::Refusal;
use crate::domain::login_name::{Login, key};
use crate::domain::password::Password;
use crate::hasher::Verified;
use crate::metrics;
use crate::users::Users;

pub async fn login(users: &Users, request: Request<LoginRequest>) -> Result<Session, Problem> {
    let outcome = try_login(users, request).await;
    metrics::login(outcome.as_ref().err());
    outcome
}

async fn try_login(users: &Users, request: Request<LoginRequest>) -> Result<Session, Problem> {
    let (context, message) = micro::accept(request)?;
    let account = match Login::parse(&message.login) {
        Some(login) => users.store.account_by_login(&login).await?,
        None => None,
    };
    let counted_as = match &account {
        Some(account) => password::counted_as(account.id),
        None => format!("login {}", key(&message.login)),
    };
    // Without an account this takes as long as with one.
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let typed = Password::new(&message.password);
    let user_id = account.as_ref().map(|account| account.id);
    let verified = password::verify(users, &context, user_id, &counted_as, typed, stored).await?;
    let Some(account) = account.filter(|_| verified != Verified::Wrong) else {
        return Err(Refusal::CredentialsWrong.into());
    };
    if account.standing.disabled {
        trail::of(&context).disabled_account(account.id);
        return Err(Refusal::AccountDisabled.into());
    }

    let new_hash = match verified {
        Verified::RightButOutdated => Some(users.hasher.hash(Password::new(&message.password)).await?),
        _ => None,
    };
    let (sign_in, refresh_token) = users.new_sign_in().await?;
    // The password or the standing may have changed since it was checked.
    if !users.store.sign_in(&account, new_hash.as_deref(), &sign_in).await? {
        return Err(Refusal::CredentialsWrong.into());
    }
    users.session(&account, sign_in.id, refresh_token, sign_in.expires_at)
}
