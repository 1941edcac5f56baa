//! What the order service keeps, and how a batch of changes reaches it.
//!
//! The rules are in `domain` and `committer`; a store only reads and writes rows.

mod changes;
pub mod postgres;
pub mod reads;
mod rows;
pub mod sqlite;
pub mod upkeep;

use std::sync::Arc;

use micro::{BoxError, Problem};

use crate::domain::order::Aggregate;

pub use changes::{Booking, Changes, StaffAct};

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

/// Why a batch was not written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else has what it needs; the batch can be tried again.
    #[error("the database is busy: {0}")]
    Busy(#[source] BoxError),
    /// It cannot be reached, and nothing was done; it may be back in a moment.
    #[error("the database is away: {0}")]
    Gone(#[source] BoxError),
    /// It went away while it was making the batch durable: it may have been done, or not.
    #[error("whether the database has done it is not known: {0}")]
    Unknown(#[source] BoxError),
    /// Anything else.
    #[error("the database failed: {0}")]
    Failed(#[source] BoxError),
}

impl StoreError {
    /// The same, for one more who is to be told.
    #[must_use]
    pub fn again(&self) -> Self {
        let text = |cause: &BoxError| BoxError::from(cause.to_string());
        match self {
            Self::Busy(cause) => Self::Busy(text(cause)),
            Self::Gone(cause) => Self::Gone(text(cause)),
            Self::Unknown(cause) => Self::Unknown(text(cause)),
            Self::Failed(cause) => Self::Failed(text(cause)),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy(_) => Problem::overloaded().caused_by(error),
            StoreError::Gone(_) | StoreError::Failed(_) => {
                Problem::unavailable("STORAGE_FAILED", "nothing was done: it could not be stored; try again")
                    .caused_by(error)
            }
            StoreError::Unknown(_) => {
                let message = "it may or may not have been done: look at your orders, or repeat it with the same \
                               idempotency-key";
                Problem::unavailable("OUTCOME_UNKNOWN", message).caused_by(error)
            }
        }
    }
}

/// What is asked before seats are sold, in one go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BeforeBuying {
    /// Screenings: which of them are no longer sold?
    pub film_sids: Vec<i64>,
    /// Buyers: how many orders did each open lately?
    pub user_ids: Vec<i64>,
    /// After this time, milliseconds UTC.
    pub since: i64,
    /// The newest so many of a buyer are looked at.
    pub most: u32,
}

/// The answers to [`BeforeBuying`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Screenings that are no longer sold.
    pub stopped: Vec<i64>,
    /// What the buyers opened.
    pub recent: Vec<RecentOrders>,
}

/// Orders of a buyer that were opened lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentOrders {
    /// Whose.
    pub user_id: i64,
    /// How many.
    pub all: u32,
    /// Those of them that are unpaid.
    pub unpaid: u32,
}

/// One transaction of a batch; dropped without `commit` it leaves no trace.
///
/// Used on a thread of its own, so its futures need not be `Send`.
#[allow(async_fn_in_trait)]
pub trait Transaction {
    /// The keys of these that were used.
    async fn used_keys(&mut self, keys: &[(i64, Arc<str>)]) -> Result<Vec<UsedKey>, StoreError>;
    /// How it stands with screenings and buyers.
    async fn before_buying(&mut self, asked: &BeforeBuying) -> Result<Standing, StoreError>;
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
