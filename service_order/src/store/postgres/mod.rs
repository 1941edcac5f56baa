//! Batches on PostgreSQL: one connection, a statement for all rows of a kind.
//!
//! Several processes write to the same database. What they must agree on is
//! locked by the rows themselves: an order's row while it is decided on, a
//! claim's key while it is taken. Rows are always locked in the order of their
//! keys, so that two batches rarely wait for each other in a circle; where they
//! do, the database ends one of them and it is run again.

mod connection;
mod reading;
mod writing;

use std::collections::HashSet;
use std::sync::Arc;

use sqlx::{Connection, PgConnection, Postgres as Pg};

use super::{Changes, Claim, Store, StoreError, Transaction, UsedKey};
use crate::domain::order::Aggregate;

pub use connection::Postgres;

impl Store for Postgres {
    type Transaction<'a> = PostgresTransaction<'a>;

    async fn begin(&mut self) -> Result<PostgresTransaction<'_>, StoreError> {
        let connection = self.connected().await?;
        Ok(PostgresTransaction(connection.begin().await?))
    }
}

/// A transaction on PostgreSQL; dropped, it is rolled back before the connection's next use.
pub struct PostgresTransaction<'a>(sqlx::Transaction<'a, Pg>);

impl Transaction for PostgresTransaction<'_> {
    async fn used_keys(&mut self, keys: &[(i64, Arc<str>)]) -> Result<Vec<UsedKey>, StoreError> {
        let (users, names): (Vec<i64>, Vec<&str>) = keys.iter().map(|(user, name)| (*user, &**name)).unzip();
        let text = "SELECT user_id, name, fingerprint, order_id, reference, created_at FROM idempotency_key
                    JOIN unnest($1::bigint[], $2::text[]) AS wanted (u, n) ON user_id = u AND name = n";
        let rows: Vec<(i64, String, i64, i64, i64, i64)> =
            sqlx::query_as(text).bind(users).bind(names).fetch_all(self.connection()).await?;
        let key =
            |(user_id, name, fingerprint, order_id, reference, created_at): (i64, String, _, _, _, _)| {
                UsedKey { user_id, name: name.into(), fingerprint, order_id, reference, created_at }
            };
        Ok(rows.into_iter().map(key).collect())
    }

    async fn stopped(&mut self, film_sids: &[i64]) -> Result<Vec<i64>, StoreError> {
        let text = "SELECT film_sid FROM stopped_screening WHERE film_sid = ANY($1)";
        Ok(sqlx::query_scalar(text).bind(film_sids).fetch_all(self.connection()).await?)
    }

    async fn open_orders(&mut self, user_ids: &[i64]) -> Result<Vec<(i64, u32)>, StoreError> {
        let text = "SELECT wanted.id, (SELECT count(*) FROM
                        (SELECT state FROM orders WHERE user_id = wanted.id ORDER BY order_id DESC LIMIT 100) latest
                        WHERE state = 1)
                    FROM unnest($1::bigint[]) AS wanted (id)";
        let rows: Vec<(i64, i64)> = sqlx::query_as(text).bind(user_ids).fetch_all(self.connection()).await?;
        Ok(rows.into_iter().map(|(id, count)| (id, u32::try_from(count).unwrap_or(u32::MAX))).collect())
    }

    async fn orders(&mut self, order_ids: &[i64]) -> Result<Vec<Aggregate>, StoreError> {
        reading::orders(self.connection(), order_ids).await
    }

    async fn claim(&mut self, claims: &[Claim]) -> Result<Vec<bool>, StoreError> {
        let (sids, seats, orders) = writing::columns(&sorted(claims));
        let text = "INSERT INTO seat_claim (film_sid, seat, order_id)
                    SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])
                    ON CONFLICT DO NOTHING RETURNING film_sid, seat, order_id";
        let got: Vec<(i64, String, i64)> =
            sqlx::query_as(text).bind(sids).bind(seats).bind(orders).fetch_all(self.connection()).await?;
        let got: HashSet<(i64, &str, i64)> =
            got.iter().map(|(sid, seat, order)| (*sid, &**seat, *order)).collect();
        Ok(claims.iter().map(|claim| got.contains(&(claim.film_sid, &*claim.seat, claim.order_id))).collect())
    }

    async fn release(&mut self, claims: &[Claim]) -> Result<(), StoreError> {
        writing::release(self.connection(), claims).await
    }

    async fn write(&mut self, changes: &Changes<'_>) -> Result<(), StoreError> {
        writing::write(self.connection(), changes).await
    }

    async fn commit(self) -> Result<(), StoreError> {
        self.0.commit().await.map_err(|error| match &error {
            // The database said no, so nothing was done. Silence may mean either.
            sqlx::Error::Database(_) => error.into(),
            _ => StoreError::Unknown(error.into()),
        })
    }
}

impl PostgresTransaction<'_> {
    fn connection(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

/// In the order of their keys.
fn sorted(claims: &[Claim]) -> Vec<&Claim> {
    let mut claims: Vec<&Claim> = claims.iter().collect();
    claims.sort_unstable_by(|a, b| (a.film_sid, &a.seat).cmp(&(b.film_sid, &b.seat)));
    claims
}

/// Another transaction was in the way; the same again may succeed.
/// <https://www.postgresql.org/docs/15/errcodes-appendix.html>
const IN_THE_WAY: [&str; 4] = [
    "40001", // serialization_failure
    "40P01", // deadlock_detected
    "55P03", // lock_not_available
    "23505", // unique_violation: another process used the same idempotency key just now
];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) => {
                let code = inner.code().unwrap_or_default();
                // Class 57 is an operator's doing: shutdown, fail-over, cancelled statement.
                if IN_THE_WAY.contains(&&*code) || code.starts_with("57") {
                    Self::Busy(error.into())
                } else {
                    Self::Failed(error.into())
                }
            }
            sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::Tls(_) => Self::Gone(error.into()),
            _ => Self::Failed(error.into()),
        }
    }
}
