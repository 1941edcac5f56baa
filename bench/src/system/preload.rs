//! Orders of the past, written straight into the file.

use std::fs::File;
use std::path::Path;

use rusqlite::{Connection, params};

use super::buyers::{BUYERS, FIRST_BUYER};

/// Orders written in one transaction.
const CHUNK: u64 = 100_000;

/// Stores so many orders of two seats, with claims, payment, tickets and ledger.
///
/// Their ids are negative: less than any the system gives out, as ids of the past are.
///
/// # Errors
/// The database's.
pub fn preload(file: &Path, orders: u64) -> anyhow::Result<()> {
    let mut connection = Connection::open(file)?;
    // Nothing of this has to survive anything.
    connection.execute_batch(
        "PRAGMA synchronous = OFF; PRAGMA busy_timeout = 10000; PRAGMA cache_size = -262144;",
    )?;
    let mut from = 0;
    while from < orders {
        let until = (from + CHUNK).min(orders);
        let range = params![i64::try_from(from)?, i64::try_from(until)?, i64::try_from(orders)?];
        let transaction = connection.transaction()?;
        for text in statements() {
            transaction.execute(&text, range)?;
        }
        transaction.commit()?;
        from = until;
    }
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);")?;
    // What the system writes later must not wait for this.
    File::open(file)?.sync_all()?;
    Ok(())
}

/// One statement for each table; each writes the orders from `?1` to `?2` of `?3`.
fn statements() -> Vec<String> {
    let numbers = "WITH RECURSIVE past(i, id) AS (SELECT ?1, ?1 - ?3 UNION ALL \
                   SELECT i + 1, id + 1 FROM past WHERE i + 1 < ?2)";
    let seat = |odd: u8| format!("'R' || (i % 250 / 10 + 1) || '-' || (i % 10 * 2 + {odd})");
    let (one, two) = (seat(1), seat(2));
    vec![
        format!(
            "{numbers} INSERT INTO orders (order_id, film_sid, cinema_id, user_id, state, items, amount, currency,
             starts_at, created_at, expires_at, sweep_at, paid_at)
             SELECT id, -1 - (?3 - i) / 250, 1, {FIRST_BUYER} + i * 7919 % {BUYERS}, 2,
             '[{{\"s\":\"' || {one} || '\",\"t\":1,\"c\":\"Standard\",\"p\":1200}},{{\"s\":\"' || {two} ||
             '\",\"t\":1,\"c\":\"Standard\",\"p\":1200}}]', 2400, 'EUR',
             1700000000000, 1690000000000, 1690000600000, 1690000600000, 1690000100000 FROM past"
        ),
        format!("{numbers} INSERT INTO seat_claim (film_sid, seat, order_id) SELECT -1 - (?3 - i) / 250, {one}, id FROM past"),
        format!("{numbers} INSERT INTO seat_claim (film_sid, seat, order_id) SELECT -1 - (?3 - i) / 250, {two}, id FROM past"),
        format!(
            "{numbers} INSERT INTO payment (payment_id, order_id, state, amount, provider, method, provider_ref,
             decline_code, created_at)
             SELECT id, id, 3, 2400, 'sandbox', 'card_ok', 'sb_' || i, '', 1690000050000 FROM past"
        ),
        format!("{numbers} INSERT INTO ticket (ticket_id, state, refund_id) SELECT id * 32, 1, 0 FROM past"),
        format!("{numbers} INSERT INTO ticket (ticket_id, state, refund_id) SELECT id * 32 + 1, 1, 0 FROM past"),
        format!(
            "{numbers} INSERT INTO ledger (kind, reference, order_id, amount, currency, booked_at)
             SELECT 'CAPTURE', id, id, 2400, 'EUR', 1690000100000 FROM past"
        ),
    ]
}
