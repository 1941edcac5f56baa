//! What must be true of an order's rows among each other, and where it is not.

use std::collections::BTreeSet;
use std::sync::Arc;

use thiserror::Error;

use super::ledger::{Balance, Entry, EntryKind, LedgerBroken};
use super::order::{Aggregate, OrderItem};
use super::state::{OrderState, PaymentState, TicketState, order_holds_seats};

/// Two rows that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Difference {
    /// A seat of a live order that nothing keeps from being sold again.
    #[error("seat {0} has no claim")]
    ClaimMissing(Arc<str>),
    /// A seat of a live order that is claimed by another one.
    #[error("seat {0} is claimed by order {1}")]
    ClaimedByOther(Arc<str>, i64),
    /// A seat that is kept from being sold though nobody has it.
    #[error("seat {0} is still claimed")]
    ClaimLeft(Arc<str>),
    /// Not one ticket for every seat of a paid order, or tickets without payment.
    #[error("{tickets} tickets for {seats} seats in state {state:?}")]
    Tickets {
        /// Tickets there are.
        tickets: usize,
        /// Seats of the order.
        seats: usize,
        /// Where the order stands.
        state: OrderState,
    },
    /// The state does not follow from the tickets.
    #[error("state {state:?} with {live} of {seats} tickets live")]
    State {
        /// Where the order stands.
        state: OrderState,
        /// Tickets that are not void.
        live: usize,
        /// Seats of the order.
        seats: usize,
    },
    /// The order does not cost what its seats cost.
    #[error("the amount is {amount}, the seats cost {seats}")]
    Amount {
        /// What the order says, minor units.
        amount: i64,
        /// Sum of its seats' prices, minor units; beyond 64 bits in a row that was tampered with.
        seats: i128,
    },
    /// The book counts in another currency than the order.
    #[error("the currency is {order}, the ledger's is {ledger}")]
    Currency {
        /// The order's, ISO 4217.
        order: Arc<str>,
        /// The ledger's, ISO 4217.
        ledger: String,
    },
    /// Money that came from nowhere or went nowhere.
    #[error("{0}")]
    Ledger(#[from] LedgerBroken),
    /// The book names another provider than the payment.
    #[error("{kind} {reference} is of provider {payment:?}, the ledger says {ledger:?}")]
    Provider {
        /// Of which kind the row is.
        kind: &'static str,
        /// The payment or refund.
        reference: i64,
        /// Whose the payment is.
        payment: String,
        /// Whose the ledger says it is.
        ledger: String,
    },
    /// The book and the rows of payments or refunds tell different sums.
    #[error("{what}: the rows say {rows}, the ledger says {ledger}")]
    Sum {
        /// Of what.
        what: &'static str,
        /// Sum of the rows, minor units.
        rows: i64,
        /// Sum of the ledger, minor units.
        ledger: i64,
    },
    /// An unpaid order that nobody ended.
    #[error("unpaid, and its hold ended {0} ms ago")]
    Overdue(i64),
}

/// A claim that does not follow from an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StrayClaim {
    /// Its order is not there.
    #[error("is claimed by order {0}, which does not exist")]
    OrderMissing(i64),
    /// Its order is of that other screening.
    #[error("is claimed, but the order is of screening {0}")]
    OtherScreening(i64),
    /// Its order does not have the seat.
    #[error("is claimed, but is no seat of the order")]
    SeatNotOrdered,
}

/// Longest that an unpaid order may outlive its hold, milliseconds.
const OVERDUE_MS: i64 = 10_000;

/// What is known of an order besides its own rows.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// For each seat, who claims it.
    pub claims: Vec<Option<i64>>,
    /// Its rows of the ledger.
    pub entries: Vec<Entry>,
    /// The currencies of those rows.
    pub currencies: BTreeSet<String>,
    /// Who moved the money of those rows: kind, reference, provider; not of rows that do not tell.
    pub providers: Vec<(EntryKind, i64, String)>,
}

/// Everything about an order that contradicts itself.
#[must_use]
pub fn differences(order: &Aggregate, evidence: &Evidence, now_ms: i64) -> Vec<Difference> {
    let mut found: Vec<Difference> = tickets(order).into_iter().collect();
    found.extend(claims(order, evidence));
    found.extend(amount(order));
    found.extend(currencies(order, evidence));
    found.extend(providers(order, evidence));
    found.extend(money(order, evidence));
    let overdue = now_ms - order.order.sweep_at;
    if order.order.state == OrderState::Pending && overdue > OVERDUE_MS {
        found.push(Difference::Overdue(overdue));
    }
    found
}

fn paid(state: OrderState) -> bool {
    matches!(state, OrderState::Paid | OrderState::PartiallyRefunded | OrderState::Refunded)
}

fn live(order: &Aggregate, at: usize) -> bool {
    order.tickets.get(at).is_none_or(|ticket| ticket.state != TicketState::Void)
}

fn tickets(order: &Aggregate) -> Option<Difference> {
    let (state, seats, tickets) = (order.order.state, order.order.items.len(), order.tickets.len());
    if tickets != if paid(state) { seats } else { 0 } {
        return Some(Difference::Tickets { tickets, seats, state });
    }
    let live = (0..seats).filter(|at| live(order, *at)).count();
    let follows = match state {
        OrderState::Paid => live == seats,
        OrderState::PartiallyRefunded => 0 < live && live < seats,
        OrderState::Refunded => live == 0,
        _ => true,
    };
    (!follows).then_some(Difference::State { state, live, seats })
}

fn claims(order: &Aggregate, evidence: &Evidence) -> Vec<Difference> {
    let holds = order_holds_seats(order.order.state);
    let order_id = order.order.order_id;
    let mut found = Vec::new();
    for (at, item) in order.order.items.iter().enumerate() {
        let seat = item.seat.clone();
        let claim = evidence.claims.get(at).copied().flatten();
        match (holds && live(order, at), claim) {
            (true, None) => found.push(Difference::ClaimMissing(seat)),
            (true, Some(other)) if other != order_id => found.push(Difference::ClaimedByOther(seat, other)),
            (false, Some(owner)) if owner == order_id => found.push(Difference::ClaimLeft(seat)),
            _ => {}
        }
    }
    found
}

fn amount(order: &Aggregate) -> Option<Difference> {
    let amount = order.order.amount;
    let seats: i128 = order.order.items.iter().map(|item| i128::from(item.price)).sum();
    (i128::from(amount) != seats).then_some(Difference::Amount { amount, seats })
}

/// Payments and refunds have no currency of their own: theirs is the order's.
fn currencies(order: &Aggregate, evidence: &Evidence) -> Vec<Difference> {
    let own = &order.order.currency;
    let others = evidence.currencies.iter().filter(|ledger| **ledger != **own);
    others.map(|ledger| Difference::Currency { order: own.clone(), ledger: ledger.clone() }).collect()
}

/// Cash in the till and money at a provider are counted apart, so a row must say where its money is.
fn providers(order: &Aggregate, evidence: &Evidence) -> Vec<Difference> {
    let wrong = evidence.providers.iter().filter_map(|(kind, reference, ledger)| {
        let payment = order.provider_of(*kind, *reference);
        (payment != ledger).then(|| Difference::Provider {
            kind: kind.as_str(),
            reference: *reference,
            payment: payment.to_owned(),
            ledger: ledger.clone(),
        })
    });
    wrong.collect()
}

/// What is wrong with a claim of a seat of a screening, which names this order; `order` is the
/// order's screening and seats, where there is one.
#[must_use]
pub fn stray(
    film_sid: i64,
    seat: &str,
    order_id: i64,
    order: Option<(i64, &[OrderItem])>,
) -> Option<StrayClaim> {
    let Some((of, items)) = order else { return Some(StrayClaim::OrderMissing(order_id)) };
    if of != film_sid {
        return Some(StrayClaim::OtherScreening(of));
    }
    (!items.iter().any(|item| *item.seat == *seat)).then_some(StrayClaim::SeatNotOrdered)
}

fn money(order: &Aggregate, evidence: &Evidence) -> Vec<Difference> {
    let mut found = Vec::new();
    match Balance::of(&evidence.entries) {
        Err(broken) => found.push(broken.into()),
        Ok(balance) => {
            let worth = |at: usize| if live(order, at) { order.order.items[at].price } else { 0 };
            let worth =
                if order.tickets.is_empty() { 0 } else { (0..order.order.items.len()).map(worth).sum() };
            found.extend(balance.check(worth).err().map(Difference::from));
            let captured = order.payments.iter().filter(|p| p.state == PaymentState::Succeeded);
            let sums = [
                ("captured", captured.map(|p| p.amount).sum(), balance.captured),
                ("given back", order.refunds.iter().map(|r| r.amount).sum(), balance.refunded),
                ("fees", order.refunds.iter().map(|r| r.fee).sum(), balance.fees),
            ];
            let differ = sums.into_iter().filter(|(_, rows, ledger): &(_, i64, i64)| rows != ledger);
            found.extend(differ.map(|(what, rows, ledger)| Difference::Sum { what, rows, ledger }));
        }
    }
    found
}

/// A row of the ledger as the store spells it; `None` for a kind there is not.
#[must_use]
pub fn entry(kind: &str, amount: i64) -> Option<Entry> {
    EntryKind::parse(kind).map(|kind| Entry { kind, amount })
}
