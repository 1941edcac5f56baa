//! Why a request is answered with an error, and how HTTP and gRPC say so.

use std::collections::HashMap;
use std::time::Duration;

use axum::body::Body;
use http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER, UPGRADE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use micro::Problem;
use micro::trace::TraceContext;
use serde::Serialize;
use serde_json::{Map, Value};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::status;

/// Media type of an error (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";
/// The reason where a path means nothing.
const PATH_UNKNOWN: &str = "PATH_UNKNOWN";
/// Said to the client where a service failed in a way it did not mean to tell.
const OUR_SIDE: &str = "something went wrong on our side";

/// An error as HTTP tells it.
#[derive(Debug)]
pub struct Failure {
    /// Reason, message, metadata, and the gRPC code.
    pub problem: Problem,
    /// The HTTP status.
    pub status: StatusCode,
    /// Headers that belong to the status.
    headers: HeaderMap,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::new(status::of(problem.code()), problem)
    }
}

impl From<crate::transcode::Fault> for Failure {
    fn from(fault: crate::transcode::Fault) -> Self {
        Problem::from(fault).into()
    }
}

impl Failure {
    /// An error with an HTTP status of its own.
    #[must_use]
    pub fn new(status: StatusCode, problem: Problem) -> Self {
        let mut headers = HeaderMap::new();
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(RETRY_AFTER, retry_after(&problem).into());
            }
            StatusCode::UPGRADE_REQUIRED => {
                headers.insert(UPGRADE, HeaderValue::from_static("HTTP/2"));
                headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            }
            _ => {}
        }
        Self { problem, status, headers }
    }

    /// What a service answered with.
    #[must_use]
    pub fn from_status(status: &Status) -> Self {
        if let Some(failure) = from_go_micro(status) {
            return failure;
        }
        let explained = status.get_details_error_info().is_some();
        if !explained && matches!(status.code(), Code::Internal | Code::Unknown | Code::DataLoss) {
            tracing::error!(code = ?status.code(), message = status.message(), "a service failed");
            return Self::from(Problem::new(Code::Internal, "INTERNAL", OUR_SIDE));
        }
        Problem::from_status(status).into()
    }

    /// A defect or a failure of ours.
    #[must_use]
    pub fn internal(what: &'static str) -> Self {
        tracing::error!(what, "the gateway failed");
        Problem::new(Code::Internal, "INTERNAL", OUR_SIDE).into()
    }

    /// 404 for a path that means nothing.
    #[must_use]
    pub fn path_unknown() -> Self {
        Problem::not_found(PATH_UNKNOWN, "there is nothing at this path; see /docs").into()
    }

    /// Whether it is that a path means nothing.
    #[must_use]
    pub fn is_path_unknown(&self) -> bool {
        self.problem.reason() == PATH_UNKNOWN
    }

    /// 400 for a request without a host, or with several.
    #[must_use]
    pub fn host_invalid() -> Self {
        Problem::invalid("HOST_INVALID", "a request has one host header").into()
    }

    /// 405, with what would be allowed.
    #[must_use]
    pub fn method_not_allowed(allowed: &[http::Method]) -> Self {
        let allowed = allowed.iter().map(http::Method::as_str).collect::<Vec<_>>().join(", ");
        let message = format!("this path takes {allowed}");
        let problem = Problem::new(Code::Unimplemented, "METHOD_NOT_ALLOWED", message);
        let mut failure = Self::new(StatusCode::METHOD_NOT_ALLOWED, problem);
        if let Ok(value) = allowed.parse() {
            failure.headers.insert(ALLOW, value);
        }
        failure
    }

    /// 429 for a client that asks too often.
    #[must_use]
    pub fn rate_limited(wait: Duration) -> Self {
        let problem = Problem::exhausted("RATE_LIMITED", "too many requests from this address; slow down");
        problem.with("retry_after_ms", wait.as_millis().max(1)).into()
    }

    /// 408: the request did not come in time, so nothing was done.
    #[must_use]
    pub fn request_timeout() -> Self {
        let message = "the request did not come in the time allowed; nothing was done";
        let problem = Problem::new(Code::DeadlineExceeded, "REQUEST_TIMEOUT", message);
        Self::new(StatusCode::REQUEST_TIMEOUT, problem)
    }

    /// 504: the time is over.
    #[must_use]
    pub fn deadline() -> Self {
        let message = "the time allowed has passed; the work may have been done all the same";
        Problem::new(Code::DeadlineExceeded, "DEADLINE_EXCEEDED", message).into()
    }

    /// As the object of RFC 9457.
    #[must_use]
    pub fn to_json(&self, trace: TraceContext) -> Vec<u8> {
        let metadata = self.problem.metadata().iter();
        let body = ProblemJson {
            kind: format!("/problems/{}", self.problem.reason()),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: self.problem.message(),
            reason: self.problem.reason(),
            trace_id: trace.to_string(),
            metadata: metadata.map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect(),
        };
        serde_json::to_vec(&body).unwrap_or_default()
    }

    /// 204 with the headers alone: the answer to `OPTIONS`.
    #[must_use]
    pub fn into_options(self) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        *response.headers_mut() = self.headers;
        response
    }

    /// As a page that tells of it.
    pub async fn into_page(self, told: impl AsyncFnOnce(Problem) -> Response<Body>) -> Response<Body> {
        micro::seen::refused(self.problem.reason());
        let mut page = told(self.problem).await;
        *page.status_mut() = self.status;
        page.headers_mut().extend(self.headers);
        page
    }

    /// As an HTTP answer.
    #[must_use]
    pub fn into_response(self, trace: TraceContext) -> Response<Body> {
        micro::seen::refused(self.problem.reason());
        let mut response = Response::new(Body::from(self.to_json(trace)));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        response
    }
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    reason: &'a str,
    trace_id: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    metadata: Map<String, Value>,
}

/// Seconds to wait: what the problem says, rounded up, at least one.
fn retry_after(problem: &Problem) -> u64 {
    let said = problem.metadata().iter().find(|(key, _)| key == "retry_after_ms");
    let milliseconds: u64 = said.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    milliseconds.div_ceil(1000).max(1)
}

/// The error of a go-micro server: JSON in the message of the status.
fn from_go_micro(status: &Status) -> Option<Failure> {
    #[derive(serde::Deserialize)]
    struct GoMicro {
        #[serde(default)]
        id: String,
        code: u16,
        #[serde(default)]
        detail: String,
        #[serde(default)]
        status: String,
    }
    if !status.message().starts_with('{') {
        return None;
    }
    let error: GoMicro = serde_json::from_str(status.message()).ok()?;
    let http = StatusCode::from_u16(error.code).ok().filter(|http| http.as_u16() >= 400)?;
    let named = if error.status.is_empty() { http.canonical_reason()? } else { &error.status };
    let letters = named.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    let reason: String = letters.collect();
    let metadata = [("id".to_owned(), error.id)].into_iter().filter(|(_, id)| !id.is_empty());
    let metadata: HashMap<_, _> = metadata.collect();
    let details = ErrorDetails::with_error_info(reason, "go-micro", metadata);
    let problem = Problem::from_status(&Status::with_error_details(status.code(), error.detail, details));
    Some(Failure::new(http, problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_go_micro_error_keeps_its_code_and_words() {
        let text = r#"{"id":"greeter","code":404,"detail":"no such name","status":"Not Found"}"#;
        let failure = Failure::from_status(&Status::unknown(text));
        assert_eq!(failure.status, 404);
        assert_eq!((failure.problem.reason(), failure.problem.message()), ("NOT_FOUND", "no such name"));
        assert_eq!(failure.problem.metadata(), [("id".to_owned(), "greeter".to_owned())]);
    }

    #[test]
    fn what_a_service_did_not_mean_to_tell_is_not_told() {
        for text in ["postgres://secret", "{", r#"{"code":0,"detail":"secret"}"#] {
            let failure = Failure::from_status(&Status::internal(text));
            assert_eq!(failure.status, 500);
            assert_eq!(failure.problem.message(), OUR_SIDE);
        }
    }

    #[test]
    fn waiting_is_told_in_whole_seconds() {
        let failure = Failure::rate_limited(Duration::from_millis(1001));
        assert_eq!(failure.headers[RETRY_AFTER], "2");
        let failure = Failure::from(Problem::overloaded());
        assert_eq!(failure.headers[RETRY_AFTER], "1");
    }
}
