//! What a batch changes, for a store to write.

use std::sync::Arc;

use super::{Claim, UsedKey};
use crate::domain::order::{Aggregate, LedgerRow, Order, Payment, Refund, Ticket};

/// A row of the ledger with what its order says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// The order.
    pub order_id: i64,
    /// The order's currency, ISO 4217.
    pub currency: Arc<str>,
    /// Who moved the money.
    pub provider: String,
    /// The row.
    pub row: LedgerRow,
}

/// Something that staff did about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaffAct {
    /// The order.
    pub order_id: i64,
    /// When.
    pub at: i64,
    /// The account of who did it.
    pub user_id: i64,
    /// What, `REFUND`.
    pub action: &'static str,
    /// The order, payment, refund or ticket that it made or used.
    pub reference: i64,
}

/// What a batch changes.
#[derive(Default)]
pub struct Changes<'a> {
    /// Orders to insert.
    pub opened: Vec<&'a Order>,
    /// Orders that were loaded, before and after.
    pub changed: Vec<(Aggregate, Aggregate)>,
    /// Rows of the ledger.
    pub ledger: Vec<Booking>,
    /// What staff did.
    pub staff_acts: Vec<StaffAct>,
    /// Claims to give up.
    pub released: Vec<Claim>,
    /// Keys that were used.
    pub keys: Vec<UsedKey>,
    /// Screenings that are no longer sold.
    pub stopped: Vec<(i64, i64)>,
}

impl Changes<'_> {
    /// Orders whose own row changed.
    pub fn changed_orders(&self) -> impl Iterator<Item = &Order> {
        let changed = self.changed.iter().filter(|(before, after)| before.order != after.order);
        changed.map(|(_, after)| &after.order)
    }

    /// Payments that are new or changed, with their orders.
    pub fn new_payments(&self) -> impl Iterator<Item = (i64, &Payment)> {
        self.changed.iter().flat_map(|(before, after)| {
            let new = after.payments.iter().filter(|p| before.payment(p.payment_id) != Some(p));
            new.map(|payment| (after.order.order_id, payment))
        })
    }

    /// Refunds that are new or changed, with their orders.
    pub fn new_refunds(&self) -> impl Iterator<Item = (i64, &Refund)> {
        self.changed.iter().flat_map(|(before, after)| {
            let new = after.refunds.iter().filter(|r| before.refund(r.refund_id) != Some(r));
            new.map(|refund| (after.order.order_id, refund))
        })
    }

    /// Ids of tickets that are new or changed, and what they are now.
    pub fn new_tickets(&self) -> impl Iterator<Item = (i64, Ticket)> {
        self.changed.iter().flat_map(|(before, after)| {
            let tickets = after.tickets.iter().enumerate();
            let new = tickets.filter(|(at, ticket)| before.tickets.get(*at) != Some(ticket));
            new.map(|(at, ticket)| (after.order.ticket_id(at), *ticket))
        })
    }
}
