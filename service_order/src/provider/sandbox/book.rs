//! Payments and refunds in the sandbox's file.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::cards::{Card, Plan};
use super::outbox;
use crate::provider::webhook::{WebhookEvent, WebhookOutcome};
use crate::provider::{ChargeOutcome, ChargeRequest, ProviderError, RefundOutcome, RefundRequest};

const PROCESSING: i64 = 1;
const SUCCEEDED: i64 = 2;
const FAILED: i64 = 3;
/// Most late payments settled in one transaction.
const SETTLE_BATCH: i64 = 256;

struct Payment {
    payment_id: i64,
    amount: i64,
    currency: String,
    state: i64,
    decline_code: String,
    refusing_refunds: bool,
}

impl Payment {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            payment_id: row.get(0)?,
            amount: row.get(1)?,
            currency: row.get(2)?,
            state: row.get(3)?,
            decline_code: row.get(4)?,
            refusing_refunds: row.get(5)?,
        })
    }

    fn outcome(&self) -> ChargeOutcome {
        let provider_ref = format!("sandbox_payment_{}", self.payment_id);
        match self.state {
            SUCCEEDED => ChargeOutcome::Succeeded { provider_ref },
            FAILED => ChargeOutcome::Declined { code: self.decline_code.clone() },
            _ => ChargeOutcome::Processing { provider_ref },
        }
    }

    /// What the webhook says once the payment is settled; the same however often it is sent.
    fn event(&self) -> WebhookEvent {
        let decline_code = self.decline_code.clone();
        WebhookEvent {
            event_id: format!("sandbox_event_{}", self.payment_id),
            payment_id: self.payment_id,
            amount: self.amount,
            currency: self.currency.clone(),
            outcome: if decline_code.is_empty() {
                WebhookOutcome::Succeeded
            } else {
                WebhookOutcome::Failed { decline_code }
            },
        }
    }
}

fn find(db: &Connection, payment_id: i64) -> rusqlite::Result<Option<Payment>> {
    db.prepare_cached(
        "SELECT payment_id, amount, currency, state, decline_code, refusing_refunds
         FROM payment WHERE payment_id = ?1",
    )?
    .query_row([payment_id], Payment::read)
    .optional()
}

/// Charges once; every further time it tells what became of the first.
pub(super) fn charge(
    db: &Connection,
    request: &ChargeRequest,
    card: Card,
    now: i64,
    late_at: i64,
) -> rusqlite::Result<Result<ChargeOutcome, ProviderError>> {
    if let Some(known) = find(db, request.payment_id)? {
        let same = known.amount == request.amount && known.currency == request.currency;
        return Ok(if same { Ok(known.outcome()) } else { Err(ProviderError::Mismatch) });
    }
    let plan = card.plan();
    let (state, settle_at) = match plan {
        Plan::Succeed { .. } | Plan::SucceedUnheard => (SUCCEEDED, None),
        Plan::Decline => (FAILED, None),
        Plan::Later => (PROCESSING, Some(late_at)),
    };
    let payment = Payment {
        payment_id: request.payment_id,
        amount: request.amount,
        currency: request.currency.clone(),
        state,
        decline_code: card.decline_code().to_owned(),
        refusing_refunds: card == Card::RefundFails,
    };
    insert(db, &payment, request.order_id, settle_at)?;
    if let Plan::Succeed { webhooks } = plan {
        for _ in 0..webhooks {
            outbox::add(db, &payment.event(), now)?;
        }
    }
    Ok(if plan == Plan::SucceedUnheard { Err(ProviderError::Unavailable) } else { Ok(payment.outcome()) })
}

fn insert(db: &Connection, payment: &Payment, order_id: i64, settle_at: Option<i64>) -> rusqlite::Result<()> {
    let Payment { payment_id, amount, currency, state, decline_code, refusing_refunds } = payment;
    db.prepare_cached(
        "INSERT INTO payment (payment_id, order_id, amount, currency, state, decline_code, refusing_refunds,
         settle_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        payment_id,
        order_id,
        amount,
        currency,
        state,
        decline_code,
        refusing_refunds,
        settle_at
    ])?;
    Ok(())
}

/// What became of a payment.
pub(super) fn status(db: &Connection, payment_id: i64) -> rusqlite::Result<Option<ChargeOutcome>> {
    Ok(find(db, payment_id)?.map(|payment| payment.outcome()))
}

/// Ends late payments whose time has come and puts their webhooks into the outbox.
pub(super) fn settle(db: &Connection, now: i64) -> rusqlite::Result<()> {
    let due: Vec<Payment> = db
        .prepare_cached(
            "SELECT payment_id, amount, currency, state, decline_code, refusing_refunds
             FROM payment WHERE settle_at <= ?1 ORDER BY settle_at LIMIT ?2",
        )?
        .query_map([now, SETTLE_BATCH], Payment::read)?
        .collect::<Result<_, _>>()?;
    for payment in due {
        let state = if payment.decline_code.is_empty() { SUCCEEDED } else { FAILED };
        db.prepare_cached("UPDATE payment SET state = ?2, settle_at = NULL WHERE payment_id = ?1")?
            .execute([payment.payment_id, state])?;
        outbox::add(db, &payment.event(), now)?;
    }
    Ok(())
}

/// When the next late payment is to be settled.
pub(super) fn next_settling(db: &Connection) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT MIN(settle_at) FROM payment WHERE settle_at IS NOT NULL")?
        .query_row([], |row| row.get(0))
}

/// Gives back once; every further time it tells what became of the first.
pub(super) fn refund(
    db: &Connection,
    request: &RefundRequest,
) -> rusqlite::Result<Result<RefundOutcome, ProviderError>> {
    let known: Option<(i64, i64, String, String)> = db
        .prepare_cached("SELECT payment_id, amount, currency, failure FROM refund WHERE refund_id = ?1")?
        .query_row([request.refund_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    if let Some((payment_id, amount, currency, failure)) = known {
        let same =
            payment_id == request.payment_id && amount == request.amount && currency == request.currency;
        let outcome = refund_outcome(request.refund_id, failure);
        return Ok(if same { Ok(outcome) } else { Err(ProviderError::Mismatch) });
    }
    let failure = refund_failure(db, request)?;
    db.prepare_cached(
        "INSERT INTO refund (refund_id, payment_id, amount, currency, failure) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        request.refund_id,
        request.payment_id,
        request.amount,
        request.currency,
        failure
    ])?;
    Ok(Ok(refund_outcome(request.refund_id, failure.to_owned())))
}

fn refund_outcome(refund_id: i64, failure: String) -> RefundOutcome {
    if failure.is_empty() {
        RefundOutcome::Succeeded { provider_ref: format!("sandbox_refund_{refund_id}") }
    } else {
        RefundOutcome::Failed { code: failure }
    }
}

/// Why a refund is refused; empty where it is not.
fn refund_failure(db: &Connection, request: &RefundRequest) -> rusqlite::Result<&'static str> {
    let Some(payment) = find(db, request.payment_id)? else { return Ok("payment_unknown") };
    if payment.state != SUCCEEDED {
        return Ok("payment_not_succeeded");
    }
    if payment.refusing_refunds {
        return Ok("refund_refused");
    }
    let given_back: i64 = db
        .prepare_cached("SELECT COALESCE(SUM(amount), 0) FROM refund WHERE payment_id = ?1 AND failure = ''")?
        .query_row([request.payment_id], |row| row.get(0))?;
    let left = payment.amount - given_back;
    let fits = payment.currency == request.currency && (0..=left).contains(&request.amount);
    Ok(if fits { "" } else { "more_than_was_paid" })
}
