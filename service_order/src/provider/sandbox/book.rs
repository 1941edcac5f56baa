//! Payments and refunds in the sandbox's database.
//!
//! Several processes may write to it. Whoever changes many payments does so in the order of
//! their ids, so that no two wait for each other in a circle.

use std::collections::{HashMap, HashSet};

use sqlx::{AnyConnection, AssertSqlSafe};

use super::outbox;
use super::payment::{Charge, Payment};
use super::rows::{parts, places};
use crate::provider::{ChargeOutcome, ProviderError, RefundOutcome, RefundRequest};

/// Most late payments settled in one transaction.
const SETTLE_BATCH: i64 = 256;
const COLUMNS: &str =
    "payment_id, order_id, amount, currency, state, decline_code, refusing_refunds, settle_at";
const COLUMN_COUNT: usize = 8;

type Answer<T> = Result<T, ProviderError>;

/// Charges each payment once; every further time it tells what became of the first.
pub(super) async fn charge(
    db: &mut AnyConnection,
    charges: &[Charge],
) -> sqlx::Result<Vec<Answer<ChargeOutcome>>> {
    let mut new = insert(db, charges).await?;
    let known = if new.len() == charges.len() { HashMap::new() } else { find(db, charges).await? };
    let mut answers = Vec::with_capacity(charges.len());
    let mut webhooks = Vec::new();
    for charge in charges {
        let payment_id = charge.payment.payment_id;
        answers.push(if new.remove(&payment_id) {
            webhooks.extend((0..charge.webhooks()).map(|copy| (payment_id, copy, charge.now)));
            charge.first_answer()
        } else {
            known
                .get(&payment_id)
                .map_or(Err(ProviderError::Unavailable), |known| charge.further_answer(known))
        });
    }
    outbox::add(db, &webhooks).await?;
    Ok(answers)
}

/// Stores payments that were not known; gives their ids.
async fn insert(db: &mut AnyConnection, charges: &[Charge]) -> sqlx::Result<HashSet<i64>> {
    let mut payments: Vec<&Payment> = charges.iter().map(|charge| &charge.payment).collect();
    // The first of several with the same id stays.
    payments.sort_by_key(|payment| payment.payment_id);
    payments.dedup_by_key(|payment| payment.payment_id);
    let mut new = HashSet::with_capacity(payments.len());
    for part in parts(&payments) {
        let text = format!(
            "INSERT INTO sandbox_payment ({COLUMNS}) VALUES {} ON CONFLICT (payment_id) DO NOTHING
             RETURNING payment_id",
            places(part.len(), COLUMN_COUNT)
        );
        let mut query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(text));
        for payment in part {
            query = query
                .bind(payment.payment_id)
                .bind(payment.order_id)
                .bind(payment.amount)
                .bind(payment.currency.clone())
                .bind(payment.state)
                .bind(payment.decline_code.clone())
                .bind(payment.refusing_refunds)
                .bind(payment.settle_at);
        }
        new.extend(query.fetch_all(&mut *db).await?);
    }
    Ok(new)
}

async fn find(db: &mut AnyConnection, charges: &[Charge]) -> sqlx::Result<HashMap<i64, Payment>> {
    let ids: Vec<i64> = charges.iter().map(|charge| charge.payment.payment_id).collect();
    let mut found = HashMap::with_capacity(ids.len());
    for part in parts(&ids) {
        let text =
            format!("SELECT {COLUMNS} FROM sandbox_payment WHERE payment_id IN {}", places(1, part.len()));
        let mut query = sqlx::query_as::<_, Payment>(AssertSqlSafe(text));
        for payment_id in part {
            query = query.bind(payment_id);
        }
        let payments = query.fetch_all(&mut *db).await?;
        found.extend(payments.into_iter().map(|payment| (payment.payment_id, payment)));
    }
    Ok(found)
}

/// What became of a payment.
pub(super) async fn status(
    db: impl sqlx::AnyExecutor<'_>,
    payment_id: i64,
) -> sqlx::Result<Option<ChargeOutcome>> {
    let text = format!("SELECT {COLUMNS} FROM sandbox_payment WHERE payment_id = $1");
    let found: Option<Payment> =
        sqlx::query_as(AssertSqlSafe(text)).bind(payment_id).fetch_optional(db).await?;
    Ok(found.map(|payment| payment.outcome()))
}

/// Ends late payments whose time has come and puts their webhooks into the outbox.
pub(super) async fn settle(db: &mut AnyConnection, now: i64) -> sqlx::Result<()> {
    let text = format!(
        "SELECT {COLUMNS} FROM sandbox_payment WHERE state = 1 AND settle_at <= $1 ORDER BY settle_at LIMIT $2"
    );
    let mut due: Vec<Payment> =
        sqlx::query_as(AssertSqlSafe(text)).bind(now).bind(SETTLE_BATCH).fetch_all(&mut *db).await?;
    due.sort_by_key(|payment| payment.payment_id);
    let mut webhooks = Vec::new();
    for payment in due {
        let text = "UPDATE sandbox_payment SET state = $2 WHERE payment_id = $1 AND state = 1";
        let settled =
            sqlx::query(text).bind(payment.payment_id).bind(payment.settled()).execute(&mut *db).await?;
        // Unless another process has just settled it.
        if settled.rows_affected() == 1 {
            webhooks.push((payment.payment_id, 0, now));
        }
    }
    outbox::add(db, &webhooks).await
}

/// When the next late payment is to be settled.
pub(super) async fn next_settling(db: impl sqlx::AnyExecutor<'_>) -> sqlx::Result<Option<i64>> {
    let text = "SELECT settle_at FROM sandbox_payment WHERE state = 1 ORDER BY settle_at LIMIT 1";
    sqlx::query_scalar(text).fetch_optional(db).await
}

/// Gives back once; every further time it tells what became of the first.
pub(super) async fn refund(
    db: &mut AnyConnection,
    request: &RefundRequest,
) -> sqlx::Result<Answer<RefundOutcome>> {
    let payment = lock(db, request.payment_id).await?;
    let text = "SELECT payment_id, amount, currency, failure FROM sandbox_refund WHERE refund_id = $1";
    let known: Option<(i64, i64, String, String)> =
        sqlx::query_as(text).bind(request.refund_id).fetch_optional(&mut *db).await?;
    if let Some((payment_id, amount, currency, failure)) = known {
        let same =
            payment_id == request.payment_id && amount == request.amount && currency == request.currency;
        let outcome = refund_outcome(request.refund_id, &failure);
        return Ok(if same { Ok(outcome) } else { Err(ProviderError::Mismatch) });
    }
    let failure = match payment {
        Some(payment) => payment.refund_failure(request, given_back(db, request.payment_id).await?),
        None => "payment_unknown",
    };
    let text = "INSERT INTO sandbox_refund (refund_id, payment_id, amount, currency, failure)
                VALUES ($1, $2, $3, $4, $5)";
    sqlx::query(text)
        .bind(request.refund_id)
        .bind(request.payment_id)
        .bind(request.amount)
        .bind(request.currency.clone())
        .bind(failure)
        .execute(db)
        .await?;
    Ok(Ok(refund_outcome(request.refund_id, failure)))
}

/// A payment of which nobody else gives anything back before this transaction ends.
async fn lock(db: &mut AnyConnection, payment_id: i64) -> sqlx::Result<Option<Payment>> {
    // Changes nothing, but locks the row; both engines know this way to do it.
    let text = format!(
        "UPDATE sandbox_payment SET payment_id = payment_id WHERE payment_id = $1 RETURNING {COLUMNS}"
    );
    sqlx::query_as(AssertSqlSafe(text)).bind(payment_id).fetch_optional(db).await
}

async fn given_back(db: &mut AnyConnection, payment_id: i64) -> sqlx::Result<i64> {
    // A sum is no BIGINT on PostgreSQL.
    let text = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM sandbox_refund
                WHERE payment_id = $1 AND failure = ''";
    sqlx::query_scalar(text).bind(payment_id).fetch_one(db).await
}

fn refund_outcome(refund_id: i64, failure: &str) -> RefundOutcome {
    if failure.is_empty() {
        RefundOutcome::Succeeded { provider_ref: format!("sandbox_refund_{refund_id}") }
    } else {
        RefundOutcome::Failed { code: failure.to_owned() }
    }
}
