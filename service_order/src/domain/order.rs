//! An order with all that happened to it, and the decisions on it.

use std::sync::Arc;

use contract::film::TicketType;
use serde::{Deserialize, Serialize};

use super::ledger::EntryKind;
use super::refund::{RefundReason, RefundTicket};
use super::state::{OrderEvent, OrderState, PaymentState, RefundState, TicketState, order_after};
use crate::provider::cash;

/// Tickets of one order have ids from `order_id * TICKETS_PER_ORDER` on: no
/// lease is needed for them, and a ticket's id tells its order.
pub const TICKETS_PER_ORDER: i64 = 32;

/// A seat as it was sold; never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderItem {
    /// The seat.
    #[serde(rename = "s")]
    pub seat: Arc<str>,
    /// Number of the `TicketType`.
    #[serde(rename = "t")]
    pub ticket_type: i32,
    /// Name of the category.
    #[serde(rename = "c")]
    pub category: Arc<str>,
    /// Minor units.
    #[serde(rename = "p")]
    pub price: i64,
    /// The other half of a couple seat.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<Arc<str>>,
}

impl OrderItem {
    /// Who it is for.
    #[must_use]
    pub fn ticket_type(&self) -> TicketType {
        TicketType::try_from(self.ticket_type).unwrap_or(TicketType::Adult)
    }
}

/// The row of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub order_id: i64,
    /// The screening.
    pub film_sid: i64,
    /// The film; 0 where it is not known.
    pub film_id: i64,
    /// The cinema.
    pub cinema_id: i64,
    /// The buyer.
    pub user_id: i64,
    /// Where it stands.
    pub state: OrderState,
    /// The seats.
    pub items: Vec<OrderItem>,
    /// What all cost, minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: Arc<str>,
    /// Start of the screening.
    pub starts_at: i64,
    /// When it was opened.
    pub created_at: i64,
    /// When the hold ends.
    pub expires_at: i64,
    /// When the sweeper looks at it: later than `expires_at` while a payment is on its way.
    pub sweep_at: i64,
    /// When it was paid; 0 if never.
    pub paid_at: i64,
}

impl Order {
    /// Id of the ticket at a position.
    #[must_use]
    pub fn ticket_id(&self, at: usize) -> i64 {
        // An order has at most 20 seats.
        self.order_id * TICKETS_PER_ORDER + i64::try_from(at).unwrap_or(0)
    }

    /// Position of the seat that a ticket is for; `None` for a ticket of another order.
    #[must_use]
    pub fn position(&self, ticket_id: i64) -> Option<usize> {
        let at = ticket_id.checked_sub(self.order_id * TICKETS_PER_ORDER)?;
        usize::try_from(at).ok().filter(|at| *at < self.items.len())
    }
}

/// The row of an attempt to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its id; the provider's idempotency key.
    pub payment_id: i64,
    /// Where it stands.
    pub state: PaymentState,
    /// Minor units.
    pub amount: i64,
    /// The provider.
    pub provider: String,
    /// The provider's token for the means of payment.
    pub method: String,
    /// The provider's name for it.
    pub provider_ref: String,
    /// Why it was declined.
    pub decline_code: String,
    /// When it was begun.
    pub created_at: i64,
}

/// The row of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Its id; the provider's idempotency key.
    pub refund_id: i64,
    /// The payment it gives back of.
    pub payment_id: i64,
    /// Where it stands.
    pub state: RefundState,
    /// The seats given back.
    pub seats: Vec<Arc<str>>,
    /// What the buyer gets, minor units.
    pub amount: i64,
    /// What is kept, minor units.
    pub fee: i64,
    /// Why.
    pub reason: RefundReason,
    /// When it was decided.
    pub created_at: i64,
}

/// The row of a ticket; seat, type and price are the item's at the same position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// Whether it holds.
    pub state: TicketState,
    /// The refund that voided it; 0 if none.
    pub refund_id: i64,
    /// When it was shown at the door; 0 if never.
    pub used_at: i64,
    /// The account of who let its bearer in; 0 if nobody did.
    pub used_by: i64,
}

impl Ticket {
    /// A ticket that was just paid for.
    #[must_use]
    pub fn valid() -> Self {
        Self { state: TicketState::Valid, refund_id: 0, used_at: 0, used_by: 0 }
    }
}

/// A row for the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerRow {
    /// What it says.
    pub kind: EntryKind,
    /// The payment (capture) or refund (refund, fee) it belongs to.
    pub reference: i64,
    /// Minor units.
    pub amount: i64,
    /// When.
    pub at: i64,
}

/// What happens to an order's seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatChange {
    /// They come free without having been paid.
    GivenUp,
    /// They come free after having been paid.
    GivenBack,
    /// They are sold.
    Sold,
}

impl SeatChange {
    /// Whether they come free.
    #[must_use]
    pub fn frees(self) -> bool {
        self != Self::Sold
    }
}

/// What a decision changes besides the order's own rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// Rows to add to the ledger.
    pub ledger: Vec<LedgerRow>,
    /// Seats that change hands, in order.
    pub seats: Vec<(Arc<str>, SeatChange)>,
}

/// An order and everything that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate {
    /// The order.
    pub order: Order,
    /// Attempts to pay, oldest first.
    pub payments: Vec<Payment>,
    /// What was given back, oldest first.
    pub refunds: Vec<Refund>,
    /// Tickets, one for each item, once paid.
    pub tickets: Vec<Ticket>,
}

impl Aggregate {
    /// A new order, held.
    #[must_use]
    pub fn new(order: Order) -> Self {
        Self { order, payments: Vec::new(), refunds: Vec::new(), tickets: Vec::new() }
    }

    /// The payment whose money is there.
    #[must_use]
    pub fn captured(&self) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.state == PaymentState::Succeeded)
    }

    /// Whether the money was taken at the counter, and can be given back only there.
    #[must_use]
    pub fn paid_in_cash(&self) -> bool {
        self.captured().is_some_and(|payment| payment.provider == cash::NAME)
    }

    /// Who moved the money that a row of the ledger is about.
    #[must_use]
    pub fn provider_of(&self, kind: EntryKind, reference: i64) -> &str {
        let payment_id = match kind {
            EntryKind::Capture => Some(reference),
            EntryKind::Refund | EntryKind::Fee => self.refund(reference).map(|refund| refund.payment_id),
        };
        let payment = payment_id.and_then(|payment_id| self.payment(payment_id));
        payment.map_or("", |payment| &payment.provider)
    }

    /// The payment that is on its way.
    #[must_use]
    pub fn in_progress(&self) -> Option<&Payment> {
        let on_its_way =
            |payment: &&Payment| matches!(payment.state, PaymentState::Created | PaymentState::Processing);
        self.payments.iter().find(on_its_way)
    }

    /// The payment of that id.
    #[must_use]
    pub fn payment(&self, payment_id: i64) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.payment_id == payment_id)
    }

    /// The refund of that id.
    #[must_use]
    pub fn refund(&self, refund_id: i64) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.refund_id == refund_id)
    }

    /// The tickets as the refund rules look at them.
    #[must_use]
    pub fn refund_tickets(&self) -> Vec<RefundTicket<'_>> {
        let both = self.order.items.iter().zip(&self.tickets);
        both.map(|(item, ticket)| RefundTicket {
            seat: &item.seat,
            partner: item.partner.as_deref(),
            price: item.price,
            state: ticket.state,
            refund_id: (ticket.refund_id > 0).then_some(ticket.refund_id),
        })
        .collect()
    }

    /// When something that happens now happened: after all that happened before, whoever's
    /// clock is slow. Ids do not tell, since every process has a store of its own.
    pub(super) fn moment(&self, now_ms: i64) -> i64 {
        let payments = self.payments.iter().map(|payment| payment.created_at);
        let refunds = self.refunds.iter().map(|refund| refund.created_at);
        payments.chain(refunds).max().map_or(now_ms, |last| now_ms.max(last + 1))
    }

    /// All seats, changing hands.
    pub(super) fn all_seats(&self, change: SeatChange) -> Vec<(Arc<str>, SeatChange)> {
        self.order.items.iter().map(|item| (item.seat.clone(), change)).collect()
    }

    /// Moves the order, if the table of states allows it.
    pub(super) fn step(&mut self, event: OrderEvent) -> bool {
        match order_after(self.order.state, event) {
            Some(next) => {
                self.order.state = next;
                true
            }
            None => false,
        }
    }

    /// As it was answered when it was opened.
    #[must_use]
    pub fn as_opened(mut self) -> Self {
        self.order.state = OrderState::Pending;
        self.order.paid_at = 0;
        Self::new(self.order)
    }

    /// As it was answered when that payment had come to its end.
    #[must_use]
    pub fn as_of_payment(mut self, payment_id: i64) -> Self {
        if let Some(at) = self.payments.iter().position(|payment| payment.payment_id == payment_id) {
            self.payments.truncate(at + 1);
        }
        let paid = self.captured().is_some_and(|payment| payment.payment_id == payment_id);
        if paid && !self.tickets.is_empty() {
            self.order.state = OrderState::Paid;
            self.refunds.clear();
            self.tickets.fill(Ticket::valid());
        }
        self
    }

    /// As it was answered when the bearer of the ticket at a position had been let in.
    #[must_use]
    pub fn as_of_admission(mut self, at: usize) -> Self {
        if let Some(ticket) = self.tickets.get_mut(at) {
            ticket.state = TicketState::Used;
        }
        self
    }

    /// As it was answered when that refund had been decided.
    #[must_use]
    pub fn as_of_refund(mut self, refund_id: i64) -> Self {
        if let Some(at) = self.refunds.iter().position(|refund| refund.refund_id == refund_id) {
            for later in self.refunds.drain(at + 1..) {
                for ticket in self.tickets.iter_mut().filter(|ticket| ticket.refund_id == later.refund_id) {
                    *ticket = Ticket::valid();
                }
            }
        }
        if self.tickets.iter().any(|ticket| ticket.state != TicketState::Void) {
            self.order.state = OrderState::PartiallyRefunded;
        }
        self
    }
}
