//! What is around every page: who looks, and what the browser is told.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Extract};
use axum::middleware::Next;
use http::header::{ALLOW, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};
use micro::Problem;
use micro::auth::TokenSource;
use tonic::Code;

use crate::cookies::Cookie;
use crate::problem::{self, Refused, error_page};
use crate::session::{self, Kept};
use crate::visitor::{SignedIn, Visitor};
use crate::{Origin, State, accept, cross_site, response};

/// Finds out who looks, has the page written, and keeps them signed in.
pub async fn visit(Extract(state): Extract<Arc<State>>, request: Request, next: Next) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let Some(origin) = parts.extensions.get::<Origin>().copied() else {
        return response::bare(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut visitor = Visitor::new(origin, &parts);
    if cross_site::is_forged(&parts.method, &parts.uri, &parts.headers) {
        tracing::warn!(client_address = %origin.client, trace_id = %origin.trace, "a form of another site was refused");
        let problem = Problem::denied("FORM_OF_ANOTHER_SITE", "this form was sent from another site");
        return error_page(&state, &visitor, &problem.into());
    }
    let kept = recognise(&state, &mut visitor, &parts.headers).await;
    let wants_page = accept::wants_page(&parts.headers);
    parts.extensions.insert(visitor.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    let mut response = match response.extensions().get::<Refused>() {
        Some(refused) => refused.response(&state, &visitor),
        None if wants_page => in_words(&state, &visitor, response),
        None => response,
    };
    keep(&state, kept, &mut response);
    response
}

/// The page that tells why the gateway refuses a request.
pub async fn tell(state: &State, origin: Origin, parts: &Parts, problem: Problem) -> Response<Body> {
    let mut visitor = Visitor::new(origin, parts);
    // Where there is too much to do already, nothing more is asked of a service.
    let kept = match problem.code() {
        Code::NotFound => recognise(state, &mut visitor, &parts.headers).await,
        _ => {
            known(state, &mut visitor, &parts.headers).await;
            None
        }
    };
    let mut response = error_page(state, &visitor, &problem.into());
    keep(state, kept, &mut response);
    response
}

/// What was refused before it came to a page, such as a form that cannot be read, as a page that
/// says so.
fn in_words(state: &State, visitor: &Visitor, response: Response<Body>) -> Response<Body> {
    let (status, headers) = (response.status(), response.headers());
    let Some(problem) = problem::unsaid(status, headers) else { return response };
    let allow = headers.get(ALLOW).cloned();
    let mut page = error_page(state, visitor, &problem.into());
    *page.status_mut() = status;
    page.headers_mut().extend(allow.map(|allow| (ALLOW, allow)));
    page
}

/// Adds the cookies of tokens that were renewed, or ended.
fn keep(state: &State, kept: Option<Kept>, response: &mut Response<Body>) {
    // A page that signed in or out has said so itself.
    if !Cookie::Access.is_set_by(response.headers()) {
        let cookies = match kept {
            Some(Kept::Renewed(session)) => session::cookies(state, &session),
            Some(Kept::Ended) => session::no_cookies(state),
            None => Vec::new(),
        };
        for cookie in cookies {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
}

/// Takes the visitor for who their cookies say, and says what became of these.
async fn recognise(state: &State, visitor: &mut Visitor, headers: &HeaderMap) -> Option<Kept> {
    if known(state, visitor, headers).await {
        return None;
    }
    let kept = state.sessions.renew(visitor, Cookie::Refresh.of(headers)?).await?;
    if let Kept::Renewed(session) = &kept {
        signed_in(state, visitor, &session.access_token).await;
    }
    Some(kept)
}

/// Takes the visitor for who their access token says, where that is good, and says whether it is.
async fn known(state: &State, visitor: &mut Visitor, headers: &HeaderMap) -> bool {
    match Cookie::Access.of(headers) {
        Some(token) => signed_in(state, visitor, token).await,
        None => false,
    }
}

async fn signed_in(state: &State, visitor: &mut Visitor, access_token: &str) -> bool {
    let source = TokenSource { client_address: Some(visitor.origin.client), trace: visitor.origin.trace };
    let Ok(caller) = state.verifier.verify(access_token, source).await else { return false };
    visitor.signed_in = SignedIn::new(caller, access_token);
    true
}
