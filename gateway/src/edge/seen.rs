//! A request on its way, as traces, metrics and the log show it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use http::{HeaderMap, Method, Request, Response};
use micro::Current;
use micro::logging::{self, RequestLine};
use micro::trace::{Span, TraceContext};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use tracing::Level;

use super::{Origin, Route, State};
use crate::grpc::Protocol;
use crate::metrics::{self, InFlight};

/// As much of a made-up method is shown; none of those there are is longer.
const LONGEST_METHOD: usize = 20;
/// Header with the code of gRPC where a call failed at once.
const GRPC_STATUS: &str = "grpc-status";

/// A request on its way.
pub struct Seen {
    began: Instant,
    method: Method,
    /// Nothing where it is no gRPC.
    pub protocol: Option<Protocol>,
    /// What it is for.
    pub route: Route,
    /// Who asks, and in which trace.
    pub origin: Origin,
    span: Span,
    /// What is found out further in.
    found_out: Arc<micro::Seen>,
    /// Of those who ask how the gateway is: cancelled when it is to stop.
    closing: Option<CancellationToken>,
    _counted: InFlight,
}

impl Seen {
    /// A request that has just come.
    pub fn of(state: &State, request: &Request<Body>) -> Self {
        let began = Instant::now();
        let (method, path, headers) = (request.method(), request.uri().path(), request.headers());
        let protocol = Protocol::of(headers);
        let route = Route::of(&state.directory, state.site.is_some(), protocol, method, path);
        let span = entry(&route, method, path, headers);
        let peer = request.extensions().get::<SocketAddr>().map(SocketAddr::ip);
        let origin = Origin {
            client: state.proxies.client(peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), headers),
            trace: span.trace().unwrap_or_else(|| TraceContext::from_headers(headers)),
        };
        let closing = matches!(route, Route::Health(_)).then(|| state.closing.clone());
        let (method, found_out, _counted) = (method.clone(), Arc::default(), InFlight::new());
        Self { began, method, protocol, route, origin, span, found_out, closing, _counted }
    }

    /// What the work on it works for.
    pub fn current(&self) -> Current {
        Current::request(self.span.clone(), self.origin.trace, Some(self.found_out.clone()))
    }

    /// It is answered, or its stream begins.
    pub fn answered(&self, response: &Response<Body>) {
        let (took, status) = (self.began.elapsed(), response.status());
        metrics::answered(&self.route, self.protocol, took, status);
        self.span.set("http.response.status_code", i64::from(status.as_u16()));
        if status.is_server_error() {
            self.span.fail(status.canonical_reason().unwrap_or("failed"));
        }
        let code = self.protocol.map(|_| code(response.headers()));
        let level = match (&self.route, level(status.as_u16(), code)) {
            (Route::Health(_), Level::INFO) => Level::DEBUG,
            // Told to stop, it is meant to say that it is not ready.
            (_, Level::WARN) if self.closing.as_ref().is_some_and(CancellationToken::is_cancelled) => {
                Level::DEBUG
            }
            (_, level) => level,
        };
        if code.is_some_and(|code| code != Code::Ok) && RequestLine::are_written() {
            self.explain(response.headers());
        }
        let route = self.route.name();
        let line = RequestLine {
            level,
            protocol: metrics::protocol(self.protocol),
            http_method: Some(self.method.as_str()).map(|name| name.get(..LONGEST_METHOD).unwrap_or(name)),
            route: route.as_deref(),
            rpc: self.route.contract().map(|method| method.path.trim_start_matches('/')),
            status: code.is_none().then(|| status.as_u16()),
            code,
            took,
            trace: self.origin.trace,
            client: Some(self.origin.client),
        };
        self.current().now(|| line.write(Some(&self.found_out)));
    }

    /// A refusal of a service elsewhere is passed on as it is; its reason is in its details.
    fn explain(&self, headers: &HeaderMap) {
        let status = Status::from_header_map(headers);
        if let Some(info) = status.and_then(|status| status.get_details_error_info()) {
            self.found_out.refused(&info.reason);
        }
    }
}

/// A request that came in: named by its route, never by what is in its path.
fn entry(route: &Route, method: &Method, path: &str, headers: &HeaderMap) -> Span {
    let name = || format!("{method} {}", route.name().as_deref().unwrap_or("unknown")).into();
    let span = Span::entry(name, headers);
    if span.is_recorded() {
        span.set("http.request.method", method.as_str().to_owned());
        span.set("url.path", path.to_owned());
    }
    span
}

fn code(headers: &HeaderMap) -> Code {
    headers.get(GRPC_STATUS).map_or(Code::Ok, |code| Code::from_bytes(code.as_bytes()))
}

fn level(status: u16, code: Option<Code>) -> Level {
    match (code, status) {
        (Some(code), _) => logging::level(code),
        (None, 500) => Level::ERROR,
        (None, 502..=504) => Level::WARN,
        (None, _) => Level::INFO,
    }
}
