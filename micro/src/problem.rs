//! Refusals and failures, as a caller sees them and as the log does.

use std::collections::HashMap;
use std::fmt::{self, Display};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::{BoxError, context, go_micro, seen};

/// `google.rpc.ErrorInfo.domain` of everything said here.
pub const DOMAIN: &str = "marquee";

/// Why a request was not done.
///
/// The caller gets code, reason, message and metadata; the cause goes to the
/// log, with the trace id.
#[derive(Debug)]
pub struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    code: Code,
    reason: String,
    message: String,
    metadata: Vec<(String, String)>,
    cause: Option<BoxError>,
}

macro_rules! constructor {
    ($($(#[$doc:meta])* $name:ident = $code:ident;)*) => {
        $($(#[$doc])*
        pub fn $name(reason: &'static str, message: impl Into<String>) -> Self {
            Self::new(Code::$code, reason, message)
        })*
    };
}

impl Problem {
    /// A problem with a stable upper-snake reason and a message for people.
    pub fn new(code: Code, reason: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            reason: reason.to_owned(),
            message: message.into(),
            metadata: Vec::new(),
            cause: None,
        }))
    }

    constructor! {
        /// `INVALID_ARGUMENT`: the request can never succeed as it is.
        invalid = InvalidArgument;
        /// `NOT_FOUND`.
        not_found = NotFound;
        /// `FAILED_PRECONDITION`: not in this state of things.
        precondition = FailedPrecondition;
        /// `PERMISSION_DENIED`.
        denied = PermissionDenied;
        /// `UNAUTHENTICATED`.
        unauthenticated = Unauthenticated;
        /// `ABORTED`: somebody else was faster.
        aborted = Aborted;
        /// `ALREADY_EXISTS`.
        exists = AlreadyExists;
        /// `RESOURCE_EXHAUSTED`: too much of something.
        exhausted = ResourceExhausted;
        /// `UNAVAILABLE`: nothing was done, try again.
        unavailable = Unavailable;
    }

    /// A defect or a failure of ours; the caller learns no more than that.
    pub fn internal(cause: impl Into<BoxError>) -> Self {
        Self::new(Code::Internal, "INTERNAL", "something went wrong on our side").caused_by(cause)
    }

    /// Adds a fact a program can use.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Display) -> Self {
        self.0.metadata.push((key.to_owned(), value.to_string()));
        self
    }

    /// Adds what the operator should know.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<BoxError>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// The gRPC status code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The stable reason.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// What people read.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What programs read besides the reason.
    #[must_use]
    pub fn metadata(&self) -> &[(String, String)] {
        &self.0.metadata
    }

    /// Reads a problem back from a status some service answered with.
    #[must_use]
    pub fn from_status(status: &Status) -> Self {
        if let Some(error) = go_micro::Error::of(status) {
            return Self::from_go_micro(error, status.code());
        }
        let info = status.get_details_error_info();
        let (reason, mut metadata) = match info {
            Some(info) => (info.reason, info.metadata.into_iter().collect::<Vec<_>>()),
            None => (upper_snake(status.code()), Vec::new()),
        };
        metadata.sort();
        let message = status.message().to_owned();
        Self(Box::new(Parts { code: status.code(), reason, message, metadata, cause: None }))
    }

    fn from_go_micro(error: go_micro::Error, code: Code) -> Self {
        let code = error.grpc_code(code);
        let metadata = Vec::from_iter((!error.id.is_empty()).then(|| ("id".to_owned(), error.id.clone())));
        let message = error.into_message();
        Self(Box::new(Parts { code, reason: upper_snake(code), message, metadata, cause: None }))
    }
}

/// The code's name in the specification of gRPC, `NOT_FOUND`.
fn upper_snake(code: Code) -> String {
    let mut name = String::new();
    for character in format!("{code:?}").chars() {
        if character.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(character.to_ascii_uppercase());
    }
    name
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.reason, self.0.message)
    }
}

impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

impl From<Problem> for Status {
    fn from(problem: Problem) -> Self {
        let Parts { code, reason, message, metadata, cause } = *problem.0;
        if let Some(cause) = cause {
            let trace_id = context::current_trace_id();
            tracing::error!(%trace_id, %reason, cause = %Chain(cause.as_ref()), "request failed");
        }
        seen::refused(&reason);
        let metadata: HashMap<_, _> = metadata.into_iter().collect();
        let details = ErrorDetails::with_error_info(reason, DOMAIN, metadata);
        Status::with_error_details(code, message, details)
    }
}

/// An error and its causes in one line.
struct Chain<'a>(&'a (dyn std::error::Error + 'static));

impl Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl Problem {
    /// `UNAVAILABLE`/`OVERLOADED`: nothing was done because too much is going on.
    #[must_use]
    pub fn overloaded() -> Self {
        Self::unavailable("OVERLOADED", "too much is going on at the moment; nothing was done, try again")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_carries_reason_and_metadata_there_and_back() {
        let status: Status = Problem::aborted("SEATS_TAKEN", "taken").with("seats", "A1,A2").into();
        let back = Problem::from_status(&status);
        assert_eq!(back.code(), Code::Aborted);
        assert_eq!(back.reason(), "SEATS_TAKEN");
        assert_eq!(back.metadata(), [("seats".to_owned(), "A1,A2".to_owned())]);
    }

    #[test]
    fn a_cause_is_not_shown_to_the_caller() {
        let status: Status = Problem::internal("password=secret").into();
        assert!(!format!("{status:?}").contains("secret"));
    }

    #[test]
    fn an_error_of_go_micro_is_understood() {
        for (json, code, message) in [
            (
                r#"{"id":"greeter","code":404,"detail":"no such name","status":"Not Found"}"#,
                Code::NotFound,
                "no such name",
            ),
            (
                r#"{"id":"","code":408,"detail":"","status":"Request Timeout"}"#,
                Code::DeadlineExceeded,
                "Request Timeout",
            ),
            (r#"{"id":"greeter","code":418,"detail":"tea"}"#, Code::Unknown, "tea"),
            // No error of go-micro's.
            (r#"{"code":0,"detail":"x"}"#, Code::Unknown, r#"{"code":0,"detail":"x"}"#),
            ("{not json", Code::Unknown, "{not json"),
        ] {
            let problem = Problem::from_status(&Status::unknown(json));
            assert_eq!((problem.code(), problem.message()), (code, message));
            let id = json.contains("greeter").then(|| ("id".to_owned(), "greeter".to_owned()));
            assert_eq!(problem.metadata(), id.as_slice());
        }
    }

    #[test]
    fn a_status_of_others_gets_the_name_of_its_code() {
        assert_eq!(Problem::from_status(&Status::not_found("no")).reason(), "NOT_FOUND");
    }
}
