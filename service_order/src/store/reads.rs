//! Reading orders, outside of batches; the same text for both databases.

mod cancellation;
mod claims;
mod find;
mod numbers;
mod open;
mod sales;

use std::collections::BTreeMap;
use std::sync::Arc;

use micro::Problem;
use micro::database::Database;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Row, Transaction};

use super::rows;
use crate::committer::Done;
use crate::domain::order::{Aggregate, Order, Payment, Refund, TICKETS_PER_ORDER, Ticket};
use crate::domain::refund::RefundReason;

pub use claims::{ClaimAndOrder, ClaimedSeat};
pub use find::Wanted;
pub use open::Open;
pub use sales::{Basis, GroupBy, Sales, SalesWanted};

/// Columns of `orders`, as [`order`] reads them.
const ORDER: &str = "order_id, film_sid, cinema_id, user_id, state, items, amount, currency, starts_at, created_at, \
     expires_at, sweep_at, paid_at, film_id";

/// Reads orders.
#[derive(Clone)]
pub struct Reads(Database);

impl Reads {
    /// Reads from this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    /// An order with all that happened to it.
    ///
    /// # Errors
    /// The database's.
    pub async fn order(&self, order_id: i64) -> Result<Option<Aggregate>, Problem> {
        // One moment for all four tables: a payment must not show without its tickets.
        let mut transaction = self.0.begin_read().await?;
        let text = AssertSqlSafe(format!("SELECT {ORDER} FROM orders WHERE order_id = $1"));
        let row = sqlx::query(text).bind(order_id).fetch_all(&mut *transaction).await?;
        let found = whole(&mut transaction, &row).await?.pop();
        transaction.commit().await?;
        Ok(found)
    }

    /// Orders after `after` with all that happened to them, by id, within a transaction.
    ///
    /// # Errors
    /// The database's.
    pub async fn page(
        &self,
        transaction: &mut Transaction<'static, Any>,
        after: i64,
        most: i64,
    ) -> Result<Vec<Aggregate>, Problem> {
        let text = AssertSqlSafe(format!(
            "SELECT {ORDER} FROM orders WHERE order_id > $1 ORDER BY order_id LIMIT $2"
        ));
        let rows = sqlx::query(text).bind(after).bind(most).fetch_all(&mut **transaction).await?;
        whole(transaction, &rows).await
    }

    /// A buyer's orders before the one of this time and id, newest first, without what happened to them.
    ///
    /// # Errors
    /// The database's.
    pub async fn orders_of(
        &self,
        user_id: i64,
        before: (i64, i64),
        most: i64,
    ) -> Result<Vec<Order>, Problem> {
        let text = AssertSqlSafe(format!(
            "SELECT {ORDER} FROM orders WHERE user_id = $1 AND (created_at, order_id) < ($2, $3)
             ORDER BY created_at DESC, order_id DESC LIMIT $4"
        ));
        let query = sqlx::query(text).bind(user_id).bind(before.0).bind(before.1).bind(most);
        query.fetch_all(self.0.pool()).await?.iter().map(order).collect()
    }

    /// What an idempotency key was used for: the fingerprint and the order.
    ///
    /// # Errors
    /// The database's.
    pub async fn used_key(&self, user_id: i64, name: &str) -> Result<Option<(i64, i64)>, Problem> {
        let text = "SELECT fingerprint, order_id FROM idempotency_key WHERE user_id = $1 AND name = $2";
        Ok(sqlx::query_as(text).bind(user_id).bind(name).fetch_optional(self.0.pool()).await?)
    }

    /// Unpaid orders whose time is over, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn to_sweep(&self, now_ms: i64, most: i64) -> Result<Vec<i64>, Problem> {
        let text =
            "SELECT order_id FROM orders WHERE state = 1 AND sweep_at <= $1 ORDER BY sweep_at LIMIT $2";
        Ok(sqlx::query_scalar(text).bind(now_ms).bind(most).fetch_all(self.0.pool()).await?)
    }

    /// A payment that has no answer yet, as it was left.
    ///
    /// # Errors
    /// The database's.
    pub async fn begun(&self, order_id: i64, payment_id: i64) -> Result<Option<Done>, Problem> {
        let order = self.order(order_id).await?;
        let open =
            order.filter(|order| order.in_progress().is_some_and(|open| open.payment_id == payment_id));
        Ok(open.map(|order| Done { order, reference: payment_id }))
    }

    /// The cinema of an order.
    ///
    /// # Errors
    /// The database's.
    pub async fn cinema_of(&self, order_id: i64) -> Result<Option<i64>, Problem> {
        let text = "SELECT cinema_id FROM orders WHERE order_id = $1";
        Ok(sqlx::query_scalar(text).bind(order_id).fetch_optional(self.0.pool()).await?)
    }

    /// The order a payment belongs to.
    ///
    /// # Errors
    /// The database's.
    pub async fn order_of_payment(&self, payment_id: i64) -> Result<Option<i64>, Problem> {
        let text = "SELECT order_id FROM payment WHERE payment_id = $1";
        Ok(sqlx::query_scalar(text).bind(payment_id).fetch_optional(self.0.pool()).await?)
    }

    /// Screenings that are no longer sold and whose orders may not all have ended, with when they were stopped.
    ///
    /// # Errors
    /// The database's.
    pub async fn unsettled_screenings(&self, most: i64) -> Result<Vec<(i64, i64)>, Problem> {
        let text = "SELECT film_sid, stopped_at FROM stopped_screening WHERE settled = 0 ORDER BY stopped_at LIMIT $1";
        Ok(sqlx::query_as(text).bind(most).fetch_all(self.0.pool()).await?)
    }

    /// Orders that hold seats of a screening.
    ///
    /// # Errors
    /// The database's.
    pub async fn orders_holding(&self, film_sid: i64, most: i64) -> Result<Vec<i64>, Problem> {
        let text = "SELECT DISTINCT order_id FROM seat_claim WHERE film_sid = $1 LIMIT $2";
        Ok(sqlx::query_scalar(text).bind(film_sid).bind(most).fetch_all(self.0.pool()).await?)
    }
}

/// Orders of rows of the columns [`ORDER`], by ascending id, with all that happened to them.
async fn whole(
    transaction: &mut Transaction<'static, Any>,
    rows: &[AnyRow],
) -> Result<Vec<Aggregate>, Problem> {
    let mut found = BTreeMap::new();
    for row in rows {
        let order = order(row)?;
        found.insert(order.order_id, Aggregate::new(order));
    }
    let (Some(first), Some(last)) = (found.keys().next().copied(), found.keys().next_back().copied()) else {
        return Ok(Vec::new());
    };
    let payments = "SELECT order_id, payment_id, state, amount, provider, method, provider_ref, decline_code,
                    created_at FROM payment WHERE order_id BETWEEN $1 AND $2 ORDER BY created_at";
    for row in sqlx::query(payments).bind(first).bind(last).fetch_all(&mut **transaction).await? {
        if let Some(order) = found.get_mut(&row.try_get::<i64, _>(0)?) {
            order.payments.push(payment(&row)?);
        }
    }
    let refunds = "SELECT order_id, refund_id, payment_id, state, seats, amount, fee, reason, created_at
                   FROM refund WHERE order_id BETWEEN $1 AND $2 ORDER BY created_at";
    for row in sqlx::query(refunds).bind(first).bind(last).fetch_all(&mut **transaction).await? {
        if let Some(order) = found.get_mut(&row.try_get::<i64, _>(0)?) {
            order.refunds.push(refund(&row)?);
        }
    }
    let tickets = "SELECT ticket_id, state, refund_id, used_at, used_by FROM ticket
                   WHERE ticket_id >= $1 AND ticket_id < $2 ORDER BY ticket_id";
    let from = first.saturating_mul(TICKETS_PER_ORDER);
    let to = last.saturating_add(1).saturating_mul(TICKETS_PER_ORDER);
    for row in sqlx::query(tickets).bind(from).bind(to).fetch_all(&mut **transaction).await? {
        if let Some(order) = found.get_mut(&(row.try_get::<i64, _>(0)? / TICKETS_PER_ORDER)) {
            order.tickets.push(Ticket {
                state: rows::ticket_state(row.try_get(1)?),
                refund_id: row.try_get(2)?,
                used_at: row.try_get(3)?,
                used_by: row.try_get(4)?,
            });
        }
    }
    Ok(found.into_values().collect())
}

/// An order of a row of the columns [`ORDER`].
fn order(row: &AnyRow) -> Result<Order, Problem> {
    Ok(Order {
        order_id: row.try_get(0)?,
        film_sid: row.try_get(1)?,
        cinema_id: row.try_get(2)?,
        user_id: row.try_get(3)?,
        state: rows::order_state(row.try_get(4)?),
        items: rows::items(row.try_get(5)?).map_err(Problem::internal)?,
        amount: row.try_get(6)?,
        currency: Arc::from(row.try_get::<&str, _>(7)?),
        starts_at: row.try_get(8)?,
        created_at: row.try_get(9)?,
        expires_at: row.try_get(10)?,
        sweep_at: row.try_get(11)?,
        paid_at: row.try_get(12)?,
        film_id: row.try_get(13)?,
    })
}

fn payment(row: &AnyRow) -> Result<Payment, Problem> {
    Ok(Payment {
        payment_id: row.try_get(1)?,
        state: rows::payment_state(row.try_get(2)?),
        amount: row.try_get(3)?,
        provider: row.try_get(4)?,
        method: row.try_get(5)?,
        provider_ref: row.try_get(6)?,
        decline_code: row.try_get(7)?,
        created_at: row.try_get(8)?,
    })
}

fn refund(row: &AnyRow) -> Result<Refund, Problem> {
    Ok(Refund {
        refund_id: row.try_get(1)?,
        payment_id: row.try_get(2)?,
        state: rows::refund_state(row.try_get(3)?),
        seats: rows::seats(row.try_get(4)?).map_err(Problem::internal)?,
        amount: row.try_get(5)?,
        fee: row.try_get(6)?,
        reason: RefundReason::parse(row.try_get(7)?).unwrap_or(RefundReason::Buyer),
        created_at: row.try_get(8)?,
    })
}
