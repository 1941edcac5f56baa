//! Calling a service.

use bytes::Bytes;
use http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, TE};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Uri, Version};
use http_body_util::Full;
use micro::deadline;
use micro::registry::CLIENT_ADDRESS;
use micro::trace::TRACEPARENT;
use tokio::time::Instant;
use tower::ServiceExt;

use super::{Failure, Frames, Origin};
use crate::directory::Method;

/// Headers of a client that services get to see besides those set here.
const PASSED_ON: [HeaderName; 4] = [
    AUTHORIZATION,
    ACCEPT_LANGUAGE,
    HeaderName::from_static("idempotency-key"),
    // Of payment providers: the signature of the message they send.
    HeaderName::from_static("marquee-signature"),
];

/// Calls a method with one message, already framed.
///
/// # Errors
/// How the call failed, if that is known before the first message.
pub async fn call(
    method: &Method,
    message: Bytes,
    headers: &HeaderMap,
    origin: Origin,
    until: Option<Instant>,
) -> Result<Frames, Failure> {
    let mut request = Request::new(tonic::body::Body::new(Full::new(message)));
    *request.uri_mut() = Uri::from(method.path.clone());
    *request.method_mut() = http::Method::POST;
    *request.version_mut() = Version::HTTP_2;
    let out = request.headers_mut();
    out.reserve(10);
    out.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    out.insert(TE, HeaderValue::from_static("trailers"));
    for name in PASSED_ON {
        if let Some(value) = headers.get(&name) {
            out.insert(name, value.clone());
        }
    }
    describe(out, origin, until);
    let response = match method.channel.clone().oneshot(request).await {
        Ok(response) => response,
        Err(error) => {
            tracing::warn!(service = method.channel.service(), %error, "a service could not be reached");
            return Err(unreachable(method.channel.service()).into());
        }
    };
    let (parts, body) = response.into_parts();
    if parts.status != StatusCode::OK && !parts.headers.contains_key("grpc-status") {
        tracing::warn!(service = method.channel.service(), status = %parts.status, "not an answer of gRPC");
        return Err(unreachable(method.channel.service()).into());
    }
    Frames::new(&parts.headers, body).map_err(|status| Failure::from_status(&status))
}

/// Says who asks, in which trace, and until when. Overwrites what a client may have said of it.
pub fn describe(headers: &mut HeaderMap, origin: Origin, until: Option<Instant>) {
    headers.insert(TRACEPARENT, origin.trace.to_header());
    // An address is always a valid header; were it none, the call must not pass for our own.
    let address = HeaderValue::from_str(&origin.client.to_string());
    headers.insert(CLIENT_ADDRESS, address.unwrap_or_else(|_| HeaderValue::from_static("-")));
    headers.remove("timeout");
    headers.remove("grpc-timeout");
    if let Some(until) = until {
        let left = until.saturating_duration_since(Instant::now());
        headers.insert("grpc-timeout", deadline::to_header(left));
    }
}

/// `SERVICE_UNAVAILABLE`.
#[must_use]
pub fn unreachable(service: &str) -> micro::Problem {
    micro::Problem::unavailable("SERVICE_UNAVAILABLE", format!("service {service} cannot be reached"))
}
