//! A request as it is told of: to its trace, to the metrics, and to the log.

use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderMap, Request, Response};
use tokio::time::Instant;
use tonic::body::Body;
use tonic::{Code, Status};
use tracing::Level;

use super::access;
use crate::auth::ServiceTokens;
use crate::logging::{self, RequestLine};
use crate::registry::{CLIENT_ADDRESS, SERVICE_TOKEN};
use crate::trace::{Span, TRACEPARENT, TraceContext};
use crate::{Current, Seen, metrics, seen};

/// Where requests to health and reflection go.
const NOT_OURS: &str = "/grpc.";
/// Header of SkyWalking's traces.
const SW8: &str = "sw8";

/// A request that has come in.
pub(super) struct Asked {
    began: Instant,
    /// What the contract says of it; nothing for health, reflection and what does not exist.
    pub method: Option<&'static contract::Method>,
    /// The service that called, verified.
    pub service: Option<Arc<str>>,
    /// The client as the gateway saw it, or whoever connected.
    pub client: Option<IpAddr>,
    /// The trace it belongs to.
    pub trace: TraceContext,
    /// What is found out of it.
    pub seen: Arc<Seen>,
    span: Span,
    from: From,
}

/// Whose line in the log it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// A request of its own.
    Outside,
    /// Part of a request that came into this process elsewhere, and has its line there.
    Inside,
    /// What services ask each other by themselves, over and over; health and reflection.
    Upkeep,
}

impl Asked {
    pub fn new(request: &Request<Body>, peer: Option<IpAddr>, services: &ServiceTokens) -> Self {
        let (path, headers) = (request.uri().path(), request.headers());
        let method = access::method(path);
        let service = headers.get(SERVICE_TOKEN).and_then(|token| services.verify(token));
        let span = Span::entry(|| name(method).into(), headers);
        let trace = span.trace().unwrap_or_else(|| TraceContext::from_headers(headers));
        let caller = seen::of_caller();
        let from = match (&caller, &service) {
            (Some(_), _) => From::Inside,
            (None, Some(_)) if is_nobodys(headers) => From::Upkeep,
            (None, _) if path.starts_with(NOT_OURS) => From::Upkeep,
            (None, _) => From::Outside,
        };
        let client = client_address(headers, service.is_some()).or(peer);
        let seen = caller.unwrap_or_default();
        Self { began: Instant::now(), method, service, client, trace, seen, span, from }
    }

    /// What the work on it works for.
    pub fn current(&self) -> Current {
        Current::request(self.span.clone(), self.trace, Some(self.seen.clone()))
    }

    /// It is answered, or its stream begins.
    pub fn answered(self, response: &mut Response<Body>) {
        let took = self.began.elapsed();
        let status = response.extensions().get::<Status>();
        let code = status.map_or(Code::Ok, Status::code);
        describe(&self.span, code, status);
        metrics::served(self.method, took, code);
        let line = RequestLine {
            level: self.level(code),
            protocol: "grpc",
            http_method: None,
            route: None,
            rpc: self.method.map(|_| name(self.method)),
            status: None,
            code: Some(code),
            took,
            trace: self.trace,
            client: self.client,
        };
        self.current().now(|| line.write(Some(&self.seen)));
        if self.service.is_some() && self.from == From::Outside && RequestLine::are_written() {
            self.seen.tell(response.headers_mut());
        }
    }

    fn level(&self, code: Code) -> Level {
        match (self.from, logging::level(code)) {
            (From::Inside, _) | (From::Upkeep, Level::INFO) => Level::DEBUG,
            (_, level) => level,
        }
    }
}

/// Nobody is waited for by who sends such a request: it belongs to no trace and to no client.
fn is_nobodys(headers: &HeaderMap) -> bool {
    ![TRACEPARENT, SW8, CLIENT_ADDRESS].iter().any(|name| headers.contains_key(*name))
}

/// The client's address as the gateway saw it; not believed without a service token.
fn client_address(headers: &HeaderMap, from_service: bool) -> Option<IpAddr> {
    headers.get(CLIENT_ADDRESS).filter(|_| from_service)?.to_str().ok()?.parse().ok()
}

/// What a method is called in traces; one name for all there are not.
fn name(method: Option<&'static contract::Method>) -> &'static str {
    method.map_or("unknown", |method| method.path.trim_start_matches('/'))
}

/// Tells a trace how a request was answered.
fn describe(span: &Span, code: Code, status: Option<&Status>) {
    if !span.is_recorded() {
        return;
    }
    span.set("rpc.system", "grpc");
    span.set("rpc.grpc.status_code", i64::from(i32::from(code)));
    if let Some(status) = status.filter(|_| is_failure(code)) {
        span.fail(status.message().to_owned());
    }
}

/// Whether an operator should look at it: a sold seat is none, a service that is away is.
pub(crate) fn is_failure(code: Code) -> bool {
    use Code::{DataLoss, DeadlineExceeded, Internal, Unavailable, Unimplemented, Unknown};
    matches!(code, DataLoss | DeadlineExceeded | Internal | Unavailable | Unimplemented | Unknown)
}
