//! How messages are written: protobuf, by whichever of its names.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Response};

use crate::Problem;

/// The name of protobuf that go-micro's clients use.
const PROTO: &str = "application/grpc+proto";

/// What a request's content type asks for.
pub enum ContentType {
    /// `application/grpc`, or nothing.
    Plain,
    /// `application/grpc+proto`: answered in kind.
    Proto,
    /// Anything else.
    Other(String),
}

/// Of a request's headers.
pub fn of(headers: &HeaderMap) -> ContentType {
    let Some(value) = headers.get(CONTENT_TYPE) else { return ContentType::Plain };
    if value == "application/grpc" {
        return ContentType::Plain;
    }
    // Parameters, such as a charset, say nothing about a binary message.
    let text = String::from_utf8_lossy(value.as_bytes());
    match text.split(';').next().map(str::trim) {
        Some("application/grpc") => ContentType::Plain,
        Some(PROTO) => ContentType::Proto,
        _ => ContentType::Other(text.chars().take(100).collect()),
    }
}

impl ContentType {
    /// # Errors
    /// `CONTENT_TYPE_UNSUPPORTED`, with what is supported.
    pub fn check(&self) -> Result<(), Problem> {
        let Self::Other(given) = self else { return Ok(()) };
        let message = format!("messages are protobuf here: application/grpc or {PROTO}, not {given}");
        let problem = Problem::new(tonic::Code::Unimplemented, "CONTENT_TYPE_UNSUPPORTED", message);
        Err(problem.with("content_type", given))
    }

    /// Gives an answer the name of protobuf that the request had.
    pub fn answer_in_kind<B>(&self, response: &mut Response<B>) {
        if matches!(self, Self::Proto) {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROTO));
        }
    }
}
