//! Errors of services that go-micro runs: JSON in the message of a status.

use serde::Deserialize;
use tonic::{Code, Status};

/// What go-micro calls an error.
#[derive(Debug, Deserialize)]
pub(crate) struct Error {
    /// The service that made it, mostly.
    #[serde(default)]
    pub id: String,
    /// HTTP status; only a positive one makes this an error of go-micro's.
    code: i32,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    status: String,
}

impl Error {
    /// The error in a status's message, if there is one.
    pub fn of(status: &Status) -> Option<Self> {
        let message = status.message();
        if !message.starts_with('{') {
            return None;
        }
        serde_json::from_str::<Self>(message).ok().filter(|error| error.code > 0)
    }

    /// The gRPC code it means; `otherwise` where its own says nothing.
    pub fn grpc_code(&self, otherwise: Code) -> Code {
        match self.code {
            400 => Code::InvalidArgument,
            401 => Code::Unauthenticated,
            403 => Code::PermissionDenied,
            404 => Code::NotFound,
            408 | 504 => Code::DeadlineExceeded,
            409 => Code::AlreadyExists,
            412 => Code::FailedPrecondition,
            429 => Code::ResourceExhausted,
            499 => Code::Cancelled,
            501 => Code::Unimplemented,
            502 | 503 => Code::Unavailable,
            500 => Code::Internal,
            // An error all the same.
            _ if otherwise == Code::Ok => Code::Unknown,
            _ => otherwise,
        }
    }

    /// What people read.
    pub fn into_message(self) -> String {
        if self.detail.is_empty() { self.status } else { self.detail }
    }
}
