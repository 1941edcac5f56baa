//! The caller's own account.

use contract::user::{GetProfileRequest, Profile, UpdateProfileRequest};
use micro::Problem;
use tonic::Request;

use super::names;
use crate::domain::Refusal;
use crate::store::{Account, Names};
use crate::users::{Users, profile};

pub async fn get(users: &Users, request: Request<GetProfileRequest>) -> Result<Profile, Problem> {
    let (context, _) = micro::accept(request)?;
    let account = users.store.account(context.caller()?.user_id).await?.ok_or(Refusal::UserNotFound)?;
    Ok(profile(&account))
}

pub async fn update(users: &Users, request: Request<UpdateProfileRequest>) -> Result<Profile, Problem> {
    let (context, message) = micro::accept(request)?;
    let user_id = context.caller()?.user_id;
    let names = names::parse(&message.user_name, &message.email, &message.phone)?;
    let change = |account: &mut Account| apply(account, names, &message);
    let account = users.store.change_profile(user_id, change).await?.ok_or(Refusal::UserNotFound)?;
    Ok(profile(&account))
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
