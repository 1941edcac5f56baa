//! SQLite in memory that is busy or fails when chance says so.

use std::path::Path;
use std::sync::Arc;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rusqlite::Connection;

use crate::domain::order::Aggregate;
use crate::store::sqlite::{Sqlite, SqliteTransaction};
use crate::store::{BeforeBuying, Changes, Claim, Standing, Store, StoreError, Transaction, UsedKey};

/// Probability that one call of the store fails.
const FAULT: f64 = 0.01;

pub struct Faulty {
    store: Sqlite,
    random: SmallRng,
}

pub struct FaultyTransaction<'a> {
    inner: SqliteTransaction<'a>,
    random: &'a mut SmallRng,
}

impl Faulty {
    pub fn new(seed: u64) -> Self {
        let store = Sqlite::open(Path::new(":memory:")).unwrap();
        for migration in crate::SQLITE_MIGRATIONS.iter() {
            store.connection().execute_batch(migration.sql.as_str()).unwrap();
        }
        Self { store, random: SmallRng::seed_from_u64(seed ^ 0x5eed) }
    }

    pub fn connection(&self) -> &Connection {
        self.store.connection()
    }
}

fn chance(random: &mut SmallRng) -> Result<(), StoreError> {
    if !random.random_bool(FAULT) {
        return Ok(());
    }
    let busy = random.random_bool(0.5);
    Err(if busy { StoreError::Busy("by chance".into()) } else { StoreError::Failed("by chance".into()) })
}

impl Store for Faulty {
    type Transaction<'a> = FaultyTransaction<'a>;

    async fn begin(&mut self) -> Result<FaultyTransaction<'_>, StoreError> {
        chance(&mut self.random)?;
        Ok(FaultyTransaction { inner: self.store.begin().await?, random: &mut self.random })
    }
}

impl Transaction for FaultyTransaction<'_> {
    async fn used_keys(&mut self, keys: &[(i64, Arc<str>)]) -> Result<Vec<UsedKey>, StoreError> {
        chance(self.random)?;
        self.inner.used_keys(keys).await
    }

    async fn before_buying(&mut self, asked: &BeforeBuying) -> Result<Standing, StoreError> {
        chance(self.random)?;
        self.inner.before_buying(asked).await
    }

    async fn orders(&mut self, order_ids: &[i64]) -> Result<Vec<Aggregate>, StoreError> {
        chance(self.random)?;
        self.inner.orders(order_ids).await
    }

    async fn claim(&mut self, claims: &[Claim]) -> Result<Vec<bool>, StoreError> {
        chance(self.random)?;
        self.inner.claim(claims).await
    }

    async fn release(&mut self, claims: &[Claim]) -> Result<(), StoreError> {
        chance(self.random)?;
        self.inner.release(claims).await
    }

    async fn write(&mut self, changes: &Changes<'_>) -> Result<(), StoreError> {
        self.inner.write(changes).await?;
        // The rows are written and are to leave no trace.
        chance(self.random)
    }

    async fn commit(self) -> Result<(), StoreError> {
        chance(self.random)?;
        self.inner.commit().await
    }
}
