//! Reading a request's body, within limits.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use micro::{Problem, drain};
use tonic::Code;

use super::failure::Failure;
use crate::limits::Held;

/// Reads all of a body into memory that is `held`.
///
/// # Errors
/// `BODY_TOO_LARGE`; `BODY_UNREADABLE` where the client broke off; `OVERLOADED`
/// where there is no room for it.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize, held: &mut Held) -> Result<Bytes, Failure> {
    if announced(headers).is_some_and(|length| length > limit) {
        drain(headers, body).await;
        return Err(too_large(limit));
    }
    let mut body = body;
    let mut whole = Bytes::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(Problem::invalid("BODY_UNREADABLE", "the body ended before it was complete").into());
        };
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > limit {
            drain(headers, body).await;
            return Err(too_large(limit));
        }
        held.take(data.len())?;
        whole = joined(whole, data);
    }
    Ok(whole)
}

/// One after the other; most bodies come in one piece and are not copied.
fn joined(before: Bytes, after: Bytes) -> Bytes {
    if before.is_empty() {
        return after;
    }
    let mut joined = before.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
    joined.extend_from_slice(&after);
    joined.freeze()
}

/// The length the client announced.
#[must_use]
pub fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Refuses what is not plain JSON. A body without a type is taken for JSON.
///
/// # Errors
/// `CONTENT_TYPE_UNSUPPORTED`.
pub fn must_be_json(headers: &HeaderMap) -> Result<(), Failure> {
    must_be_plain(headers)?;
    let Some(given) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let essence = given.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let json = essence.eq_ignore_ascii_case("application/json")
        || (essence.len() > 5 && essence.get(essence.len() - 5..).is_some_and(|end| end == "+json"));
    if json { Ok(()) } else { Err(unsupported("send the body as content-type: application/json")) }
}

/// Refuses compressed bodies: what they grow to is not known.
///
/// # Errors
/// `CONTENT_TYPE_UNSUPPORTED`.
pub fn must_be_plain(headers: &HeaderMap) -> Result<(), Failure> {
    match headers.get(CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => {
            Err(unsupported("send the body without content-encoding"))
        }
        _ => Ok(()),
    }
}

fn too_large(limit: usize) -> Failure {
    let problem =
        Problem::new(Code::ResourceExhausted, "BODY_TOO_LARGE", format!("the body is over {limit} bytes"));
    Failure::new(StatusCode::PAYLOAD_TOO_LARGE, problem.with("max_bytes", limit))
}

fn unsupported(message: &str) -> Failure {
    let problem = Problem::invalid("CONTENT_TYPE_UNSUPPORTED", message);
    Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, problem)
}
