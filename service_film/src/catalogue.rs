//! The service's parts and what its handlers share.

use std::sync::Arc;

use contract::film::HallInfo;
use micro::{Clock, Problem, RequestContext, Tasks};
use prost::Message;
use tokio::sync::Semaphore;

use crate::frozen::Frozen;
use crate::orders::Orders;
use crate::rounds::Rounds;
use crate::store::{By, Once, Store};

/// Watchers of seats at a time in one process: as many as its port takes connections.
pub const MAX_WATCHERS: usize = 20_000;

/// What every handler works with.
pub struct Catalogue {
    /// What time it is.
    pub clock: Clock,
    /// The database.
    pub store: Store,
    /// Plans and prices by version.
    pub frozen: Frozen,
    /// The order service.
    pub orders: Orders,
    /// Seat maps that are being read.
    pub halls: Rounds<Arc<HallInfo>>,
    /// Places for those who watch seats.
    pub watchers: Arc<Semaphore>,
    /// Ends with the process.
    pub tasks: Tasks,
}

impl Catalogue {
    /// The request as one that may be repeated, if it has a key.
    #[must_use]
    pub fn once(&self, context: &RequestContext, method: &str, message: &impl Message) -> Option<Once> {
        // Encoding is not free, and most requests have no key.
        context.idempotency_key.as_ref()?;
        Once::of(context, method, &[&message.encode_to_vec()], self.clock.now_ms())
    }

    /// Who sent the request, for the log of changes.
    #[must_use]
    pub fn by(&self, context: &RequestContext) -> By {
        By::of(context, self.clock.now_ms())
    }

    /// Has the orders of a cancelled screening refunded, and remembers that this is done.
    ///
    /// # Errors
    /// The order service's or the database's; the background work tries again.
    pub async fn tell_cancelled(&self, film_sid: i64) -> Result<(), Problem> {
        self.orders.cancel_screening(film_sid).await?;
        self.store.cancellation_told(film_sid).await
    }
}
