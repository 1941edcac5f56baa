//! Changing who one is.

use std::sync::Arc;

use axum::Form;
use axum::body::Body;
use axum::extract::State as Extract;
use contract::user::{Profile, UpdateProfileRequest};
use http::Response;
use serde::Deserialize;

use super::Wrong;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, response};

/// What was typed.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    user_name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    current_password: String,
}

/// Changes what is another than it was.
pub async fn update(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response<Body>, Refused> {
    super::signed_in(&visitor)?;
    let profile = super::find(&state, &visitor).await?;
    let changed = |typed: &str, before: &str| match typed.trim() {
        same if same == before => String::new(),
        new => new.to_owned(),
    };
    let message = UpdateProfileRequest {
        user_name: changed(&typed.user_name, &profile.user_name),
        email: changed(&typed.email, &profile.email),
        phone: changed(&typed.phone, &profile.phone),
        display_name: changed(&typed.display_name, &profile.display_name),
        locale: String::new(),
        current_password: typed.current_password.clone(),
    };
    match state.services.users().update_profile(visitor.ask(message)).await {
        Ok(_) => Ok(response::see_other("/account?done=profile")),
        Err(status) => super::refused(&state, &visitor, as_typed(typed, profile), Wrong::Profile(status)),
    }
}

/// What was typed stays in the form, so that it can be mended.
fn as_typed(typed: Typed, profile: Profile) -> Profile {
    Profile {
        display_name: typed.display_name,
        user_name: typed.user_name,
        email: typed.email,
        phone: typed.phone,
        ..profile
    }
}
