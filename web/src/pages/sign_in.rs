//! Signing in and out, and opening an account.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Query, State as Extract};
use axum::http::HeaderMap;
use contract::user::{LoginRequest, LogoutRequest, RegisterRequest, Session};
use http::{Response, StatusCode};
use serde::Deserialize;
use tonic::{Code, Status};

use crate::chrome::Chrome;
use crate::cookies::Cookie;
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, response, session};

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct After {
    next: String,
}

/// What was typed to sign in.
#[derive(Deserialize)]
pub struct Login {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// What was typed to open an account.
#[derive(Deserialize)]
pub struct Register {
    login: String,
    #[serde(default)]
    display_name: String,
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    chrome: Chrome,
    login: &'a str,
    next: &'a str,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage<'a> {
    chrome: Chrome,
    login: &'a str,
    display_name: &'a str,
    next: &'a str,
    problem: Option<String>,
}

/// The form to sign in.
pub async fn login_form(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(after): Query<After>,
) -> Response<Body> {
    let chrome = Chrome::new(&state, &visitor, "login-title");
    response::page(&LoginPage { chrome, login: "", next: &after.next, problem: None })
}

/// Signs in.
pub async fn login(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Form(typed): Form<Login>,
) -> Result<Response<Body>, Refused> {
    let message = LoginRequest { login: typed.login.trim().to_owned(), password: typed.password };
    match state.services.users().login(visitor.ask(message)).await {
        Ok(session) => Ok(signed_in(&state, &session.into_inner(), &typed.next)),
        Err(status) => {
            let problem = Some(to_be_mended(&visitor, status)?);
            let chrome = Chrome::new(&state, &visitor, "login-title");
            let page = LoginPage { chrome, login: &typed.login, next: &typed.next, problem };
            Ok(response::page_with(StatusCode::BAD_REQUEST, &page))
        }
    }
}

/// The form to open an account.
pub async fn register_form(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(after): Query<After>,
) -> Response<Body> {
    let chrome = Chrome::new(&state, &visitor, "register-title");
    response::page(&RegisterPage { chrome, login: "", display_name: "", next: &after.next, problem: None })
}

/// Opens an account and signs in.
pub async fn register(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Form(typed): Form<Register>,
) -> Result<Response<Body>, Refused> {
    match state.services.users().register(visitor.ask(account(&visitor, &typed))).await {
        Ok(session) => Ok(signed_in(&state, &session.into_inner(), &typed.next)),
        Err(status) => {
            let problem = Some(to_be_mended(&visitor, status)?);
            let chrome = Chrome::new(&state, &visitor, "register-title");
            let (login, display_name, next) = (&typed.login, &typed.display_name, &typed.next);
            let page = RegisterPage { chrome, login, display_name, next, problem };
            Ok(response::page_with(StatusCode::BAD_REQUEST, &page))
        }
    }
}

/// Signs out.
pub async fn logout(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response<Body> {
    if let Some(token) = Cookie::Refresh.of(&headers) {
        let message = LogoutRequest { refresh_token: token.to_owned(), everywhere: false };
        // The cookies go in any case.
        if let Err(status) = state.services.users().logout(visitor.ask(message)).await {
            tracing::warn!(code = ?status.code(), trace_id = %visitor.origin.trace, "a sign-in could not be ended");
        }
    }
    response::with_cookies(response::see_other("/"), session::no_cookies(&state))
}

/// One field takes whichever name people have: it is told by its look.
fn account(visitor: &Visitor, typed: &Register) -> RegisterRequest {
    let login = typed.login.trim().to_owned();
    let is_phone =
        login.starts_with('+') || (login.len() > 6 && login.bytes().all(|byte| byte.is_ascii_digit()));
    let (mut user_name, mut email, mut phone) = (String::new(), String::new(), String::new());
    match login.contains('@') {
        true => email = login,
        false if is_phone => phone = login,
        false => user_name = login,
    }
    RegisterRequest {
        user_name,
        email,
        phone,
        password: typed.password.clone(),
        display_name: typed.display_name.trim().to_owned(),
        locale: visitor.language.tag().to_owned(),
    }
}

fn signed_in(state: &State, session: &Session, next: &str) -> Response<Body> {
    response::with_cookies(response::see_other(next), session::cookies(state, session))
}

/// What stands over the form: what was typed can be mended there.
fn to_be_mended(visitor: &Visitor, status: Status) -> Result<String, Refused> {
    match status.code() {
        Code::InvalidArgument
        | Code::AlreadyExists
        | Code::Unauthenticated
        | Code::FailedPrecondition
        | Code::PermissionDenied
        | Code::ResourceExhausted => Ok(problem::words(visitor.language, &status)),
        _ => Err(status.into()),
    }
}
