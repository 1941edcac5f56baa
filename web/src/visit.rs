//! What is around every page: who looks, and what the browser is told.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State as Extract};
use axum::middleware::Next;
use http::header::SET_COOKIE;
use http::{Response, StatusCode};
use micro::Problem;
use micro::auth::TokenSource;

use crate::cookies::Cookie;
use crate::problem::{Refused, error_page};
use crate::session::{self, Kept};
use crate::visitor::{SignedIn, Visitor};
use crate::{Origin, State, cross_site, response};

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
    parts.extensions.insert(visitor.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    let mut response = match response.extensions().get::<Refused>() {
        Some(refused) => refused.response(&state, &visitor),
        None => response,
    };
    // A page that signed in or out has said so itself.
    if !response.headers().contains_key(SET_COOKIE) {
        let cookies = match kept {
            Some(Kept::Renewed(session)) => session::cookies(&state, &session),
            Some(Kept::Ended) => session::no_cookies(&state),
            None => Vec::new(),
        };
        for cookie in cookies {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}

/// Takes the visitor for who their cookies say, and says what became of these.
async fn recognise(state: &State, visitor: &mut Visitor, headers: &http::HeaderMap) -> Option<Kept> {
    let source = TokenSource { client_address: Some(visitor.origin.client), trace: visitor.origin.trace };
    let refresh = Cookie::Refresh.of(headers);
    if let Some(token) = Cookie::Access.of(headers)
        && let Ok(caller) = state.verifier.verify(token, source).await
    {
        visitor.signed_in = SignedIn::new(caller, token);
        return None;
    }
    let kept = state.sessions.renew(visitor, refresh?).await?;
    if let Kept::Renewed(session) = &kept
        && let Ok(caller) = state.verifier.verify(&session.access_token, source).await
    {
        visitor.signed_in = SignedIn::new(caller, &session.access_token);
    }
    Some(kept)
}
