//! One gRPC call, passed on.

use std::sync::Arc;
use std::time::Duration;

use http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderName, PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Request, Response, Uri, Version};
use micro::{Problem, deadline};
use tokio::time::Instant;
use tonic::Code;
use tonic::body::Body;
use tower::ServiceExt;

use super::checked::{CheckedBody, Refusal};
use super::closing::UntilClosing;
use crate::directory::Method;
use crate::edge::{self, Failure, Origin, Route, Seen, State, admission};

/// Headers that are about the client's connection, not about the call.
const OF_THE_CONNECTION: [HeaderName; 8] = [
    CONNECTION,
    CONTENT_LENGTH,
    HOST,
    PROXY_AUTHORIZATION,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Passes a call on to its service.
///
/// # Errors
/// Why it was not.
pub async fn pass(
    state: &Arc<State>,
    seen: &Seen,
    mut request: Request<Body>,
) -> Result<Response<Body>, Problem> {
    let (service, method) = match &seen.route {
        Route::Grpc(service, method) => (service, method.as_ref()),
        Route::Health(_) | Route::Reflection => return own(state, request).await,
        Route::Page(_) | Route::Site(_) | Route::Json(_) | Route::Nothing => return Err(unknown()),
    };
    let origin = seen.origin;
    let unary = method.is_some_and(|method| !method.streaming && !method.client_streaming);
    let until = until(state, request.headers(), unary);
    // A timer may be a little late; work whose time is over is not begun.
    if until.is_some_and(|until| Instant::now() >= until) {
        return Err(Failure::deadline().problem);
    }
    let mut refusal = Refusal::default();
    if let Some(method) = method.filter(|method| !method.client_streaming) {
        (request, refusal) = checked(state, origin, method, request).await;
    }
    prepare(&mut request, origin, until);
    let channel = match method {
        Some(method) => method.channel.clone(),
        None => state.registry.channel(service),
    };
    let call = channel.oneshot(request);
    let answered = match until {
        Some(until) => tokio::time::timeout_at(until, call).await.map_err(|_| Failure::deadline().problem)?,
        None => call.await,
    };
    if let Some(problem) = refusal.problem() {
        return Err(problem);
    }
    let response = answered.map_err(|error| {
        tracing::warn!(service, %error, "a service could not be reached");
        edge::unreachable(service)
    })?;
    if unary {
        return Ok(response);
    }
    let closing = state.closing.clone();
    Ok(response.map(|body| Body::new(UntilClosing::new(body, closing))))
}

/// A request whose body is checked on its way.
async fn checked(
    state: &State,
    origin: Origin,
    method: &Method,
    request: Request<Body>,
) -> (Request<Body>, Refusal) {
    let limit = admission::most(state, method, request.headers(), origin).await;
    // The service says what is wrong with who sends little.
    let limit = limit.unwrap_or_else(|_| admission::strangers(state));
    let encoding = request.headers().get("grpc-encoding");
    let compressed = encoding.is_some_and(|encoding| encoding != "identity");
    let held = state.memory.hold();
    let mut refusal = Refusal::default();
    let request = request.map(|body| {
        let body = CheckedBody::new(body, limit, compressed, held);
        refusal = body.refusal();
        Body::new(body)
    });
    (request, refusal)
}

fn unknown() -> Problem {
    let message = "there is no such method; ask reflection for those there are";
    Problem::new(Code::Unimplemented, "METHOD_UNKNOWN", message)
}

/// Reflection and health are the gateway's own.
async fn own(state: &Arc<State>, request: Request<Body>) -> Result<Response<Body>, Problem> {
    let response = match state.own.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let closing = state.closing.clone();
    Ok(response.map(|body| Body::new(UntilClosing::new(body, closing))))
}

fn until(state: &State, headers: &HeaderMap, unary: bool) -> Option<Instant> {
    let patience = unary.then(|| Duration::from_millis(state.config.request_timeout_ms));
    let left = match (deadline::time_left(headers), patience) {
        (Some(asked), Some(patience)) => Some(asked.min(patience)),
        (asked, patience) => asked.or(patience),
    };
    left.and_then(|left| Instant::now().checked_add(left))
}

fn prepare(request: &mut Request<Body>, origin: Origin, until: Option<Instant>) {
    // The service is found by its name; the authority is the gateway's.
    if let Some(path) = request.uri().path_and_query().cloned() {
        *request.uri_mut() = Uri::from(path);
    }
    *request.version_mut() = Version::HTTP_2;
    let headers = request.headers_mut();
    for name in OF_THE_CONNECTION {
        headers.remove(name);
    }
    headers.insert(TE, HeaderValue::from_static("trailers"));
    edge::describe(headers, origin, until);
}
