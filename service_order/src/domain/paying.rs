//! Decisions on payments: begin one, take note of what became of it.

use thiserror::Error;

use super::ledger::EntryKind;
use super::order::{Aggregate, Effects, LedgerRow, Payment, Refund, SeatChange, Ticket};
use super::refund::RefundReason;
use super::state::{OrderEvent, OrderState, PaymentState, RefundState, payment_may};

/// A payment to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// Its id.
    pub payment_id: i64,
    /// The provider.
    pub provider: String,
    /// The provider's token for the means of payment.
    pub method: String,
    /// Until when the seats are kept for its answer, beyond `expires_at`.
    pub keep_until: i64,
    /// Attempts that an order may have, this one included; no limit where 0.
    pub most_attempts: u32,
}

/// What is to be done about a wish to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Charge this payment.
    Charge(i64),
    /// This payment was made before: answer with it.
    Repeat(i64),
}

/// Why an order is not paid now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PayRefused {
    /// Another attempt has no answer yet.
    #[error("another payment of this order is on its way; ask again in a moment")]
    InProgress,
    /// It was tried too often: somebody tries cards, not to see a film.
    #[error("the order was tried to be paid {0} times, and cannot be tried again; cancel it and buy anew")]
    AttemptsExhausted(u32),
    /// The hold ended.
    #[error("the order was not paid in time; its seats were given up")]
    Expired,
    /// The buyer gave it up.
    #[error("the order was cancelled")]
    Cancelled,
    /// All was given back.
    #[error("the order was paid and given back")]
    Refunded,
}

/// Begins a payment, or finds the one that was made.
///
/// # Errors
/// Why there is nothing to pay.
pub fn begin(order: &mut Aggregate, new: NewPayment, now_ms: i64) -> Result<Begun, PayRefused> {
    match order.order.state {
        OrderState::Pending => {}
        OrderState::Paid | OrderState::PartiallyRefunded => {
            return order
                .captured()
                .map(|payment| Begun::Repeat(payment.payment_id))
                .ok_or(PayRefused::InProgress);
        }
        OrderState::Refunded => return Err(PayRefused::Refunded),
        OrderState::Cancelled => return Err(PayRefused::Cancelled),
        OrderState::Expired | OrderState::Unspecified => return Err(PayRefused::Expired),
    }
    if order.in_progress().is_some() {
        return Err(PayRefused::InProgress);
    }
    if now_ms >= order.order.expires_at {
        return Err(PayRefused::Expired);
    }
    let attempts = u32::try_from(order.payments.len()).unwrap_or(u32::MAX);
    if new.most_attempts > 0 && attempts >= new.most_attempts {
        return Err(PayRefused::AttemptsExhausted(new.most_attempts));
    }
    order.order.sweep_at = order.order.expires_at.max(new.keep_until);
    let created_at = order.moment(now_ms);
    order.payments.push(Payment {
        payment_id: new.payment_id,
        state: PaymentState::Processing,
        amount: order.order.amount,
        provider: new.provider,
        method: new.method,
        provider_ref: String::new(),
        decline_code: String::new(),
        created_at,
    });
    Ok(Begun::Charge(new.payment_id))
}

/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The money is there; the provider's name for it.
    Succeeded(String),
    /// It will not come; why.
    Failed(String),
    /// Not known yet; the provider's name for it.
    Processing(String),
}

/// Whether a payment that came after the hold had ended needs its seats taken again.
#[must_use]
pub fn needs_seats(order: &Aggregate, payment_id: i64, outcome: &Outcome) -> bool {
    let open =
        order.payment(payment_id).is_some_and(|payment| payment_may(payment.state, PaymentState::Succeeded));
    matches!(outcome, Outcome::Succeeded(_)) && open && order.order.state == OrderState::Expired
}

/// Takes note of what became of a payment. Harmless when repeated.
///
/// `seats_taken_again` says, where [`needs_seats`], whether all of them were
/// free and are claimed; `refund_id` is for giving the money back where not.
pub fn finish(
    order: &mut Aggregate,
    payment_id: i64,
    outcome: Outcome,
    seats_taken_again: bool,
    refund_id: i64,
    now_ms: i64,
) -> Effects {
    let Some(payment) = order.payments.iter_mut().find(|payment| payment.payment_id == payment_id) else {
        return Effects::default();
    };
    match outcome {
        Outcome::Processing(provider_ref) => {
            if payment.state == PaymentState::Processing && payment.provider_ref.is_empty() {
                payment.provider_ref = provider_ref;
            }
            Effects::default()
        }
        Outcome::Failed(code) => {
            if payment_may(payment.state, PaymentState::Failed) {
                payment.state = PaymentState::Failed;
                payment.decline_code = code;
                order.order.sweep_at = order.order.expires_at;
            }
            Effects::default()
        }
        Outcome::Succeeded(provider_ref) => {
            if !payment_may(payment.state, PaymentState::Succeeded) {
                return Effects::default();
            }
            payment.state = PaymentState::Succeeded;
            payment.provider_ref = provider_ref;
            let capture = LedgerRow {
                kind: EntryKind::Capture,
                reference: payment_id,
                amount: payment.amount,
                at: now_ms,
            };
            let event = if seats_taken_again { OrderEvent::PaidLate } else { OrderEvent::Paid };
            if order.step(event) { paid(order, capture) } else { give_back(order, capture, refund_id) }
        }
    }
}

fn paid(order: &mut Aggregate, capture: LedgerRow) -> Effects {
    order.order.paid_at = capture.at;
    order.tickets = vec![Ticket::valid(); order.order.items.len()];
    Effects { ledger: vec![capture], seats: order.all_seats(SeatChange::Sold) }
}

/// Money for an order that can no longer be fulfilled goes back in full.
fn give_back(order: &mut Aggregate, capture: LedgerRow, refund_id: i64) -> Effects {
    order.refunds.push(Refund {
        refund_id,
        payment_id: capture.reference,
        state: RefundState::Created,
        seats: Vec::new(),
        amount: capture.amount,
        fee: 0,
        reason: RefundReason::PaidTooLate,
        created_at: capture.at,
    });
    let refund = LedgerRow { kind: EntryKind::Refund, reference: refund_id, ..capture };
    Effects { ledger: vec![capture, refund], seats: Vec::new() }
}
