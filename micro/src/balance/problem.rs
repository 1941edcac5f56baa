//! What a caller is told when no node has answered.

use tonic::Code;

use crate::{BoxError, Problem};

/// No node is known.
pub fn not_running(service: &str) -> Problem {
    Problem::unavailable("SERVICE_UNAVAILABLE", format!("service {service} is not running"))
}

/// Nothing reached a node.
pub fn not_reached(service: &str, cause: impl Into<BoxError>) -> Problem {
    Problem::unavailable("SERVICE_UNAVAILABLE", format!("service {service} cannot be reached"))
        .caused_by(cause)
}

/// The request was sent, and the connection ended before the answer.
pub fn answer_lost(service: &str, cause: impl Into<BoxError>) -> Problem {
    let message = format!(
        "the connection to service {service} was lost before it answered; the work may have been done all the same"
    );
    Problem::new(Code::Unavailable, "ANSWER_LOST", message).caused_by(cause)
}

/// The caller's time is over.
pub fn too_late() -> Problem {
    let message = "the time the caller allowed has passed; the work may have been done all the same";
    Problem::new(Code::DeadlineExceeded, "DEADLINE_EXCEEDED", message)
}

/// The caller has broken off, which is nobody's fault here: no call can come of it.
pub fn broken_off() -> Problem {
    Problem::new(Code::Cancelled, "CANCELLED", "the request broke off before it was complete")
}
