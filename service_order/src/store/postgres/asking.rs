//! What a batch asks before it decides, besides its orders.

use std::sync::Arc;

use sqlx::PgConnection;

use crate::store::{RecentOrders, StoreError, UsedKey};

/// The keys of these that were used.
pub(super) async fn used_keys(
    connection: &mut PgConnection,
    keys: &[(i64, Arc<str>)],
) -> Result<Vec<UsedKey>, StoreError> {
    let (users, names): (Vec<i64>, Vec<&str>) = keys.iter().map(|(user, name)| (*user, &**name)).unzip();
    let text = "SELECT user_id, name, fingerprint, order_id, reference, created_at FROM idempotency_key
                JOIN unnest($1::bigint[], $2::text[]) AS wanted (u, n) ON user_id = u AND name = n";
    let rows: Vec<(i64, String, i64, i64, i64, i64)> =
        sqlx::query_as(text).bind(users).bind(names).fetch_all(connection).await?;
    let key = |(user_id, name, fingerprint, order_id, reference, created_at): (i64, String, _, _, _, _)| {
        UsedKey { user_id, name: name.into(), fingerprint, order_id, reference, created_at }
    };
    Ok(rows.into_iter().map(key).collect())
}

/// Those of these screenings that are no longer sold.
pub(super) async fn stopped(
    connection: &mut PgConnection,
    film_sids: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let text = "SELECT film_sid FROM stopped_screening WHERE film_sid = ANY($1)";
    Ok(sqlx::query_scalar(text).bind(film_sids).fetch_all(connection).await?)
}

/// The orders each of these buyers opened after `since`; the newest `most` are looked at.
pub(super) async fn recent_orders(
    connection: &mut PgConnection,
    user_ids: &[i64],
    since: i64,
    most: u32,
) -> Result<Vec<RecentOrders>, StoreError> {
    let text =
        "SELECT wanted.id, counted.all_of_them, counted.unpaid FROM unnest($1::bigint[]) AS wanted (id),
                LATERAL (SELECT count(*) AS all_of_them, count(*) FILTER (WHERE state = 1) AS unpaid FROM
                    (SELECT state FROM orders WHERE user_id = wanted.id AND created_at > $2
                     ORDER BY created_at DESC LIMIT $3) latest) counted";
    let rows = sqlx::query_as(text).bind(user_ids).bind(since).bind(i64::from(most));
    let rows: Vec<(i64, i64, i64)> = rows.fetch_all(connection).await?;
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let recent = |(user_id, all, unpaid)| RecentOrders { user_id, all: number(all), unpaid: number(unpaid) };
    Ok(rows.into_iter().map(recent).collect())
}
