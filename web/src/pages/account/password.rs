//! A new password, and signing out everywhere.

use std::sync::Arc;

use axum::Form;
use axum::body::Body;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use contract::user::{ChangePasswordRequest, LogoutRequest};
use http::Response;
use serde::Deserialize;

use super::Wrong;
use crate::cookies::Cookie;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, response, session};

/// What was typed.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    current_password: String,
    #[serde(default)]
    new_password: String,
}

/// Sets a new password; this sign-in goes on, every other ends.
pub async fn change(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response<Body>, Refused> {
    super::signed_in(&visitor)?;
    let message =
        ChangePasswordRequest { current_password: typed.current_password, new_password: typed.new_password };
    match state.services.users().change_password(visitor.ask(message)).await {
        Ok(session) => {
            let cookies = session::cookies(&state, &session.into_inner());
            Ok(response::with_cookies(response::see_other("/account?done=password"), cookies))
        }
        Err(status) => {
            let profile = super::find(&state, &visitor).await?;
            super::refused(&state, &visitor, profile, Wrong::Password(status))
        }
    }
}

/// Ends every sign-in of the account, this one too.
pub async fn logout_everywhere(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response<Body>, Refused> {
    super::signed_in(&visitor)?;
    let Some(token) = Cookie::Refresh.of(&headers) else {
        // Without it the service cannot tell which account is meant: a new sign-in has one.
        return Err(Refused::sign_in("/account"));
    };
    let message = LogoutRequest { refresh_token: token.to_owned(), everywhere: true };
    state.services.users().logout(visitor.ask(message)).await?;
    Ok(response::with_cookies(response::see_other("/login"), session::no_cookies(&state)))
}
