//! The HTTP status a REST client expects for each gRPC code.

use http::StatusCode;
use tonic::Code;

/// A client that gave up waiting; the usual number, though in no RFC.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Every code with its name in the specification of gRPC and its HTTP status.
///
/// `FAILED_PRECONDITION` is 409 as `ABORTED` is: the request may be right
/// another time, in another state of things.
const TABLE: [(Code, &str, u16); 17] = [
    (Code::Ok, "OK", 200),
    (Code::Cancelled, "CANCELLED", CLIENT_CLOSED_REQUEST),
    (Code::Unknown, "UNKNOWN", 500),
    (Code::InvalidArgument, "INVALID_ARGUMENT", 400),
    (Code::DeadlineExceeded, "DEADLINE_EXCEEDED", 504),
    (Code::NotFound, "NOT_FOUND", 404),
    (Code::AlreadyExists, "ALREADY_EXISTS", 409),
    (Code::PermissionDenied, "PERMISSION_DENIED", 403),
    (Code::ResourceExhausted, "RESOURCE_EXHAUSTED", 429),
    (Code::FailedPrecondition, "FAILED_PRECONDITION", 409),
    (Code::Aborted, "ABORTED", 409),
    (Code::OutOfRange, "OUT_OF_RANGE", 400),
    (Code::Unimplemented, "UNIMPLEMENTED", 501),
    (Code::Internal, "INTERNAL", 500),
    (Code::Unavailable, "UNAVAILABLE", 503),
    (Code::DataLoss, "DATA_LOSS", 500),
    (Code::Unauthenticated, "UNAUTHENTICATED", 401),
];

/// The HTTP status of a code.
#[must_use]
pub fn of(code: Code) -> StatusCode {
    let found = TABLE.iter().find(|(listed, _, _)| *listed == code);
    let status = found.and_then(|(_, _, status)| StatusCode::from_u16(*status).ok());
    status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The HTTP status of the code of that name, as comments write it; nothing for another word.
#[must_use]
pub fn named(name: &str) -> Option<u16> {
    TABLE.iter().find(|(_, listed, _)| *listed == name).map(|(_, _, status)| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_row() {
        for number in 0..=16 {
            let code = Code::from(number);
            let rows: Vec<_> = TABLE.iter().filter(|(listed, _, _)| *listed == code).collect();
            let [(_, name, status)] = rows[..] else { panic!("{code:?}: {rows:?}") };
            assert_eq!(name.replace('_', ""), format!("{code:?}").to_uppercase());
            assert_eq!((of(code).as_u16(), named(name)), (*status, Some(*status)));
        }
        assert_eq!(named("SEATS_TAKEN"), None);
    }
}
