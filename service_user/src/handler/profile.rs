//! The caller's own account.

use contract::user::{GetProfileRequest, Profile, UpdateProfileRequest};
use micro::{Problem, RequestContext};
use tonic::Request;

use super::{names, password};
use crate::domain::Refusal;
use crate::domain::login_name::Name;
use crate::domain::password::Password;
use crate::hasher::Verified;
use crate::store::{Account, Names};
use crate::users::{Users, profile};

/// How young a sign-in is that does without the password, milliseconds: its password was given
/// just now. The contract of `UpdateProfile` tells of it.
const RECENT_MS: i64 = 5 * 60 * 1000;

pub async fn get(users: &Users, request: Request<GetProfileRequest>) -> Result<Profile, Problem> {
    let (context, _) = micro::accept(request)?;
    let account = users.store.account(context.caller()?.user_id).await?.ok_or(Refusal::UserNotFound)?;
    Ok(profile(&account))
}

pub async fn update(users: &Users, request: Request<UpdateProfileRequest>) -> Result<Profile, Problem> {
    let (context, message) = micro::accept(request)?;
    let user_id = context.caller()?.user_id;
    let names = names::parse(&message.user_name, &message.email, &message.phone)?;
    if names.email.is_some() || names.phone.is_some() {
        confirm(users, &context, user_id, &names, &message.current_password).await?;
    }
    let change = |account: &mut Account| apply(account, names, &message);
    let account = users.store.change_profile(user_id, change).await?.ok_or(Refusal::UserNotFound)?;
    Ok(profile(&account))
}

/// Whoever finds a device that is signed in must not be able to take the account away: where
/// its owner can be reached changes only with the password.
async fn confirm(
    users: &Users,
    context: &RequestContext,
    user_id: i64,
    wanted: &Names,
    typed: &str,
) -> Result<(), Problem> {
    let account = users.store.account(user_id).await?.ok_or(Refusal::UserNotFound)?;
    let changes = |wanted: &Option<Name>, now: &Option<Name>| wanted.is_some() && wanted != now;
    if !changes(&wanted.email, &account.names.email) && !changes(&wanted.phone, &account.names.phone) {
        return Ok(());
    }
    if typed.is_empty() {
        let signed_in_at = users.store.signed_in_at(user_id, context.caller()?.sign_in_id).await?;
        let recent = signed_in_at.is_some_and(|at| users.clock.now_ms().saturating_sub(at) < RECENT_MS);
        return if recent { Ok(()) } else { Err(Refusal::PasswordNeeded.into()) };
    }
    let (counted_as, typed) = (password::counted_as(user_id), Password::new(typed));
    let stored = Some(account.password_hash);
    match password::verify(users, context, Some(user_id), &counted_as, typed, stored).await? {
        Verified::Wrong => Err(Refusal::CredentialsWrong.into()),
        Verified::Right | Verified::RightButOutdated => Ok(()),
    }
}

/// Sets what is given and leaves the rest.
fn apply(account: &mut Account, names: Names, message: &UpdateProfileRequest) {
    let before = std::mem::take(&mut account.names);
    account.names = Names {
        user_name: names.user_name.or(before.user_name),
        email: names.email.or(before.email),
        phone: names.phone.or(before.phone),
    };
    let display_name = message.display_name.trim();
    if !display_name.is_empty() {
        display_name.clone_into(&mut account.display_name);
    }
    if !message.locale.is_empty() {
        account.locale.clone_from(&message.locale);
    }
}
