//! Where orders, payments, refunds and tickets may go from where they stand.
//!
//! The tables here are the only ones: stores write a state only where the table allows it.

use contract::order::{order, payment, refund, ticket};

pub use order::State as OrderState;
pub use payment::State as PaymentState;
pub use refund::State as RefundState;
pub use ticket::State as TicketState;

/// What happens to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderEvent {
    /// The money came in time.
    Paid,
    /// The money came after the hold had ended, and the seats could be taken again.
    PaidLate,
    /// Some seats were given back, others are left.
    SomeRefunded,
    /// No seat is left.
    AllRefunded,
    /// The buyer gave up, or the screening was cancelled before it was paid.
    Cancelled,
    /// The hold ended.
    Expired,
}

/// What happens to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketEvent {
    /// The buyer gave the seat back.
    GivenBack,
    /// The screening was cancelled; even who was let in gets the money back.
    ScreeningCancelled,
    /// It was shown at the door.
    Shown,
}

/// Every step an order can take.
pub const ORDER_STEPS: &[(OrderState, OrderEvent, OrderState)] = &[
    (OrderState::Pending, OrderEvent::Paid, OrderState::Paid),
    (OrderState::Pending, OrderEvent::Cancelled, OrderState::Cancelled),
    (OrderState::Pending, OrderEvent::Expired, OrderState::Expired),
    (OrderState::Expired, OrderEvent::PaidLate, OrderState::Paid),
    (OrderState::Paid, OrderEvent::SomeRefunded, OrderState::PartiallyRefunded),
    (OrderState::Paid, OrderEvent::AllRefunded, OrderState::Refunded),
    (OrderState::PartiallyRefunded, OrderEvent::SomeRefunded, OrderState::PartiallyRefunded),
    (OrderState::PartiallyRefunded, OrderEvent::AllRefunded, OrderState::Refunded),
];

/// Every step a payment can take.
pub const PAYMENT_STEPS: &[(PaymentState, PaymentState)] = &[
    (PaymentState::Created, PaymentState::Processing),
    (PaymentState::Created, PaymentState::Succeeded),
    (PaymentState::Created, PaymentState::Failed),
    (PaymentState::Processing, PaymentState::Succeeded),
    (PaymentState::Processing, PaymentState::Failed),
];

/// Every step a refund can take.
pub const REFUND_STEPS: &[(RefundState, RefundState)] =
    &[(RefundState::Created, RefundState::Succeeded), (RefundState::Created, RefundState::Failed)];

/// Every step a ticket can take.
pub const TICKET_STEPS: &[(TicketState, TicketEvent, TicketState)] = &[
    (TicketState::Valid, TicketEvent::GivenBack, TicketState::Void),
    (TicketState::Valid, TicketEvent::ScreeningCancelled, TicketState::Void),
    (TicketState::Valid, TicketEvent::Shown, TicketState::Used),
    (TicketState::Used, TicketEvent::ScreeningCancelled, TicketState::Void),
];

/// Where an event takes an order; `None` where it must not happen.
#[must_use]
pub fn order_after(from: OrderState, event: OrderEvent) -> Option<OrderState> {
    ORDER_STEPS.iter().find(|step| step.0 == from && step.1 == event).map(|step| step.2)
}

/// Whether an order may go from one state to another.
#[must_use]
pub fn order_may(from: OrderState, to: OrderState) -> bool {
    ORDER_STEPS.iter().any(|step| step.0 == from && step.2 == to)
}

/// Whether a payment may go from one state to another.
#[must_use]
pub fn payment_may(from: PaymentState, to: PaymentState) -> bool {
    PAYMENT_STEPS.contains(&(from, to))
}

/// Whether a refund may go from one state to another.
#[must_use]
pub fn refund_may(from: RefundState, to: RefundState) -> bool {
    REFUND_STEPS.contains(&(from, to))
}

/// Where an event takes a ticket; `None` where it must not happen.
#[must_use]
pub fn ticket_after(from: TicketState, event: TicketEvent) -> Option<TicketState> {
    TICKET_STEPS.iter().find(|step| step.0 == from && step.1 == event).map(|step| step.2)
}

/// Whether a ticket may go from one state to another.
#[must_use]
pub fn ticket_may(from: TicketState, to: TicketState) -> bool {
    TICKET_STEPS.iter().any(|step| step.0 == from && step.2 == to)
}

/// Whether an order's seats are its own: its claims exist exactly in these states.
#[must_use]
pub fn order_holds_seats(state: OrderState) -> bool {
    matches!(state, OrderState::Pending | OrderState::Paid | OrderState::PartiallyRefunded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The matrix as a person would write it: row is from, column is to.
    fn assert_matrix<S: Copy + std::fmt::Debug>(states: &[S], rows: &[&str], may: fn(S, S) -> bool) {
        assert_eq!(states.len(), rows.len());
        for (from, row) in states.iter().zip(rows) {
            assert_eq!(row.len(), states.len());
            for (to, mark) in states.iter().zip(row.chars()) {
                assert_eq!(may(*from, *to), mark == 'x', "{from:?} -> {to:?}");
            }
        }
    }

    const ORDERS: [OrderState; 7] = [
        OrderState::Unspecified,
        OrderState::Pending,
        OrderState::Paid,
        OrderState::PartiallyRefunded,
        OrderState::Refunded,
        OrderState::Cancelled,
        OrderState::Expired,
    ];
    const EVENTS: [OrderEvent; 6] = [
        OrderEvent::Paid,
        OrderEvent::PaidLate,
        OrderEvent::SomeRefunded,
        OrderEvent::AllRefunded,
        OrderEvent::Cancelled,
        OrderEvent::Expired,
    ];

    #[test]
    fn every_pair_of_order_states() {
        let rows = [".......", "..x..xx", "...xx..", "...xx..", ".......", ".......", "..x...."];
        assert_matrix(&ORDERS, &rows, order_may);
    }

    #[test]
    fn every_event_in_every_order_state() {
        let rows = ["......", "x...xx", "..xx..", "..xx..", "......", "......", ".x...."];
        for (from, row) in ORDERS.iter().zip(rows) {
            for (event, mark) in EVENTS.iter().zip(row.chars()) {
                assert_eq!(order_after(*from, *event).is_some(), mark == 'x', "{from:?} on {event:?}");
            }
        }
    }

    #[test]
    fn every_pair_of_payment_states() {
        let states = [
            PaymentState::Unspecified,
            PaymentState::Created,
            PaymentState::Processing,
            PaymentState::Succeeded,
            PaymentState::Failed,
        ];
        assert_matrix(&states, &[".....", "..xxx", "...xx", ".....", "....."], payment_may);
    }

    #[test]
    fn every_pair_of_refund_states() {
        let states =
            [RefundState::Unspecified, RefundState::Created, RefundState::Succeeded, RefundState::Failed];
        assert_matrix(&states, &["....", "..xx", "....", "...."], refund_may);
    }

    #[test]
    fn every_pair_of_ticket_states_and_every_event() {
        let states = [TicketState::Unspecified, TicketState::Valid, TicketState::Void, TicketState::Used];
        assert_matrix(&states, &["....", "..xx", "....", "..x."], ticket_may);
        let events = [TicketEvent::GivenBack, TicketEvent::ScreeningCancelled, TicketEvent::Shown];
        for (from, row) in states.iter().zip(["...", "xxx", "...", ".x."]) {
            for (event, mark) in events.iter().zip(row.chars()) {
                assert_eq!(ticket_after(*from, *event).is_some(), mark == 'x', "{from:?} on {event:?}");
            }
        }
    }

    proptest! {
        /// Whatever happens in whatever order, only a paid order is refunded, and an end is an end.
        #[test]
        fn histories_make_sense(events in prop::collection::vec(prop::sample::select(&EVENTS), 0..12)) {
            let mut state = OrderState::Pending;
            let mut was_paid = false;
            for event in events {
                let Some(next) = order_after(state, event) else { continue };
                prop_assert!(order_may(state, next));
                prop_assert!(!matches!(state, OrderState::Refunded | OrderState::Cancelled));
                was_paid |= next == OrderState::Paid;
                let refunded = matches!(next, OrderState::PartiallyRefunded | OrderState::Refunded);
                prop_assert!(!refunded || was_paid);
                state = next;
            }
        }
    }
}
