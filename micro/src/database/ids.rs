//! Ids from blocks leased in the database: one round trip for thousands of ids.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::Database;
use crate::Problem;

/// A source of ids that no other process hands out.
///
/// The table `id_block (name TEXT PRIMARY KEY, next_id BIGINT NOT NULL)` is part
/// of a service's first migration. A process that ends leaves the rest of its
/// block unused.
#[derive(Clone)]
pub struct Ids(Arc<Inner>);

struct Inner {
    database: Database,
    name: &'static str,
    size: i64,
    lease: Mutex<std::ops::Range<i64>>,
}

/// Takes the next block of `$2` ids of kind `$1`, beginning at 1.
pub const LEASE: &str = "INSERT INTO id_block (name, next_id) VALUES ($1, $2 + 1) \
     ON CONFLICT (name) DO UPDATE SET next_id = id_block.next_id + $2 RETURNING next_id";

impl Ids {
    /// Ids of kind `name`, leased `size` at a time.
    #[must_use]
    pub fn new(database: Database, name: &'static str, size: i64) -> Self {
        Self(Arc::new(Inner { database, name, size, lease: Mutex::new(0..0) }))
    }

    /// The next id, positive.
    ///
    /// # Errors
    /// The database's.
    pub async fn next(&self) -> Result<i64, Problem> {
        let mut lease = self.0.lease.lock().await;
        if lease.is_empty() {
            // Boxed, as it is rarely needed: what every request carries along stays small.
            let end = Box::pin(self.lease()).await?;
            *lease = end - self.0.size..end;
        }
        let id = lease.start;
        lease.start += 1;
        Ok(id)
    }

    /// Takes the next block; gives the id after its last.
    async fn lease(&self) -> Result<i64, Problem> {
        let mut transaction = self.0.database.begin_write().await?;
        let taken = sqlx::query_scalar(LEASE).bind(self.0.name).bind(self.0.size);
        let end = taken.fetch_one(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(end)
    }
}
