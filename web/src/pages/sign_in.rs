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

use super::screening::waiting;
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
    /// What is held as soon as one has signed in.
    holds: Option<String>,
    login: &'a str,
    next: &'a str,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage<'a> {
    chrome: Chrome,
    /// What is held as soon as the account is there.
    holds: Option<String>,
    login: &'a str,
    display_name: &'a str,
    next: &'a str,
    problem: Option<String>,
}

/// A page that signs in.
struct Door {
    path: &'static str,
    title: &'static str,
    /// The text that says what is held then.
    holds: &'static str,
}

const LOGIN: Door = Door { path: "/login", title: "login-title", holds: "login-holds" };
const REGISTER: Door = Door { path: "/register", title: "register-title", holds: "register-holds" };

impl Door {
    /// What is around the form, and what is held afterwards. Where to go on is kept whatever is
    /// done meanwhile: another language, a password that was wrong.
    fn around(
        &self,
        state: &State,
        visitor: &Visitor,
        headers: &HeaderMap,
        next: &str,
    ) -> (Chrome, Option<String>) {
        let mut chrome = Chrome::new(state, visitor, self.title);
        if !next.is_empty() {
            chrome.here = problem::place_with_next(self.path, next);
            next.clone_into(&mut chrome.back);
        }
        let seats = waiting::of(headers, next).map(|waiting| waiting.seats());
        let holds = seats.map(|seats| {
            let seats = seats.join(&visitor.language.text("hall-list-separator"));
            visitor.language.text_with(self.holds, &[("seats", seats.into())])
        });
        (chrome, holds)
    }
}

/// The form to sign in.
pub async fn login_form(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(after): Query<After>,
) -> Response<Body> {
    let (chrome, holds) = LOGIN.around(&state, &visitor, &headers, &after.next);
    response::page(&LoginPage { chrome, holds, login: "", next: &after.next, problem: None })
}

/// Signs in.
pub async fn login(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(typed): Form<Login>,
) -> Result<Response<Body>, Refused> {
    let message = LoginRequest { login: typed.login.trim().to_owned(), password: typed.password };
    match state.services.users().login(visitor.ask(message)).await {
        Ok(session) => Ok(signed_in(&state, &visitor, &headers, &session.into_inner(), &typed.next).await),
        Err(status) => {
            let problem = Some(to_be_mended(&visitor, status)?);
            let (chrome, holds) = LOGIN.around(&state, &visitor, &headers, &typed.next);
            let page = LoginPage { chrome, holds, login: &typed.login, next: &typed.next, problem };
            Ok(response::page_with(StatusCode::BAD_REQUEST, &page))
        }
    }
}

/// The form to open an account.
pub async fn register_form(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(after): Query<After>,
) -> Response<Body> {
    let (chrome, holds) = REGISTER.around(&state, &visitor, &headers, &after.next);
    let next = &after.next;
    response::page(&RegisterPage { chrome, holds, login: "", display_name: "", next, problem: None })
}

/// Opens an account and signs in.
pub async fn register(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(typed): Form<Register>,
) -> Result<Response<Body>, Refused> {
    match state.services.users().register(visitor.ask(account(&visitor, &typed))).await {
        Ok(session) => Ok(signed_in(&state, &visitor, &headers, &session.into_inner(), &typed.next).await),
        Err(status) => {
            let problem = Some(to_be_mended(&visitor, status)?);
            let (chrome, holds) = REGISTER.around(&state, &visitor, &headers, &typed.next);
            let (login, display_name, next) = (&typed.login, &typed.display_name, &typed.next);
            let page = RegisterPage { chrome, holds, login, display_name, next, problem };
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

/// Goes on where one was; what was chosen before and waits for this is held at once.
async fn signed_in(
    state: &State,
    visitor: &Visitor,
    headers: &HeaderMap,
    session: &Session,
    next: &str,
) -> Response<Body> {
    let place = match waiting::of(headers, next) {
        Some(waiting) => waiting.hold(state, visitor, session).await,
        None => next.to_owned(),
    };
    let cookies = session::cookies(state, session).into_iter().chain(waiting::forget(state));
    response::with_cookies(response::see_other(&place), cookies)
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
