//! Webhooks that are still to be delivered, in the sandbox's database.

use sqlx::{AnyConnection, AssertSqlSafe, FromRow, Row};

use super::payment::Payment;
use super::rows::{parts, places};
use crate::provider::webhook::WebhookEvent;

/// Most webhooks under way at once.
const SENDING: i64 = 32;
/// Wait after the first failed attempt; it doubles with every further one.
const FIRST_WAIT_MS: i64 = 200;
/// Longest wait between two attempts.
const LONGEST_WAIT_MS: i64 = 60_000;
/// How long a webhook is left to the process that took it: twice as long as an attempt may take.
/// If that process ends meanwhile, another one sends the webhook then.
const TAKEN_FOR_MS: i64 = 10_000;

/// A webhook to deliver.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    copy: i64,
    /// Attempts that have failed.
    pub(super) attempts: u32,
    pub(super) event: WebhookEvent,
}

/// Puts webhooks in: their payments, which copies they are, and when they are due.
pub(super) async fn add(db: &mut AnyConnection, webhooks: &[(i64, i64, i64)]) -> sqlx::Result<()> {
    for part in parts(webhooks) {
        let text = format!(
            "INSERT INTO sandbox_outbox (payment_id, copy, due_at, attempts) VALUES {} ON CONFLICT DO NOTHING",
            places(part.len(), 4)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for (payment_id, copy, due_at) in part {
            query = query.bind(payment_id).bind(copy).bind(due_at).bind(0_i64);
        }
        query.execute(&mut *db).await?;
    }
    Ok(())
}

/// Takes webhooks whose time has come, the oldest first; for a while no other process takes them.
pub(super) async fn take(db: &mut AnyConnection, now: i64) -> sqlx::Result<Vec<Delivery>> {
    let text = "SELECT copy, attempts, due_at, payment_id, order_id, amount, currency, state, decline_code,
                refusing_refunds, settle_at FROM sandbox_outbox JOIN sandbox_payment USING (payment_id)
                WHERE due_at <= $1 ORDER BY due_at, payment_id, copy LIMIT $2";
    let due = sqlx::query(text).bind(now).bind(SENDING).fetch_all(&mut *db).await?;
    let mut due = due.iter().map(read).collect::<sqlx::Result<Vec<_>>>()?;
    // Two processes that take several must not wait for each other in a circle.
    due.sort_by_key(|(delivery, _)| (delivery.event.payment_id, delivery.copy));
    let mut taken = Vec::with_capacity(due.len());
    for (delivery, due_at) in due {
        let text =
            "UPDATE sandbox_outbox SET due_at = $4 WHERE payment_id = $1 AND copy = $2 AND due_at = $3";
        let query = sqlx::query(text).bind(delivery.event.payment_id).bind(delivery.copy).bind(due_at);
        let updated = query.bind(now.saturating_add(TAKEN_FOR_MS)).execute(&mut *db).await?;
        if updated.rows_affected() == 1 {
            taken.push(delivery);
        }
    }
    Ok(taken)
}

fn read(row: &sqlx::any::AnyRow) -> sqlx::Result<(Delivery, i64)> {
    let attempts: i64 = row.try_get("attempts")?;
    let delivery = Delivery {
        copy: row.try_get("copy")?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        event: Payment::from_row(row)?.event(),
    };
    Ok((delivery, row.try_get("due_at")?))
}

/// When the next webhook is to be sent.
pub(super) async fn next_due(db: impl sqlx::AnyExecutor<'_>) -> sqlx::Result<Option<i64>> {
    let text = "SELECT due_at FROM sandbox_outbox ORDER BY due_at LIMIT 1";
    sqlx::query_scalar(text).fetch_optional(db).await
}

/// Takes a webhook out: it was delivered, or is given up.
pub(super) async fn remove(db: &mut AnyConnection, delivery: &Delivery) -> sqlx::Result<()> {
    let text = "DELETE FROM sandbox_outbox WHERE payment_id = $1 AND copy = $2";
    sqlx::query(text).bind(delivery.event.payment_id).bind(delivery.copy).execute(db).await?;
    Ok(())
}

/// Notes that an attempt failed and when the next one is due.
pub(super) async fn put_off(db: &mut AnyConnection, delivery: &Delivery, now: i64) -> sqlx::Result<()> {
    let due_at = now.saturating_add(wait_ms(delivery.attempts));
    let text =
        "UPDATE sandbox_outbox SET attempts = attempts + 1, due_at = $3 WHERE payment_id = $1 AND copy = $2";
    let query = sqlx::query(text).bind(delivery.event.payment_id).bind(delivery.copy);
    query.bind(due_at).execute(db).await?;
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
