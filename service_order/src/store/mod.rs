//! What the order service keeps, and how a batch of changes reaches it.
//!
//! The rules are in `domain` and `committer`; a store only reads and writes rows.

pub mod reads;
mod rows;
pub mod sqlite;
pub mod upkeep;

use std::sync::Arc;

use micro::{BoxError, Problem};

use crate::domain::order::{Aggregate, LedgerRow, Order};

/// A seat claimed by an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The screening.
    pub film_sid: i64,
    /// The seat.
    pub seat: Arc<str>,
    /// Whose it is.
    pub order_id: i64,
}

/// An idempotency key that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedKey {
    /// Who used it.
    pub user_id: i64,
    /// The key.
    pub name: Arc<str>,
    /// Of the operation and its content: the same key with another is refused.
    pub fingerprint: i64,
    /// The order it was about.
    pub order_id: i64,
    /// The order, payment or refund it made.
    pub reference: i64,
    /// When.
    pub created_at: i64,
}

/// What a batch changes.
#[derive(Default)]
pub struct Changes<'a> {
    /// Orders to insert.
    pub opened: Vec<&'a Order>,
    /// Orders that were loaded, before and after.
    pub changed: Vec<(Aggregate, Aggregate)>,
    /// Rows of the ledger: order, currency, row.
    pub ledger: Vec<(i64, Arc<str>, LedgerRow)>,
    /// Claims to give up.
    pub released: Vec<Claim>,
    /// Keys that were used.
    pub keys: Vec<UsedKey>,
    /// Screenings that are no longer sold.
    pub stopped: Vec<(i64, i64)>,
}

/// Why a batch was not written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else has what it needs; the batch can be tried again.
    #[error("the database is busy: {0}")]
    Busy(#[source] BoxError),
    /// Anything else.
    #[error("the database failed: {0}")]
    Failed(#[source] BoxError),
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy(_) => Problem::overloaded().caused_by(error),
            StoreError::Failed(_) => {
                Problem::unavailable("STORAGE_FAILED", "nothing was done: it could not be stored; try again")
                    .caused_by(error)
            }
        }
    }
}

/// One transaction of a batch; dropped without `commit` it leaves no trace.
///
/// Used on a thread of its own, so its futures need not be `Send`.
#[allow(async_fn_in_trait)]
pub trait Transaction {
    /// The keys of these that were used.
    async fn used_keys(&mut self, keys: &[(i64, Arc<str>)]) -> Result<Vec<UsedKey>, StoreError>;
    /// Those of these screenings that are no longer sold.
    async fn stopped(&mut self, film_sids: &[i64]) -> Result<Vec<i64>, StoreError>;
    /// How many unpaid orders each of these buyers has, among their latest 100.
    async fn open_orders(&mut self, user_ids: &[i64]) -> Result<Vec<(i64, u32)>, StoreError>;
    /// These orders, with all that happened to them.
    async fn orders(&mut self, order_ids: &[i64]) -> Result<Vec<Aggregate>, StoreError>;
    /// Claims what is free; says for each whether it was.
    async fn claim(&mut self, claims: &[Claim]) -> Result<Vec<bool>, StoreError>;
    /// Gives up claims, where they are the order's.
    async fn release(&mut self, claims: &[Claim]) -> Result<(), StoreError>;
    /// Writes rows.
    async fn write(&mut self, changes: &Changes<'_>) -> Result<(), StoreError>;
    /// Makes it durable.
    async fn commit(self) -> Result<(), StoreError>;
}

/// Where batches are written.
#[allow(async_fn_in_trait)]
pub trait Store {
    /// Its transactions.
    type Transaction<'a>: Transaction
    where
        Self: 'a;
    /// Begins one.
    async fn begin(&mut self) -> Result<Self::Transaction<'_>, StoreError>;
}
