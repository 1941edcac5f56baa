//! Batches on PostgreSQL: one connection, a statement for all rows of a kind.
//!
//! Several processes write to the same database. What they must agree on is
//! locked by the rows themselves: an order's row while it is decided on, a
//! claim's key while it is taken. Rows are always locked in the order of their
//! keys, so that two batches rarely wait for each other in a circle; where they
//! do, the database ends one of them and it is run again.

mod asking;
mod connection;
mod reading;
mod writing;

use std::cell::Cell;
use std::sync::Arc;

use micro::database::{Moves, Trouble};
use sqlx::{Connection, PgConnection, Postgres as Pg};

use super::{BeforeBuying, Changes, Claim, Standing, Store, StoreError, Transaction, UsedKey};
use crate::domain::order::Aggregate;

pub use connection::Postgres;

use connection::Connected;

impl Store for Postgres {
    type Transaction<'a> = PostgresTransaction<'a>;

    async fn begin(&mut self) -> Result<PostgresTransaction<'_>, StoreError> {
        let Connected { connection, moves, lost, .. } = self.connected().await?;
        let begun = tokio::select! {
            begun = connection.begin() => begun.map_err(StoreError::from),
            () = moves.wait() => Err(moved()),
        };
        note(&begun, lost);
        Ok(PostgresTransaction { inner: begun?, moves, lost })
    }
}

/// A transaction on PostgreSQL; dropped, it is rolled back before the connection's next use.
///
/// It is given up as soon as another server takes writes: the one it is at may never answer.
pub struct PostgresTransaction<'a> {
    inner: sqlx::Transaction<'a, Pg>,
    moves: &'a mut Moves,
    lost: &'a Cell<bool>,
}

impl Transaction for PostgresTransaction<'_> {
    async fn used_keys(&mut self, keys: &[(i64, Arc<str>)]) -> Result<Vec<UsedKey>, StoreError> {
        self.with(async |connection| asking::used_keys(connection, keys).await).await
    }

    async fn before_buying(&mut self, asked: &BeforeBuying) -> Result<Standing, StoreError> {
        self.with(async |connection| asking::before_buying(connection, asked).await).await
    }

    async fn orders(&mut self, order_ids: &[i64]) -> Result<Vec<Aggregate>, StoreError> {
        self.with(async |connection| reading::orders(connection, order_ids).await).await
    }

    async fn claim(&mut self, claims: &[Claim]) -> Result<Vec<bool>, StoreError> {
        self.with(async |connection| writing::claim(connection, claims).await).await
    }

    async fn release(&mut self, claims: &[Claim]) -> Result<(), StoreError> {
        self.with(async |connection| writing::release(connection, claims).await).await
    }

    async fn write(&mut self, changes: &Changes<'_>) -> Result<(), StoreError> {
        self.with(async |connection| writing::write(connection, changes).await).await
    }

    async fn commit(self) -> Result<(), StoreError> {
        let Self { inner, moves, lost } = self;
        let done = tokio::select! {
            done = inner.commit() => done.map_err(|error| match &error {
                // The database said no, so nothing was done. Silence may mean either.
                sqlx::Error::Database(_) => error.into(),
                _ => StoreError::Unknown(error.into()),
            }),
            () = moves.wait() => Err(StoreError::Unknown(MOVED.into())),
        };
        note(&done, lost);
        done
    }
}

impl PostgresTransaction<'_> {
    async fn with<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let done = tokio::select! {
            done = work(&mut *self.inner) => done,
            () = self.moves.wait() => Err(moved()),
        };
        note(&done, self.lost);
        done
    }
}

const MOVED: &str = "another server takes writes now";

fn moved() -> StoreError {
    StoreError::Gone(MOVED.into())
}

/// Has a connection not used again where it failed. It may look well: a server that lost its
/// right to write still answers.
fn note<T>(done: &Result<T, StoreError>, lost: &Cell<bool>) {
    if matches!(done, Err(StoreError::Gone(_) | StoreError::Unknown(_))) {
        lost.set(true);
    }
}

/// In the order of their keys.
fn sorted(claims: &[Claim]) -> Vec<&Claim> {
    let mut claims: Vec<&Claim> = claims.iter().collect();
    claims.sort_unstable_by(|a, b| (a.film_sid, &a.seat).cmp(&(b.film_sid, &b.seat)));
    claims
}

/// Another process used the same idempotency key just now: run again, the batch finds it.
/// <https://www.postgresql.org/docs/15/errcodes-appendix.html>
const UNIQUE_VIOLATION: &str = "23505";

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let key_used = |error: &sqlx::Error| {
            error
                .as_database_error()
                .is_some_and(|inner| inner.code().is_some_and(|code| code == UNIQUE_VIOLATION))
        };
        match Trouble::of(&error) {
            Trouble::Away | Trouble::Lost => Self::Gone(error.into()),
            Trouble::Busy => Self::Busy(error.into()),
            Trouble::Other if key_used(&error) => Self::Busy(error.into()),
            Trouble::NoRoom | Trouble::Other => Self::Failed(error.into()),
        }
    }
}
