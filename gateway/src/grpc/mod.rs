//! gRPC and gRPC-Web: passed on to the service without decoding messages.

mod checked;
mod closing;
mod health;
mod own;
mod pass;

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request, Response, StatusCode};
use micro::Problem;
use tonic::Status;
use tonic_web::GrpcWebLayer;
use tower::{Layer, ServiceExt, service_fn};

use crate::edge::{Failure, Seen, State};

pub use health::Readiness;
pub use own::routes;

/// A form of gRPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Over HTTP/2, with trailers.
    Native,
    /// gRPC-Web: trailers in the body.
    Web,
}

impl Protocol {
    /// The form a request is in, if it is gRPC at all.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let rest = headers.get(CONTENT_TYPE)?.as_bytes().strip_prefix(b"application/grpc")?;
        match rest.first() {
            None | Some(b'+' | b';') => Some(Self::Native),
            Some(b'-') if rest.starts_with(b"-web") => Some(Self::Web),
            Some(_) => None,
        }
    }
}

/// Answers gRPC.
pub async fn native(
    state: &Arc<State>,
    seen: &Seen,
    allowed: Result<(), Failure>,
    request: Request<Body>,
) -> Response<Body> {
    answer(state, seen, allowed, request.map(tonic::body::Body::new)).await.map(Body::new)
}

/// Answers gRPC-Web.
pub async fn web(
    state: &Arc<State>,
    seen: &Seen,
    allowed: Result<(), Failure>,
    request: Request<Body>,
) -> Response<Body> {
    let mut allowed = Some(allowed);
    let inner = service_fn(move |request: Request<tonic::body::Body>| {
        let (state, allowed) = (state.clone(), allowed.take().unwrap_or(Ok(())));
        async move { Ok::<_, Infallible>(answer(&state, seen, allowed, request).await) }
    });
    match GrpcWebLayer::new().layer(inner).oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

async fn answer(
    state: &Arc<State>,
    seen: &Seen,
    allowed: Result<(), Failure>,
    request: Request<tonic::body::Body>,
) -> Response<tonic::body::Body> {
    let passed = match allowed {
        Ok(()) => pass::pass(state, seen, request).await,
        Err(failure) => Err(failure.problem),
    };
    passed.unwrap_or_else(|problem| Status::from(problem).into_http())
}

/// gRPC over HTTP/1.1 cannot be answered: it has no room for trailers.
#[must_use]
pub fn needs_http2() -> Failure {
    let message = "gRPC needs HTTP/2; over HTTP/1.1 use gRPC-Web or JSON";
    let problem = Problem::invalid("HTTP_VERSION_UNSUPPORTED", message);
    Failure::new(StatusCode::UPGRADE_REQUIRED, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_type_tells_the_form() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, text.parse().unwrap());
            Protocol::of(&headers)
        };
        for text in ["application/grpc", "application/grpc+proto", "application/grpc;x=y"] {
            assert_eq!(of(text), Some(Protocol::Native), "{text}");
        }
        for text in ["application/grpc-web", "application/grpc-web-text+proto"] {
            assert_eq!(of(text), Some(Protocol::Web), "{text}");
        }
        for text in ["application/json", "application/grpcx", "text/plain"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
