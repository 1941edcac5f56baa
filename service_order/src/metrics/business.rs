//! Seats, orders, payments and money, as batches change them.

use std::sync::{Arc, LazyLock};

use micro::metrics::opentelemetry::KeyValue;
use micro::metrics::opentelemetry::metrics::Counter;
use micro::metrics::{Count, counter, shown};

use crate::committer::{SeatEvent, SeatStep};
use crate::domain::ledger::EntryKind;
use crate::domain::order::Aggregate;
use crate::domain::state::{OrderState, PaymentState, RefundState};
use crate::store::{Booking, Changes};

pub(super) struct Business {
    seats_held: Count,
    seats_given_up: Count,
    seats_sold: Count,
    seats_given_back: Count,
    opened: Count,
    paid: Count,
    cancelled: Count,
    expired: Count,
    payments_succeeded: Count,
    payments_declined: Count,
    refunds_succeeded: Count,
    refunds_failed: Count,
    captured: Counter<u64>,
    refunded: Counter<u64>,
}

pub(super) static BUSINESS: LazyLock<Business> = LazyLock::new(|| {
    let seats =
        counter("marquee_seats_total", "Seats that changed hands: held, given up unpaid, sold, given back");
    let orders = counter("marquee_orders_total", "Orders that were opened, paid, cancelled, or have expired");
    let payments = counter("marquee_payments_total", "Payments that came to their end, by outcome");
    let refunds = counter("marquee_refunds_total", "Refunds that came to their end, by outcome");
    let seats = |step| shown(&seats, &[KeyValue::new("step", step)]);
    let orders = |step| shown(&orders, &[KeyValue::new("step", step)]);
    let of = |counter: &Counter<u64>, outcome| shown(counter, &[KeyValue::new("outcome", outcome)]);
    Business {
        seats_held: seats("held"),
        seats_given_up: seats("given_up"),
        seats_sold: seats("sold"),
        seats_given_back: seats("given_back"),
        opened: orders("opened"),
        paid: orders("paid"),
        cancelled: orders("cancelled"),
        expired: orders("expired"),
        payments_succeeded: of(&payments, "succeeded"),
        payments_declined: of(&payments, "declined"),
        refunds_succeeded: of(&refunds, "succeeded"),
        refunds_failed: of(&refunds, "failed"),
        captured: counter("marquee_money_captured_total", "Money that came in, minor units of the currency"),
        refunded: counter(
            "marquee_money_refunded_total",
            "Money that goes back, minor units of the currency",
        ),
    }
});

/// What a batch changes for the business; counted once it is written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    opened: u64,
    paid: u64,
    cancelled: u64,
    expired: u64,
    payments_succeeded: u64,
    payments_declined: u64,
    refunds_succeeded: u64,
    refunds_failed: u64,
    /// Currency, what it is, minor units.
    money: Vec<(Arc<str>, EntryKind, u64)>,
}

impl Tally {
    /// Of what is to be written.
    pub fn of(changes: &Changes<'_>) -> Self {
        let mut tally = Self { opened: size(changes.opened.len()), ..Self::default() };
        for (before, after) in &changes.changed {
            tally.order(before, after);
        }
        for (_, payment) in changes.new_payments() {
            tally.payments_succeeded += u64::from(payment.state == PaymentState::Succeeded);
            tally.payments_declined += u64::from(payment.state == PaymentState::Failed);
        }
        for (_, refund) in changes.new_refunds() {
            tally.refunds_succeeded += u64::from(refund.state == RefundState::Succeeded);
            tally.refunds_failed += u64::from(refund.state == RefundState::Failed);
        }
        for Booking { currency, row, .. } in &changes.ledger {
            tally.money(currency, row.kind, u64::try_from(row.amount).unwrap_or_default());
        }
        tally
    }

    fn order(&mut self, before: &Aggregate, after: &Aggregate) {
        if before.order.state == after.order.state {
            return;
        }
        match after.order.state {
            OrderState::Paid => self.paid += 1,
            OrderState::Cancelled => self.cancelled += 1,
            OrderState::Expired => self.expired += 1,
            _ => {}
        }
    }

    fn money(&mut self, currency: &Arc<str>, kind: EntryKind, amount: u64) {
        match self.money.iter_mut().find(|(known, of, _)| known == currency && *of == kind) {
            Some((_, _, sum)) => *sum += amount,
            None => self.money.push((currency.clone(), kind, amount)),
        }
    }

    /// It has been written, and these seats changed hands.
    pub fn count(&self, events: &[SeatEvent]) {
        let business = &*BUSINESS;
        let seats = |step| size(events.iter().filter(|event| event.step == step).count());
        for (count, number) in [
            (&business.seats_held, seats(SeatStep::Held)),
            (&business.seats_given_up, seats(SeatStep::GivenUp)),
            (&business.seats_sold, seats(SeatStep::Sold)),
            (&business.seats_given_back, seats(SeatStep::GivenBack)),
            (&business.opened, self.opened),
            (&business.paid, self.paid),
            (&business.cancelled, self.cancelled),
            (&business.expired, self.expired),
            (&business.payments_succeeded, self.payments_succeeded),
            (&business.payments_declined, self.payments_declined),
            (&business.refunds_succeeded, self.refunds_succeeded),
            (&business.refunds_failed, self.refunds_failed),
        ] {
            if number > 0 {
                count.add(number);
            }
        }
        for (currency, kind, amount) in &self.money {
            let counter = match kind {
                EntryKind::Capture => &business.captured,
                EntryKind::Refund => &business.refunded,
                // It moves nothing.
                EntryKind::Fee => continue,
            };
            counter.add(*amount, &[KeyValue::new("currency", currency.to_string())]);
        }
    }
}

fn size(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
