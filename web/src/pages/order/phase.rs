//! Where an order stands, as its page tells it.

use contract::order::payment::State as PaymentState;
use contract::order::{Order, Payment, order::State};

/// What the page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// To be paid.
    Open,
    /// The time to pay is over; the seats are about to come free.
    Overdue,
    /// The payment is on its way.
    Processing,
    /// Paid: tickets.
    Paid,
    /// Paid, and some seats given back.
    PartlyRefunded,
    /// All given back.
    Refunded,
    /// Given up by the buyer.
    Cancelled,
    /// Not paid in time.
    Expired,
    /// Not paid in time, and a payment has still no answer.
    ExpiredWaiting,
}

impl Phase {
    /// Of an order, at a time in milliseconds UTC.
    pub fn of(order: &Order, now_ms: i64) -> Self {
        let waits = order.payments.iter().any(is_open);
        match order.state() {
            State::Pending | State::Unspecified if waits => Self::Processing,
            State::Pending | State::Unspecified if now_ms >= order.expires_at => Self::Overdue,
            State::Pending | State::Unspecified => Self::Open,
            State::Paid => Self::Paid,
            State::PartiallyRefunded => Self::PartlyRefunded,
            State::Refunded => Self::Refunded,
            State::Cancelled => Self::Cancelled,
            State::Expired if waits => Self::ExpiredWaiting,
            State::Expired => Self::Expired,
        }
    }

    /// Ends the names of texts about it; a class of style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Overdue => "overdue",
            Self::Processing => "processing",
            Self::Paid => "paid",
            Self::PartlyRefunded => "partly-refunded",
            Self::Refunded => "refunded",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::ExpiredWaiting => "expired-waiting",
        }
    }

    /// The text that names it.
    pub fn text(self) -> String {
        format!("order-state-{}", self.name())
    }

    /// Whether there are tickets to show.
    pub fn has_tickets(self) -> bool {
        matches!(self, Self::Paid | Self::PartlyRefunded)
    }

    /// Whether it changes by itself soon, so that the page asks again.
    pub fn waits(self) -> bool {
        matches!(self, Self::Processing | Self::ExpiredWaiting | Self::Overdue)
    }

    /// Whether the seats are gone and others may be chosen.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Overdue | Self::Cancelled | Self::Expired | Self::ExpiredWaiting | Self::Refunded
        )
    }
}

/// Whether a payment has no answer yet.
fn is_open(payment: &Payment) -> bool {
    matches!(payment.state(), PaymentState::Created | PaymentState::Processing)
}

/// Everything that makes the page another one, in short: who has a page asks whether it is
/// still so.
pub fn look(order: &Order, now_ms: i64) -> String {
    let payments = order.payments.iter().map(|payment| payment.state.to_string());
    let refunds = order.refunds.iter().map(|refund| refund.state.to_string());
    let payments = payments.collect::<Vec<_>>().join(".");
    let refunds = refunds.collect::<Vec<_>>().join(".");
    format!("{}-{payments}-{refunds}", Phase::of(order, now_ms).name())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(state: State, payments: &[PaymentState]) -> Order {
        let payment = |state: &PaymentState| Payment { state: (*state).into(), ..Payment::default() };
        Order {
            state: state.into(),
            expires_at: 1_000,
            payments: payments.iter().map(payment).collect(),
            ..Order::default()
        }
    }

    #[test]
    fn a_pending_order_is_open_until_its_time_is_over_or_a_payment_is_on_its_way() {
        let failed = order(State::Pending, &[PaymentState::Failed]);
        assert_eq!(Phase::of(&failed, 999), Phase::Open);
        assert_eq!(Phase::of(&failed, 1_000), Phase::Overdue);
        let waiting = order(State::Pending, &[PaymentState::Failed, PaymentState::Processing]);
        assert_eq!(Phase::of(&waiting, 2_000), Phase::Processing);
        let late = order(State::Expired, &[PaymentState::Processing]);
        assert_eq!(Phase::of(&late, 2_000), Phase::ExpiredWaiting);
        assert_eq!(Phase::of(&order(State::Expired, &[]), 2_000), Phase::Expired);
    }

    #[test]
    fn a_page_that_would_look_different_is_another() {
        let before = look(&order(State::Pending, &[PaymentState::Processing]), 0);
        let declined = look(&order(State::Pending, &[PaymentState::Failed]), 0);
        let paid = look(&order(State::Paid, &[PaymentState::Succeeded]), 0);
        assert!(before != declined && declined != paid && before != paid);
    }
}
