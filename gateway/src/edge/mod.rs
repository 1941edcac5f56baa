//! The edge: every request comes in here, and every answer goes out here.

pub mod admission;

mod body;
mod conditional;
mod failure;
mod frames;
mod json;
mod outgoing;
mod pages;
mod people;
mod request;
mod route;
mod seen;
mod stream;

use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use futures_util::FutureExt;
use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Version};
use micro::auth::Verifier;
use micro::trace::{TRACEPARENT, TraceContext};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::directory::Directory;
use crate::grpc::{self, Readiness};
use crate::limits::{Memory, Proxies, Rate};

pub use failure::Failure;
pub use frames::Frames;
pub use outgoing::{describe, unreachable};
pub use pages::Pages;
pub use route::Route;
pub use seen::Seen;

const TRACE_ID: HeaderName = HeaderName::from_static("x-trace-id");
/// Headers of ours that no client may send.
const OURS: &str = "x-marquee-";

/// What answering needs.
pub struct State {
    /// What the operator has set.
    pub config: Config,
    /// What can be called.
    pub directory: Directory,
    /// Ways to services.
    pub registry: micro::Registry,
    /// Verifies access tokens.
    pub verifier: Arc<Verifier>,
    /// Proxies whose word is believed.
    pub proxies: Proxies,
    /// How often one client may call.
    pub rate: Rate,
    /// Room for what clients send.
    pub memory: Memory,
    /// Documents.
    pub pages: Pages,
    /// Pages for people, where they are served.
    pub site: Option<web::Site>,
    /// Which services are well.
    pub readiness: Arc<Readiness>,
    /// Reflection and health over gRPC.
    pub own: tonic::service::Routes,
    /// Cancelled when the gateway stops: streams end.
    pub closing: CancellationToken,
}

/// Who asks, and in which trace.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    /// The client's address.
    pub client: IpAddr,
    /// The trace.
    pub trace: TraceContext,
}

/// Answers requests.
#[derive(Clone)]
pub struct Edge(pub Arc<State>);

impl tower::Service<Request<Body>> for Edge {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let state = self.0.clone();
        Box::pin(async move { Ok(answer(&state, request).await) })
    }
}

async fn answer(state: &Arc<State>, mut request: Request<Body>) -> Response<Body> {
    let seen = Seen::of(state, &request);
    remove_ours(request.headers_mut());
    let asking = people::asking(state, &request);
    let work = seen.current().scope(dispatch(state, &seen, asking.as_ref(), request));
    let work = AssertUnwindSafe(work).catch_unwind();
    let response = match work.await {
        Ok(response) => response,
        Err(_) => {
            // The panic itself has been reported by the panic hook.
            let failure = Failure::internal("a request panicked");
            match seen.protocol {
                None => people::refused(state, &seen, asking.as_ref(), failure).await,
                Some(_) => tonic::Status::from(failure.problem).into_http(),
            }
        }
    };
    seen.answered(&response);
    response
}

async fn dispatch(
    state: &Arc<State>,
    seen: &Seen,
    asking: Option<&Parts>,
    request: Request<Body>,
) -> Response<Body> {
    let origin = seen.origin;
    let allowed = state.rate.take(origin.client).map_err(Failure::rate_limited);
    let allowed = allowed.and_then(|()| one_host(&request));
    if let Some(protocol) = seen.protocol {
        let mut response = match protocol {
            grpc::Protocol::Web => grpc::web(state, seen, allowed, request).await,
            grpc::Protocol::Native if request.version() == Version::HTTP_2 => {
                grpc::native(state, seen, allowed, request).await
            }
            grpc::Protocol::Native => grpc::needs_http2().into_response(origin.trace),
        };
        trace_headers(response.headers_mut(), origin.trace);
        return response;
    }
    let head = *request.method() == Method::HEAD;
    let answered = match allowed {
        Ok(()) => http(state, seen, request).await,
        Err(failure) => Err(failure),
    };
    let mut response = match answered {
        Ok(response) => response,
        Err(failure) => people::refused(state, seen, asking, failure).await,
    };
    if head {
        strip_body(&mut response);
    }
    security_headers(response.headers_mut());
    trace_headers(response.headers_mut(), origin.trace);
    response
}

async fn http(state: &Arc<State>, seen: &Seen, request: Request<Body>) -> Result<Response<Body>, Failure> {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    if let Some(page) = pages::answer(state, method, uri.path(), headers).await? {
        return Ok(page);
    }
    if let (Route::Site(_), Some(site)) = (&seen.route, &state.site) {
        return people::answer(state, seen, site, request).await;
    }
    json::answer(state, seen, request).await
}

/// A request of HTTP/1.1 names one host (RFC 9112): where proxies and servers differ in which
/// of two counts, one can be made to take another's answers for its own.
fn one_host(request: &Request<Body>) -> Result<(), Failure> {
    let hosts = request.headers().get_all(http::header::HOST).iter().count();
    match request.version() {
        Version::HTTP_11 if hosts != 1 => Err(Failure::host_invalid()),
        _ if hosts > 1 => Err(Failure::host_invalid()),
        _ => Ok(()),
    }
}

/// Only the gateway says who a client is; what a client says of it is dropped.
fn remove_ours(headers: &mut HeaderMap) {
    let ours: Vec<HeaderName> =
        headers.keys().filter(|name| name.as_str().starts_with(OURS)).cloned().collect();
    for name in ours {
        headers.remove(name);
    }
}

fn trace_headers(headers: &mut HeaderMap, trace: TraceContext) {
    headers.insert(TRACEPARENT, trace.to_header());
    if let Ok(value) = HeaderValue::from_str(&trace.to_string()) {
        headers.insert(TRACE_ID, value);
    }
}

/// Nothing here is to be guessed at, framed or told on.
fn security_headers(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // Pages have rules of their own.
    headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
        headers.insert(CONTENT_SECURITY_POLICY, nothing);
    }
}

/// `HEAD`: the headers of the answer, its length among them, without the answer.
fn strip_body(response: &mut Response<Body>) {
    use http_body::Body as _;
    let body = std::mem::take(response.body_mut());
    if let Some(length) = body.size_hint().exact() {
        response.headers_mut().insert(http::header::CONTENT_LENGTH, length.into());
    }
}
