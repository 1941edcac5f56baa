//! Webhooks that are still to be delivered, in the sandbox's file.

use rusqlite::{Connection, params};

use crate::provider::webhook::WebhookEvent;

/// Most webhooks under way at once.
const SENDING: i64 = 32;
/// Wait after the first failed attempt; it doubles with every further one.
const FIRST_WAIT_MS: i64 = 200;
/// Longest wait between two attempts.
const LONGEST_WAIT_MS: i64 = 60_000;

/// A webhook to deliver.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub(super) delivery_id: i64,
    pub(super) body: String,
    /// Attempts that have failed.
    pub(super) attempts: u32,
}

/// Puts a webhook in.
pub(super) fn add(db: &Connection, event: &WebhookEvent, now: i64) -> rusqlite::Result<()> {
    let body = event.to_json().map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    db.prepare_cached("INSERT INTO outbox (body, attempts, due_at) VALUES (?1, 0, ?2)")?
        .execute(params![body, now])?;
    Ok(())
}

/// Webhooks whose time has come, the oldest first.
pub(super) fn due(db: &Connection, now: i64) -> rusqlite::Result<Vec<Delivery>> {
    db.prepare_cached(
        "SELECT delivery_id, body, attempts FROM outbox WHERE due_at <= ?1 ORDER BY due_at, delivery_id LIMIT ?2",
    )?
    .query_map([now, SENDING], |row| {
        Ok(Delivery { delivery_id: row.get(0)?, body: row.get(1)?, attempts: row.get(2)? })
    })?
    .collect()
}

/// When the next webhook is to be sent.
pub(super) fn next_due(db: &Connection) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT MIN(due_at) FROM outbox")?.query_row([], |row| row.get(0))
}

/// Takes a webhook out: it was delivered, or is given up.
pub(super) fn remove(db: &Connection, delivery_id: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM outbox WHERE delivery_id = ?1")?.execute([delivery_id])?;
    Ok(())
}

/// Notes that an attempt failed and when the next one is due.
pub(super) fn put_off(db: &Connection, delivery: &Delivery, now: i64) -> rusqlite::Result<()> {
    let due_at = now.saturating_add(wait_ms(delivery.attempts));
    db.prepare_cached("UPDATE outbox SET attempts = attempts + 1, due_at = ?2 WHERE delivery_id = ?1")?
        .execute([delivery.delivery_id, due_at])?;
    Ok(())
}

/// How long to wait after an attempt, by the number of those that had failed before it.
fn wait_ms(failed_before: u32) -> i64 {
    FIRST_WAIT_MS.checked_shl(failed_before.min(20)).unwrap_or(LONGEST_WAIT_MS).min(LONGEST_WAIT_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute() {
        let waits: Vec<i64> = [0, 1, 2, 8, 9, 63, u32::MAX].into_iter().map(wait_ms).collect();
        assert_eq!(waits, [200, 400, 800, 51_200, 60_000, 60_000, 60_000]);
    }
}
