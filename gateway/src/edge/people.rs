//! People before a browser: the site, and what its pages say of a request that is refused.

use std::time::Duration;

use axum::body::Body;
use http::header::{ALLOW, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode};

use super::{Failure, Route, Seen, State, json};

/// The head of a request by which somebody wants to see a page; nothing where it is not one, or
/// where there is no site to show it.
pub fn asking(state: &State, request: &Request<Body>) -> Option<Parts> {
    let wants = state.site.is_some() && web::wants_page(request.headers());
    wants.then(|| {
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.method = request.method().clone();
        parts.uri = request.uri().clone();
        parts.headers = request.headers().clone();
        parts
    })
}

/// The answer of the site.
///
/// # Errors
/// It takes too long, or takes another method.
pub async fn answer(
    state: &State,
    seen: &Seen,
    site: &web::Site,
    request: Request<Body>,
) -> Result<Response<Body>, Failure> {
    let method = request.method().clone();
    let patience = Duration::from_millis(state.config.request_timeout_ms);
    let answer = tokio::time::timeout(patience, site.answer(origin(seen), request)).await;
    let response = answer.map_err(|_| Failure::deadline())?;
    // Who wants a page has got one that says so.
    let is_bare = !response.headers().contains_key(CONTENT_TYPE);
    if response.status() == StatusCode::METHOD_NOT_ALLOWED && is_bare {
        return json::other_method(&method, allowed(response.headers()));
    }
    Ok(response)
}

/// A refusal: as a page for people, wherever no program is expected to ask.
pub async fn refused(state: &State, seen: &Seen, asking: Option<&Parts>, failure: Failure) -> Response<Body> {
    let is_place = matches!(seen.route, Route::Site(_)) || failure.is_path_unknown();
    match (&state.site, asking) {
        (Some(site), Some(parts)) if is_place => {
            failure.into_page(async |problem| site.tell(origin(seen), parts, problem).await).await
        }
        _ => failure.into_response(seen.origin.trace),
    }
}

fn origin(seen: &Seen) -> web::Origin {
    web::Origin { client: seen.origin.client, trace: seen.origin.trace }
}

/// The methods that a page takes; `HEAD` goes with `GET`.
fn allowed(headers: &HeaderMap) -> Vec<Method> {
    let named = headers.get(ALLOW).and_then(|allow| allow.to_str().ok()).unwrap_or_default();
    let methods = named.split(',').filter_map(|method| method.trim().parse().ok());
    methods.filter(|method| *method != Method::HEAD).collect()
}
