//! What must be true of the rows after every batch.

use std::collections::BTreeMap;

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::domain::order::{OrderItem, TICKETS_PER_ORDER};
use crate::domain::state::{OrderState, TicketState, order_holds_seats};

const TABLES: [&str; 9] = [
    "seat_claim",
    "orders",
    "payment",
    "refund",
    "ticket",
    "ledger",
    "idempotency_key",
    "stopped_screening",
    "staff_act",
];

/// Every row of every table.
pub fn dump(db: &Connection) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    for table in TABLES {
        let mut statement = db.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let columns = statement.column_count();
        let found = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect()).unwrap();
        rows.extend(found.map(Result::unwrap));
    }
    rows
}

/// Claims are exactly the seats of orders that hold them, and the book balances.
pub fn check(db: &Connection) {
    let mut expected = BTreeMap::new();
    for (order_id, film_sid, state, items) in orders(db) {
        let tickets = tickets(db, order_id);
        let live = |at: usize| tickets.get(at).is_none_or(|state| *state != TicketState::Void);
        for (at, item) in items.iter().enumerate() {
            if order_holds_seats(state) && live(at) {
                let other = expected.insert((film_sid, item.seat.to_string()), order_id);
                assert_eq!(other, None, "seat {} is sold twice", item.seat);
            }
        }
        let worth: i64 =
            items.iter().enumerate().filter(|(at, _)| live(*at)).map(|(_, item)| item.price).sum();
        let worth = if tickets.is_empty() { 0 } else { worth };
        assert_eq!(balance(db, order_id), worth, "the book of order {order_id} does not balance");
        let paid = matches!(state, OrderState::Paid | OrderState::PartiallyRefunded | OrderState::Refunded);
        assert_eq!(!tickets.is_empty(), paid, "order {order_id} in {state:?} has {} tickets", tickets.len());
    }
    assert_eq!(claims(db), expected);
    assert_eq!(misplaced(db), 0, "rows of the ledger name another provider than their payment");
}

/// Rows of the ledger that do not say whose money they are about: cash in the till must not be
/// looked for at a provider.
fn misplaced(db: &Connection) -> i64 {
    let text = "SELECT COUNT(*) FROM ledger l LEFT JOIN refund r ON l.kind <> 'CAPTURE' AND r.refund_id = l.reference
                LEFT JOIN payment p ON p.payment_id = COALESCE(r.payment_id, l.reference)
                WHERE p.provider IS NOT l.provider";
    db.prepare_cached(text).unwrap().query_row([], |row| row.get(0)).unwrap()
}

fn orders(db: &Connection) -> Vec<(i64, i64, OrderState, Vec<OrderItem>)> {
    let mut statement = db.prepare("SELECT order_id, film_sid, state, items FROM orders").unwrap();
    let found = statement.query_map([], |row| {
        let state = OrderState::try_from(row.get::<_, i32>(2)?).unwrap();
        let items = serde_json::from_str(&row.get::<_, String>(3)?).unwrap();
        Ok((row.get(0)?, row.get(1)?, state, items))
    });
    found.unwrap().map(Result::unwrap).collect()
}

fn tickets(db: &Connection, order_id: i64) -> Vec<TicketState> {
    let mut statement = db
        .prepare_cached(
            "SELECT state FROM ticket WHERE ticket_id >= ?1 AND ticket_id < ?2 ORDER BY ticket_id",
        )
        .unwrap();
    let first = order_id * TICKETS_PER_ORDER;
    let found = statement.query_map([first, first + TICKETS_PER_ORDER], |row| row.get::<_, i32>(0)).unwrap();
    found.map(|state| TicketState::try_from(state.unwrap()).unwrap()).collect()
}

/// Captured, less refunded, less fees kept.
fn balance(db: &Connection, order_id: i64) -> i64 {
    let text = "SELECT COALESCE(SUM(CASE kind WHEN 'CAPTURE' THEN amount ELSE -amount END), 0)
                FROM ledger WHERE order_id = ?1";
    db.prepare_cached(text).unwrap().query_row([order_id], |row| row.get(0)).unwrap()
}

fn claims(db: &Connection) -> BTreeMap<(i64, String), i64> {
    let mut statement = db.prepare("SELECT film_sid, seat, order_id FROM seat_claim").unwrap();
    let found = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?))).unwrap();
    found.map(Result::unwrap).collect()
}
