//! Refusals of the rules and of the provider, as a caller sees them.

use std::fmt::Display;

use micro::Problem;

use super::admission::AdmitRefused;
use super::ending::CancelRefused;
use super::facts::FactsInvalid;
use super::paying::PayRefused;
use super::refund::RefundRefused;
use super::selection::BuyRefused;
use crate::provider::{CardNumberRefused, ProviderError, WebhookRefused};
use crate::ticket_code::TicketCodeError;

/// Metadata that lists seats, `A1,A2`.
const SEATS: &str = "seats";

impl From<BuyRefused> for Problem {
    fn from(refused: BuyRefused) -> Self {
        let message = refused.to_string();
        match refused {
            BuyRefused::ScreeningCancelled => Self::precondition("SCREENING_CANCELLED", message),
            BuyRefused::SalesNotOpen { opens_at } => {
                Self::precondition("SALES_NOT_OPEN", message).with("sales_open_at", opens_at)
            }
            BuyRefused::SalesClosed { closed_at } => {
                Self::precondition("SALES_CLOSED", message).with("sales_close_at", closed_at)
            }
            BuyRefused::SeatUnknown(seats) => {
                Self::invalid("SEAT_UNKNOWN", message).with(SEATS, seats.join(","))
            }
            BuyRefused::SeatRepeated(seats) => {
                Self::invalid("SEAT_REPEATED", message).with(SEATS, seats.join(","))
            }
            BuyRefused::SeatNotForSale(seats) => {
                Self::precondition("SEAT_NOT_FOR_SALE", message).with(SEATS, seats.join(","))
            }
            BuyRefused::CoupleSeatSplit(seats) => {
                Self::precondition("COUPLE_SEAT_SPLIT", message).with(SEATS, seats.join(","))
            }
            BuyRefused::FieldInvalid { field, code, value, problem } => {
                Self::invalid("FIELD_INVALID", message)
                    .with("field", field)
                    .with("problem", problem)
                    .with("code", code)
                    .with("value", value)
            }
        }
    }
}

impl From<RefundRefused> for Problem {
    fn from(refused: RefundRefused) -> Self {
        let message = refused.to_string();
        match refused {
            RefundRefused::OrderNotPaid => Self::precondition("ORDER_NOT_PAID", message),
            RefundRefused::TooLate => Self::precondition("REFUND_TOO_LATE", message),
            RefundRefused::SeatNotInOrder(seats) => {
                Self::invalid("SEAT_NOT_IN_ORDER", message).with(SEATS, seats.join(","))
            }
            RefundRefused::TicketUsed(seats) => {
                Self::precondition("TICKET_USED", message).with(SEATS, seats.join(","))
            }
            RefundRefused::CoupleSeatSplit(seats) => {
                Self::precondition("COUPLE_SEAT_SPLIT", message).with(SEATS, seats.join(","))
            }
        }
    }
}

impl From<AdmitRefused> for Problem {
    fn from(refused: AdmitRefused) -> Self {
        let message = refused.to_string();
        match refused {
            AdmitRefused::Void => Self::precondition("TICKET_VOID", message),
            AdmitRefused::Used { used_at } => {
                Self::precondition("TICKET_USED", message).with("used_at", used_at)
            }
            AdmitRefused::OtherScreening { film_sid } => {
                Self::precondition("TICKET_OTHER_SCREENING", message).with("film_sid", film_sid)
            }
            AdmitRefused::Cancelled => screening_cancelled(),
            AdmitRefused::TooEarly { opens_at } => {
                Self::precondition("TICKET_TOO_EARLY", message).with("opens_at", opens_at)
            }
            AdmitRefused::TooLate { closed_at } => {
                Self::precondition("TICKET_TOO_LATE", message).with("closed_at", closed_at)
            }
        }
    }
}

impl From<TicketCodeError> for Problem {
    fn from(error: TicketCodeError) -> Self {
        Self::invalid("TICKET_CODE_INVALID", error.to_string())
    }
}

impl From<FactsInvalid> for Problem {
    /// The catalogue said something impossible: a fault of the system, not of the caller.
    fn from(invalid: FactsInvalid) -> Self {
        Self::internal(invalid)
    }
}

impl From<CardNumberRefused> for Problem {
    fn from(refused: CardNumberRefused) -> Self {
        Self::invalid("CARD_NUMBER_REFUSED", refused.to_string())
    }
}

impl From<ProviderError> for Problem {
    fn from(error: ProviderError) -> Self {
        let message = error.to_string();
        match error {
            ProviderError::MethodUnknown => Self::invalid("PAYMENT_METHOD_UNKNOWN", message),
            ProviderError::Unavailable => Self::unavailable("PROVIDER_UNAVAILABLE", message),
            ProviderError::Mismatch => Self::internal(error),
        }
    }
}

impl From<WebhookRefused> for Problem {
    fn from(refused: WebhookRefused) -> Self {
        let message = refused.to_string();
        match refused {
            WebhookRefused::Signature => Self::unauthenticated("SIGNATURE_INVALID", message),
            WebhookRefused::Body => Self::invalid("WEBHOOK_INVALID", message),
        }
    }
}

/// Others were quicker.
pub fn seats_taken<S: Display>(seats: impl IntoIterator<Item = S>) -> Problem {
    let seats: Vec<String> = seats.into_iter().map(|seat| seat.to_string()).collect();
    Problem::aborted("SEATS_TAKEN", format!("already taken: {}", seats.join(", ")))
        .with(SEATS, seats.join(","))
}

/// There is no such order, or it is somebody else's: the answer does not tell which.
#[must_use]
pub fn order_not_found() -> Problem {
    Problem::not_found("ORDER_NOT_FOUND", "there is no such order")
}

/// There is no such screening.
#[must_use]
pub fn screening_not_found() -> Problem {
    Problem::not_found("SCREENING_NOT_FOUND", "there is no such screening")
}

/// Money that only staff of the cinema can take or give back, in notes and coins.
#[must_use]
pub fn cash_only_at_the_counter() -> Problem {
    let message = "cash is taken and given back at the counter only, by the staff of the cinema";
    Problem::denied("CASH_ONLY_AT_THE_COUNTER", message)
}

/// Of a screening that takes place there is no cancellation to tell of.
#[must_use]
pub fn screening_not_cancelled() -> Problem {
    Problem::precondition("SCREENING_NOT_CANCELLED", "the screening is not cancelled")
}

/// More rows than anybody reads.
#[must_use]
pub fn report_too_large(limit: i64) -> Problem {
    let message = "the report has too many rows: ask for a shorter time, fewer cinemas, or larger groups";
    Problem::invalid("REPORT_TOO_LARGE", message).with("limit", limit)
}

/// A ticket with a good signature that no order knows: it holds no more than one given back.
#[must_use]
pub fn ticket_unknown() -> Problem {
    AdmitRefused::Void.into()
}

/// Something of a cinema where the caller does not work.
#[must_use]
pub fn not_your_cinema() -> Problem {
    Problem::denied("NOT_YOUR_CINEMA", "this account does not work at this cinema")
}

/// Somebody who is not staff wanted to buy for somebody else.
#[must_use]
pub fn not_the_buyer() -> Problem {
    Problem::denied("NOT_THE_BUYER", "only staff may buy for somebody else")
}

/// Staff wanted to buy for somebody there is not.
#[must_use]
pub fn buyer_not_found() -> Problem {
    Problem::not_found("USER_NOT_FOUND", "there is no account with this user_id")
}

/// The buyer holds as much as anybody may.
#[must_use]
pub fn too_many_holds(limit: u32) -> Problem {
    Problem::precondition("TOO_MANY_HOLDS", "pay or cancel the orders that are open first")
        .with("limit", limit)
}

/// The provider said no.
#[must_use]
pub fn payment_declined(decline_code: &str) -> Problem {
    Problem::precondition("PAYMENT_DECLINED", "the payment was declined").with("decline_code", decline_code)
}

/// The screening is no longer sold.
#[must_use]
pub fn screening_cancelled() -> Problem {
    BuyRefused::ScreeningCancelled.into()
}

/// An idempotency key that was used for something else.
#[must_use]
pub fn key_reused() -> Problem {
    Problem::invalid("IDEMPOTENCY_KEY_REUSED", "this idempotency-key was used for another request")
}

impl From<PayRefused> for Problem {
    fn from(refused: PayRefused) -> Self {
        let reason = match refused {
            PayRefused::AttemptsExhausted(limit) => {
                let message = refused.to_string();
                return Self::precondition("PAYMENT_ATTEMPTS_EXHAUSTED", message).with("limit", limit);
            }
            PayRefused::InProgress => "PAYMENT_IN_PROGRESS",
            PayRefused::Expired => "ORDER_EXPIRED",
            PayRefused::Cancelled => "ORDER_CANCELLED",
            PayRefused::Refunded => "ORDER_REFUNDED",
        };
        Self::precondition(reason, refused.to_string())
    }
}

impl From<CancelRefused> for Problem {
    fn from(refused: CancelRefused) -> Self {
        let reason = match refused {
            CancelRefused::Paid => "ORDER_PAID",
            CancelRefused::InProgress => "PAYMENT_IN_PROGRESS",
        };
        Self::precondition(reason, refused.to_string())
    }
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;

    fn assert_problem(problem: impl Into<Problem>, code: Code, reason: &str) {
        let problem = problem.into();
        assert_eq!((problem.code(), problem.reason()), (code, reason));
    }

    #[test]
    fn refusals_have_the_codes_and_reasons_of_the_contract() {
        let seats = || vec!["A1".to_owned(), "A2".to_owned()];
        assert_problem(BuyRefused::SeatUnknown(seats()), Code::InvalidArgument, "SEAT_UNKNOWN");
        assert_problem(BuyRefused::SeatRepeated(seats()), Code::InvalidArgument, "SEAT_REPEATED");
        assert_problem(BuyRefused::CoupleSeatSplit(seats()), Code::FailedPrecondition, "COUPLE_SEAT_SPLIT");
        assert_problem(BuyRefused::SeatNotForSale(seats()), Code::FailedPrecondition, "SEAT_NOT_FOR_SALE");
        assert_problem(BuyRefused::ScreeningCancelled, Code::FailedPrecondition, "SCREENING_CANCELLED");
        let closed = BuyRefused::SalesClosed { closed_at: 1 };
        assert_problem(closed, Code::FailedPrecondition, "SALES_CLOSED");
        assert_problem(RefundRefused::TooLate, Code::FailedPrecondition, "REFUND_TOO_LATE");
        assert_problem(RefundRefused::SeatNotInOrder(seats()), Code::InvalidArgument, "SEAT_NOT_IN_ORDER");
        assert_problem(CardNumberRefused, Code::InvalidArgument, "CARD_NUMBER_REFUSED");
        assert_problem(ProviderError::MethodUnknown, Code::InvalidArgument, "PAYMENT_METHOD_UNKNOWN");
        assert_problem(ProviderError::Unavailable, Code::Unavailable, "PROVIDER_UNAVAILABLE");
        assert_problem(WebhookRefused::Signature, Code::Unauthenticated, "SIGNATURE_INVALID");
        assert_problem(WebhookRefused::Body, Code::InvalidArgument, "WEBHOOK_INVALID");
        assert_problem(seats_taken(["A1"]), Code::Aborted, "SEATS_TAKEN");
    }

    #[test]
    fn seats_are_listed_in_the_metadata() {
        let problem = Problem::from(BuyRefused::SeatUnknown(vec!["A1".into(), "A2".into()]));
        assert_eq!(problem.metadata(), [("seats".to_owned(), "A1,A2".to_owned())]);
    }
}
