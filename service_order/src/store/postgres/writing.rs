//! Rows of a batch, a statement for each kind.

use std::collections::HashSet;

use sqlx::PgConnection;

use super::sorted;
use crate::domain::order::{Order, Payment, Refund, Ticket};
use crate::store::{Changes, Claim, StaffAct, StoreError, UsedKey, rows};

/// Writes everything a batch changes.
pub(super) async fn write(connection: &mut PgConnection, changes: &Changes<'_>) -> Result<(), StoreError> {
    if !changes.opened.is_empty() {
        insert_orders(connection, &changes.opened).await?;
    }
    if !changes.changed.is_empty() {
        update_orders(connection, changes).await?;
        put_payments(connection, changes).await?;
        put_refunds(connection, changes).await?;
        put_tickets(connection, changes).await?;
    }
    if !changes.ledger.is_empty() {
        insert_ledger(connection, changes).await?;
    }
    if !changes.keys.is_empty() {
        insert_keys(connection, &changes.keys).await?;
    }
    if !changes.staff_acts.is_empty() {
        insert_staff_acts(connection, &changes.staff_acts).await?;
    }
    for (film_sid, at) in &changes.stopped {
        let text = "INSERT INTO stopped_screening (film_sid, stopped_at, settled) VALUES ($1, $2, 0)
                    ON CONFLICT DO NOTHING";
        sqlx::query(text).bind(film_sid).bind(at).execute(&mut *connection).await?;
    }
    if changes.released.is_empty() { Ok(()) } else { release(connection, &changes.released).await }
}

/// Claims by column.
fn columns(claims: &[&Claim]) -> (Vec<i64>, Vec<String>, Vec<i64>) {
    let sids = claims.iter().map(|claim| claim.film_sid).collect();
    let seats = claims.iter().map(|claim| claim.seat.to_string()).collect();
    (sids, seats, claims.iter().map(|claim| claim.order_id).collect())
}

/// Claims what is free; says for each whether it was.
pub(super) async fn claim(connection: &mut PgConnection, claims: &[Claim]) -> Result<Vec<bool>, StoreError> {
    let (sids, seats, orders) = columns(&sorted(claims));
    let text = "INSERT INTO seat_claim (film_sid, seat, order_id)
                SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])
                ON CONFLICT DO NOTHING RETURNING film_sid, seat, order_id";
    let got: Vec<(i64, String, i64)> =
        sqlx::query_as(text).bind(sids).bind(seats).bind(orders).fetch_all(connection).await?;
    let got: HashSet<(i64, &str, i64)> =
        got.iter().map(|(sid, seat, order)| (*sid, &**seat, *order)).collect();
    Ok(claims.iter().map(|claim| got.contains(&(claim.film_sid, &*claim.seat, claim.order_id))).collect())
}

/// Gives up claims, where they are the order's.
pub(super) async fn release(connection: &mut PgConnection, claims: &[Claim]) -> Result<(), StoreError> {
    let (sids, seats, orders) = columns(&sorted(claims));
    let text = "DELETE FROM seat_claim USING unnest($1::bigint[], $2::text[], $3::bigint[]) AS gone (f, s, o)
                WHERE film_sid = f AND seat = s AND order_id = o";
    sqlx::query(text).bind(sids).bind(seats).bind(orders).execute(connection).await?;
    Ok(())
}

async fn insert_orders(connection: &mut PgConnection, orders: &[&Order]) -> Result<(), StoreError> {
    let of = |column: fn(&Order) -> i64| -> Vec<i64> { orders.iter().map(|order| column(order)).collect() };
    let text = "INSERT INTO orders (order_id, film_sid, cinema_id, user_id, state, items, amount, currency, starts_at,
                created_at, expires_at, sweep_at, paid_at, film_id)
                SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[],
                $7::bigint[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
                $14::bigint[])";
    sqlx::query(text)
        .bind(of(|order| order.order_id))
        .bind(of(|order| order.film_sid))
        .bind(of(|order| order.cinema_id))
        .bind(of(|order| order.user_id))
        .bind(of(|order| i64::from(order.state as i32)))
        .bind(orders.iter().map(|order| rows::items_json(&order.items)).collect::<Vec<_>>())
        .bind(of(|order| order.amount))
        .bind(orders.iter().map(|order| &*order.currency).collect::<Vec<_>>())
        .bind(of(|order| order.starts_at))
        .bind(of(|order| order.created_at))
        .bind(of(|order| order.expires_at))
        .bind(of(|order| order.sweep_at))
        .bind(of(|order| order.paid_at))
        .bind(of(|order| order.film_id))
        .execute(connection)
        .await?;
    Ok(())
}

async fn update_orders(connection: &mut PgConnection, changes: &Changes<'_>) -> Result<(), StoreError> {
    let orders: Vec<&Order> = changes.changed_orders().collect();
    if orders.is_empty() {
        return Ok(());
    }
    let of = |column: fn(&Order) -> i64| -> Vec<i64> { orders.iter().map(|order| column(order)).collect() };
    let text = "UPDATE orders SET state = new.state, sweep_at = new.sweep_at, paid_at = new.paid_at
                FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS new (id, state, sweep_at, paid_at)
                WHERE order_id = new.id";
    sqlx::query(text)
        .bind(of(|order| order.order_id))
        .bind(of(|order| i64::from(order.state as i32)))
        .bind(of(|order| order.sweep_at))
        .bind(of(|order| order.paid_at))
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_payments(connection: &mut PgConnection, changes: &Changes<'_>) -> Result<(), StoreError> {
    let new: Vec<(i64, &Payment)> = changes.new_payments().collect();
    if new.is_empty() {
        return Ok(());
    }
    let of = |column: fn(&Payment) -> i64| -> Vec<i64> { new.iter().map(|(_, p)| column(p)).collect() };
    let texts = |column: fn(&Payment) -> &str| -> Vec<&str> { new.iter().map(|(_, p)| column(p)).collect() };
    let text = "INSERT INTO payment (payment_id, order_id, state, amount, provider, method, provider_ref, decline_code,
                created_at)
                SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
                $7::text[], $8::text[], $9::bigint[])
                ON CONFLICT (payment_id) DO UPDATE SET state = excluded.state, provider_ref = excluded.provider_ref,
                decline_code = excluded.decline_code";
    sqlx::query(text)
        .bind(of(|payment| payment.payment_id))
        .bind(new.iter().map(|(order_id, _)| *order_id).collect::<Vec<_>>())
        .bind(of(|payment| i64::from(payment.state as i32)))
        .bind(of(|payment| payment.amount))
        .bind(texts(|payment| &payment.provider))
        .bind(texts(|payment| &payment.method))
        .bind(texts(|payment| &payment.provider_ref))
        .bind(texts(|payment| &payment.decline_code))
        .bind(of(|payment| payment.created_at))
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_refunds(connection: &mut PgConnection, changes: &Changes<'_>) -> Result<(), StoreError> {
    let new: Vec<(i64, &Refund)> = changes.new_refunds().collect();
    if new.is_empty() {
        return Ok(());
    }
    let of = |column: fn(&Refund) -> i64| -> Vec<i64> { new.iter().map(|(_, r)| column(r)).collect() };
    let text = "INSERT INTO refund (refund_id, order_id, payment_id, state, seats, amount, fee, reason, created_at)
                SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
                $7::bigint[], $8::text[], $9::bigint[])
                ON CONFLICT (refund_id) DO UPDATE SET state = excluded.state";
    sqlx::query(text)
        .bind(of(|refund| refund.refund_id))
        .bind(new.iter().map(|(order_id, _)| *order_id).collect::<Vec<_>>())
        .bind(of(|refund| refund.payment_id))
        .bind(of(|refund| i64::from(refund.state as i32)))
        .bind(new.iter().map(|(_, refund)| rows::seats_json(&refund.seats)).collect::<Vec<_>>())
        .bind(of(|refund| refund.amount))
        .bind(of(|refund| refund.fee))
        .bind(new.iter().map(|(_, refund)| refund.reason.as_str()).collect::<Vec<_>>())
        .bind(of(|refund| refund.created_at))
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_tickets(connection: &mut PgConnection, changes: &Changes<'_>) -> Result<(), StoreError> {
    let new: Vec<(i64, Ticket)> = changes.new_tickets().collect();
    if new.is_empty() {
        return Ok(());
    }
    let of = |column: fn(&Ticket) -> i64| -> Vec<i64> { new.iter().map(|(_, t)| column(t)).collect() };
    let text = "INSERT INTO ticket (ticket_id, state, refund_id, used_at, used_by)
                SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
                ON CONFLICT (ticket_id) DO UPDATE SET state = excluded.state, refund_id = excluded.refund_id,
                used_at = excluded.used_at, used_by = excluded.used_by";
    sqlx::query(text)
        .bind(new.iter().map(|(ticket_id, _)| *ticket_id).collect::<Vec<_>>())
        .bind(of(|ticket| i64::from(ticket.state as i32)))
        .bind(of(|ticket| ticket.refund_id))
        .bind(of(|ticket| ticket.used_at))
        .bind(of(|ticket| ticket.used_by))
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert_ledger(connection: &mut PgConnection, changes: &Changes<'_>) -> Result<(), StoreError> {
    let rows = &changes.ledger;
    let text = "INSERT INTO ledger (kind, reference, order_id, amount, currency, booked_at, provider)
                SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
                $7::text[])";
    sqlx::query(text)
        .bind(rows.iter().map(|booking| booking.row.kind.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|booking| booking.row.reference).collect::<Vec<_>>())
        .bind(rows.iter().map(|booking| booking.order_id).collect::<Vec<_>>())
        .bind(rows.iter().map(|booking| booking.row.amount).collect::<Vec<_>>())
        .bind(rows.iter().map(|booking| &*booking.currency).collect::<Vec<_>>())
        .bind(rows.iter().map(|booking| booking.row.at).collect::<Vec<_>>())
        .bind(rows.iter().map(|booking| &*booking.provider).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert_staff_acts(connection: &mut PgConnection, acts: &[StaffAct]) -> Result<(), StoreError> {
    let of = |column: fn(&StaffAct) -> i64| -> Vec<i64> { acts.iter().map(column).collect() };
    let text = "INSERT INTO staff_act (order_id, acted_at, user_id, action, reference)
                SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[])
                ON CONFLICT DO NOTHING";
    sqlx::query(text)
        .bind(of(|act| act.order_id))
        .bind(of(|act| act.at))
        .bind(of(|act| act.user_id))
        .bind(acts.iter().map(|act| act.action).collect::<Vec<_>>())
        .bind(of(|act| act.reference))
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert_keys(connection: &mut PgConnection, keys: &[UsedKey]) -> Result<(), StoreError> {
    let of = |column: fn(&UsedKey) -> i64| -> Vec<i64> { keys.iter().map(column).collect() };
    let text = "INSERT INTO idempotency_key (user_id, name, fingerprint, order_id, reference, created_at)
                SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])";
    sqlx::query(text)
        .bind(of(|key| key.user_id))
        .bind(keys.iter().map(|key| &*key.name).collect::<Vec<_>>())
        .bind(of(|key| key.fingerprint))
        .bind(of(|key| key.order_id))
        .bind(of(|key| key.reference))
        .bind(of(|key| key.created_at))
        .execute(connection)
        .await?;
    Ok(())
}
