//! What a batch asks before it decides, besides its orders.

use std::sync::Arc;

use sqlx::PgConnection;

use crate::store::{BeforeBuying, RecentOrders, Standing, StoreError, UsedKey};

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

/// How it stands with screenings and buyers: one question, as every further one costs a way there and back.
pub(super) async fn before_buying(
    connection: &mut PgConnection,
    asked: &BeforeBuying,
) -> Result<Standing, StoreError> {
    let text = "SELECT FALSE, film_sid, 0::bigint, 0::bigint FROM stopped_screening WHERE film_sid = ANY($1)
                UNION ALL
                SELECT TRUE, wanted.id, counted.all_of_them, counted.unpaid FROM unnest($2::bigint[]) AS wanted (id),
                LATERAL (SELECT count(*) AS all_of_them, count(*) FILTER (WHERE state = 1) AS unpaid FROM
                    (SELECT state FROM orders WHERE user_id = wanted.id AND created_at > $3
                     ORDER BY created_at DESC LIMIT $4) latest) counted";
    let BeforeBuying { film_sids, user_ids, since, most } = asked;
    let rows = sqlx::query_as(text).bind(film_sids).bind(user_ids).bind(since).bind(i64::from(*most));
    let rows: Vec<(bool, i64, i64, i64)> = rows.fetch_all(connection).await?;
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let mut standing = Standing::default();
    for (of_a_buyer, id, all, unpaid) in rows {
        if of_a_buyer {
            standing.recent.push(RecentOrders { user_id: id, all: number(all), unpaid: number(unpaid) });
        } else {
            standing.stopped.push(id);
        }
    }
    Ok(standing)
}
