//! Decisions that end an order or a part of it: cancel, expire, give back.

use thiserror::Error;

use super::ledger::EntryKind;
use super::order::{Aggregate, Effects, LedgerRow, Refund, SeatChange};
use super::refund::{Quote, RefundDecision, RefundReason, RefundRefused, RefundRules, decide, in_full};
use super::state::{OrderEvent, OrderState, RefundState, TicketEvent, ticket_after};

/// Why an order is not cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CancelRefused {
    /// Money was taken.
    #[error("the order is paid: refund it instead")]
    Paid,
    /// Money may be on its way.
    #[error("a payment of this order is on its way; ask again in a moment")]
    InProgress,
}

/// Gives an unpaid order up. Harmless when repeated, or when it expired.
///
/// # Errors
/// Where money was taken or may be on its way.
pub fn cancel(order: &mut Aggregate) -> Result<Effects, CancelRefused> {
    match order.order.state {
        OrderState::Pending if order.in_progress().is_some() => Err(CancelRefused::InProgress),
        OrderState::Paid | OrderState::PartiallyRefunded | OrderState::Refunded => Err(CancelRefused::Paid),
        _ => Ok(end(order, OrderEvent::Cancelled)),
    }
}

/// Ends the hold if its time is over and no payment keeps it.
pub fn expire(order: &mut Aggregate, now_ms: i64) -> Effects {
    if now_ms < order.order.sweep_at {
        return Effects::default();
    }
    end(order, OrderEvent::Expired)
}

fn end(order: &mut Aggregate, event: OrderEvent) -> Effects {
    if !order.step(event) {
        return Effects::default();
    }
    Effects { ledger: Vec::new(), seats: order.all_seats(SeatChange::GivenUp) }
}

/// What became of a wish for money back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenBack {
    /// Decided now.
    New(i64, Effects),
    /// Decided before, by this refund.
    Repeat(i64),
}

/// Gives seats back at the buyer's wish; all that are left where `seats` is empty.
///
/// # Errors
/// Why not.
pub fn give_back(
    order: &mut Aggregate,
    rules: &RefundRules,
    seats: &[String],
    refund_id: i64,
    now_ms: i64,
) -> Result<GivenBack, RefundRefused> {
    let (starts_at, state) = (order.order.starts_at, order.order.state);
    match decide(rules, starts_at, now_ms, state, &order.refund_tickets(), seats)? {
        RefundDecision::Repeat { refund_id } => Ok(GivenBack::Repeat(refund_id)),
        RefundDecision::New(quote) => {
            let effects = book(order, &quote, RefundReason::Buyer, refund_id, now_ms);
            Ok(GivenBack::New(refund_id, effects))
        }
    }
}

/// The screening does not take place: an unpaid order ends, a paid one is given back in full.
///
/// Says the refund, where there is one.
pub fn screening_cancelled(order: &mut Aggregate, refund_id: i64, now_ms: i64) -> (Option<i64>, Effects) {
    if order.order.state == OrderState::Pending {
        return (None, end(order, OrderEvent::Cancelled));
    }
    let Some(quote) = in_full(&order.refund_tickets()) else { return (None, Effects::default()) };
    let effects = book(order, &quote, RefundReason::ScreeningCancelled, refund_id, now_ms);
    (Some(refund_id), effects)
}

fn book(order: &mut Aggregate, quote: &Quote, reason: RefundReason, refund_id: i64, now_ms: i64) -> Effects {
    let event = match reason {
        RefundReason::ScreeningCancelled => TicketEvent::ScreeningCancelled,
        RefundReason::Buyer | RefundReason::PaidTooLate => TicketEvent::GivenBack,
    };
    let mut seats = Vec::with_capacity(quote.tickets.len());
    for &at in &quote.tickets {
        // The quote names only tickets that the rules found to be there and not void.
        let (Some(ticket), Some(item)) = (order.tickets.get_mut(at), order.order.items.get(at)) else {
            continue;
        };
        let Some(next) = ticket_after(ticket.state, event) else { continue };
        ticket.state = next;
        ticket.refund_id = refund_id;
        seats.push(item.seat.clone());
    }
    order.step(if quote.everything { OrderEvent::AllRefunded } else { OrderEvent::SomeRefunded });
    let payment_id = order.captured().map_or(0, |payment| payment.payment_id);
    // Nothing goes back to the provider where nothing was paid or all of it is kept.
    let state = if quote.amount == 0 { RefundState::Succeeded } else { RefundState::Created };
    let created_at = order.moment(now_ms);
    order.refunds.push(Refund {
        refund_id,
        payment_id,
        state,
        seats: seats.clone(),
        amount: quote.amount,
        fee: quote.fee,
        reason,
        created_at,
    });
    let row = |kind, amount| LedgerRow { kind, reference: refund_id, amount, at: now_ms };
    let mut ledger = vec![row(EntryKind::Refund, quote.amount)];
    if quote.fee > 0 {
        ledger.push(row(EntryKind::Fee, quote.fee));
    }
    Effects { ledger, seats: seats.into_iter().map(|seat| (seat, SeatChange::GivenBack)).collect() }
}

/// Takes note of what the provider did about a refund. Harmless when repeated.
pub fn finish_refund(order: &mut Aggregate, refund_id: i64, succeeded: bool) {
    let next = if succeeded { RefundState::Succeeded } else { RefundState::Failed };
    if let Some(refund) = order.refunds.iter_mut().find(|refund| refund.refund_id == refund_id)
        && super::state::refund_may(refund.state, next)
    {
        refund.state = next;
    }
}
