//! Orders with all that happened to them, locked until the transaction ends.

use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use crate::domain::order::{Aggregate, Order, Payment, Refund, TICKETS_PER_ORDER, Ticket};
use crate::domain::refund::RefundReason;
use crate::store::{StoreError, rows};

/// Reads and locks orders, in the order of their keys.
pub(super) async fn orders(
    connection: &mut PgConnection,
    order_ids: &[i64],
) -> Result<Vec<Aggregate>, StoreError> {
    let text = "SELECT order_id, film_sid, cinema_id, user_id, state, items, amount, currency, starts_at, created_at,
                expires_at, sweep_at, paid_at, film_id FROM orders WHERE order_id = ANY($1) ORDER BY order_id FOR UPDATE";
    let mut found = BTreeMap::new();
    for row in sqlx::query(text).bind(order_ids).fetch_all(&mut *connection).await? {
        let order = order(&row)?;
        found.insert(order.order_id, Aggregate::new(order));
    }
    let found_ids: Vec<i64> = found.keys().copied().collect();
    if !found_ids.is_empty() {
        payments(connection, &found_ids, &mut found).await?;
        refunds(connection, &found_ids, &mut found).await?;
        tickets(connection, &found_ids, &mut found).await?;
    }
    Ok(found.into_values().collect())
}

type Found = BTreeMap<i64, Aggregate>;

async fn payments(
    connection: &mut PgConnection,
    order_ids: &[i64],
    found: &mut Found,
) -> Result<(), StoreError> {
    let text =
        "SELECT order_id, payment_id, state, amount, provider, method, provider_ref, decline_code, created_at
                FROM payment WHERE order_id = ANY($1) ORDER BY created_at";
    for row in sqlx::query(text).bind(order_ids).fetch_all(connection).await? {
        let Some(order) = found.get_mut(&row.try_get::<i64, _>(0)?) else { continue };
        order.payments.push(Payment {
            payment_id: row.try_get(1)?,
            state: rows::payment_state(row.try_get(2)?),
            amount: row.try_get(3)?,
            provider: row.try_get(4)?,
            method: row.try_get(5)?,
            provider_ref: row.try_get(6)?,
            decline_code: row.try_get(7)?,
            created_at: row.try_get(8)?,
        });
    }
    Ok(())
}

async fn refunds(
    connection: &mut PgConnection,
    order_ids: &[i64],
    found: &mut Found,
) -> Result<(), StoreError> {
    let text = "SELECT order_id, refund_id, payment_id, state, seats, amount, fee, reason, created_at
                FROM refund WHERE order_id = ANY($1) ORDER BY created_at";
    for row in sqlx::query(text).bind(order_ids).fetch_all(connection).await? {
        let Some(order) = found.get_mut(&row.try_get::<i64, _>(0)?) else { continue };
        order.refunds.push(Refund {
            refund_id: row.try_get(1)?,
            payment_id: row.try_get(2)?,
            state: rows::refund_state(row.try_get(3)?),
            seats: rows::seats(row.try_get(4)?)?,
            amount: row.try_get(5)?,
            fee: row.try_get(6)?,
            reason: RefundReason::parse(row.try_get(7)?).unwrap_or(RefundReason::Buyer),
            created_at: row.try_get(8)?,
        });
    }
    Ok(())
}

async fn tickets(
    connection: &mut PgConnection,
    order_ids: &[i64],
    found: &mut Found,
) -> Result<(), StoreError> {
    let text = "SELECT ticket_id, state, refund_id, used_at, used_by FROM unnest($1::bigint[]) AS wanted (id)
                JOIN ticket ON ticket_id >= id * $2 AND ticket_id < (id + 1) * $2 ORDER BY ticket_id";
    for row in sqlx::query(text).bind(order_ids).bind(TICKETS_PER_ORDER).fetch_all(connection).await? {
        let order_id = row.try_get::<i64, _>(0)? / TICKETS_PER_ORDER;
        let Some(order) = found.get_mut(&order_id) else { continue };
        order.tickets.push(Ticket {
            state: rows::ticket_state(row.try_get(1)?),
            refund_id: row.try_get(2)?,
            used_at: row.try_get(3)?,
            used_by: row.try_get(4)?,
        });
    }
    Ok(())
}

fn order(row: &PgRow) -> Result<Order, StoreError> {
    Ok(Order {
        order_id: row.try_get(0)?,
        film_sid: row.try_get(1)?,
        cinema_id: row.try_get(2)?,
        user_id: row.try_get(3)?,
        state: rows::order_state(row.try_get(4)?),
        items: rows::items(row.try_get(5)?)?,
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
