//! The visitor's account: who they are, their password, and where they are signed in.

mod password;
mod profile;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State as Extract};
use axum::routing::{get, post};
use contract::user::{GetProfileRequest, Profile};
use http::{Response, StatusCode};
use serde::Deserialize;
use tonic::{Code, Status};

use crate::State;
use crate::chrome::Chrome;
use crate::problem::{self, Refused};
use crate::response;
use crate::visitor::Visitor;

/// The pages of the account.
pub fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/account", get(show))
        .route("/account/profile", post(profile::update).get(back))
        .route("/account/password", post(password::change).get(back))
        .route("/account/logout-everywhere", post(password::logout_everywhere).get(back))
}

/// What has just been done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    chrome: Chrome,
    /// A name they sign in with, for those who keep their passwords.
    login: String,
    profile: Profile,
    done: Option<String>,
    profile_problem: Option<String>,
    password_problem: Option<String>,
    /// Whether the service wants to know that it is them.
    password_needed: bool,
}

/// Which form was refused, and why.
enum Wrong {
    Profile(Status),
    Password(Status),
}

/// Shows the account.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response<Body>, Refused> {
    visitor.user()?;
    let profile = find(&state, &visitor).await?;
    let done = match &*done.done {
        "profile" => Some("account-profile-done"),
        "password" => Some("account-password-done"),
        _ => None,
    };
    let page = AccountPage {
        chrome: Chrome::new(&state, &visitor, "account-title"),
        login: login(&profile),
        profile,
        done: done.map(|done| visitor.language.text(done)),
        profile_problem: None,
        password_problem: None,
        password_needed: false,
    };
    Ok(response::page(&page))
}

/// To the account, for who comes to the address of one of its forms.
async fn back() -> Response<Body> {
    response::see_other("/account")
}

/// Whoever sends a form has to be signed in; after that they see the account again.
fn signed_in(visitor: &Visitor) -> Result<(), Refused> {
    if visitor.signed_in.is_some() { Ok(()) } else { Err(Refused::sign_in("/account")) }
}

fn login(profile: &Profile) -> String {
    let names = [&profile.user_name, &profile.email, &profile.phone];
    names.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default()
}

async fn find(state: &State, visitor: &Visitor) -> Result<Profile, Refused> {
    Ok(state.services.users().get_profile(visitor.ask(GetProfileRequest {})).await?.into_inner())
}

/// The account with what was typed and why it was refused.
fn refused(
    state: &State,
    visitor: &Visitor,
    typed: Profile,
    wrong: Wrong,
) -> Result<Response<Body>, Refused> {
    let (status, is_profile) = match wrong {
        Wrong::Profile(status) => (status, true),
        Wrong::Password(status) => (status, false),
    };
    if matches!(status.code(), Code::Internal | Code::Unknown | Code::NotFound) {
        return Err(status.into());
    }
    let reason = problem::reason(&status);
    // Of the password alone: nobody types a name here.
    let words = match &*reason {
        "CREDENTIALS_WRONG" => visitor.language.text("account-password-wrong"),
        _ => problem::words(visitor.language, &status),
    };
    let page = AccountPage {
        chrome: Chrome::new(state, visitor, "account-title"),
        login: login(&typed),
        profile: typed,
        done: None,
        profile_problem: is_profile.then(|| words.clone()),
        password_problem: (!is_profile).then_some(words),
        password_needed: is_profile && matches!(&*reason, "PASSWORD_NEEDED" | "CREDENTIALS_WRONG"),
    };
    let code = match status.code() {
        Code::Unauthenticated => StatusCode::BAD_REQUEST,
        code => problem::http_status(code),
    };
    Ok(response::page_with(code, &page))
}
