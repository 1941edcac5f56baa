//! What is around every answer: compression, and which pages may call.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::{Extensions, HeaderMap, HeaderName, Method, StatusCode, Version, header};
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate, SizeAbove};
use tower_http::cors::CorsLayer;

use crate::config::Config;
use crate::edge::{Edge, State};

/// Smaller answers are not worth compressing.
const COMPRESSED_ABOVE: u64 = 1024;
/// How long a browser may remember what it may call.
const CORS_MAX_AGE: Duration = Duration::from_secs(600);

/// The edge with what is around it.
pub fn router(state: &Arc<State>) -> Router {
    let worth_it = DefaultPredicate::new()
        .and(SizeAbove::new(COMPRESSED_ABOVE))
        // Messages must reach the client as they come, and gRPC compresses by itself.
        .and(NotForContentType::const_new("application/x-ndjson"))
        .and(NotForContentType::const_new("application/grpc"))
        .and(|_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| !must_come_at_once(headers));
    let compression = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it);
    let edge = ServiceBuilder::new()
        .option_layer(cors(&state.config))
        .layer(compression)
        .service(Edge(state.clone()));
    Router::new().fallback_service(edge)
}

/// Whether an answer says that nothing on its way may collect it.
fn must_come_at_once(headers: &HeaderMap) -> bool {
    headers.get("x-accel-buffering").is_some_and(|buffering| buffering == "no")
}

/// Which pages may call from a browser; nothing where no origin is named.
fn cors(config: &Config) -> Option<CorsLayer> {
    // Origins that cannot be read have been refused at the start.
    let origins = config.origins().ok().flatten()?;
    let named = HeaderName::from_static;
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::ACCEPT_LANGUAGE,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            named("grpc-timeout"),
            named("idempotency-key"),
            named("baggage"),
            named("sw8"),
            named("sw8-correlation"),
            named("traceparent"),
            named("tracestate"),
            named("x-grpc-web"),
            named("x-user-agent"),
        ])
        .expose_headers([
            header::ETAG,
            header::RETRY_AFTER,
            header::WWW_AUTHENTICATE,
            named("grpc-message"),
            named("grpc-status"),
            named("grpc-status-details-bin"),
            named("traceparent"),
            named("x-trace-id"),
        ])
        .max_age(CORS_MAX_AGE);
    Some(layer)
}
