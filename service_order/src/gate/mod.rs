//! The seat gate: turns requests for seats that are gone away before the database sees them.
//!
//! An accelerator, never the truth: what it forgot, or got wrong, the primary
//! key of `seat_claim` decides. It is in the process where there is one
//! ([`embedded`]), and in Redis where there are several ([`redis`]).

mod embedded;
mod redis;

use std::sync::Arc;

use micro::{Problem, Tasks};
use tokio::sync::broadcast;
use tokio::time::Instant;

use crate::committer::{Answer, Committed, SeatBecomes};
use crate::domain::facts::{Facts, SeatIndex};
use crate::metrics;
use crate::store::reads::Reads;

/// Changes a slow watcher may be behind before it is given a new snapshot.
const WATCHER_LAG: usize = 256;

/// The gate of all screenings.
#[derive(Clone)]
pub enum Gate {
    /// Of this process alone.
    Embedded(embedded::Halls),
    /// Shared by several processes.
    Redis(redis::Screenings),
}

/// The gate of one screening.
pub enum Hall {
    /// Of this process alone.
    Embedded(Arc<embedded::Hall>),
    /// Shared by several processes.
    Redis(redis::Hall),
}

/// Seats kept for a purchase that is being decided; dropped, what was not committed comes free.
pub enum Hold {
    /// In this process.
    Embedded(embedded::Hold),
    /// In Redis.
    Redis(redis::Hold),
}

/// Seats by index, as the facts count them.
pub type Seats<'a> = &'a [SeatIndex];

/// The seats of a screening as they change.
pub type Updates = broadcast::Receiver<Arc<Change>>;

/// What a watcher is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Some seats changed.
    Update(Update),
    /// Everything anew: single changes may have been missed.
    Snapshot(Snapshot),
}

/// Seats that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// One more than that of the change before.
    pub sequence: i64,
    /// The seats and what they became.
    pub seats: Vec<(Arc<str>, SeatBecomes)>,
}

/// All seats that are not free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last change contained.
    pub sequence: i64,
    /// Seats in unpaid orders.
    pub held: Vec<Arc<str>>,
    /// Seats sold.
    pub sold: Vec<Arc<str>>,
}

impl Gate {
    /// A gate in this process, read from the database.
    #[must_use]
    pub fn embedded(reads: Reads) -> Self {
        Self::Embedded(embedded::Halls::new(reads))
    }

    /// A gate in Redis, made from the database where Redis does not have it.
    #[must_use]
    pub fn redis(redis: micro::redis::Redis, reads: Reads, clock: micro::Clock, tasks: &Tasks) -> Self {
        Self::Redis(redis::Screenings::start(redis, reads, clock, tasks))
    }

    /// The gate of a screening.
    ///
    /// # Errors
    /// The database's, where the gate is not known and is read from it.
    pub async fn hall(&self, facts: &Arc<Facts>, now_ms: i64) -> Result<Hall, Problem> {
        match self {
            Self::Embedded(halls) => Ok(Hall::Embedded(halls.hall(facts, now_ms).await?)),
            Self::Redis(screenings) => Ok(Hall::Redis(screenings.hall(facts))),
        }
    }

    /// Takes note of what was committed, and then has the answers given. In the order of the commits.
    pub fn committed(&self, committed: Committed) {
        match self {
            Self::Embedded(halls) => {
                halls.committed(&committed.events, committed.certain);
                committed.answers.give();
            }
            Self::Redis(screenings) => screenings.committed(committed),
        }
    }

    /// Ends a hold as the purchase ended.
    pub fn ended(&self, film_sid: i64, hold: Hold, answer: &Answer) {
        let refused = answer.as_ref().is_err_and(|problem| problem.reason() == "SEATS_TAKEN");
        if refused {
            metrics::conflict();
        }
        match (self, hold) {
            (Self::Embedded(halls), Hold::Embedded(hold)) => {
                drop(hold);
                if refused {
                    // The gate thought they were free: it is read anew.
                    halls.forget(film_sid);
                }
            }
            (Self::Redis(_), Hold::Redis(hold)) => hold.end(answer.is_ok(), refused),
            (Self::Embedded(_), Hold::Redis(_)) | (Self::Redis(_), Hold::Embedded(_)) => {}
        }
    }
}

impl Hall {
    /// Keeps seats for a purchase that is being decided: all of them, or none.
    ///
    /// `deadline` is when the purchase is given up, where that is known.
    ///
    /// # Errors
    /// The seats that are not free.
    pub async fn want(&self, seats: Seats<'_>, deadline: Option<Instant>) -> Result<Hold, Vec<SeatIndex>> {
        let kept = match self {
            Self::Embedded(hall) => hall.want(seats).map(Hold::Embedded),
            // On the heap, so that a purchase without Redis does not carry its size.
            Self::Redis(hall) => Box::pin(hall.want(seats, deadline)).await.map(Hold::Redis),
        };
        metrics::wanted(kept.is_ok());
        kept
    }

    /// All seats that are not free: with everything this process answered before, and at most a second old.
    ///
    /// # Errors
    /// The database's, where the gate does not know.
    pub async fn snapshot(&self) -> Result<Snapshot, Problem> {
        match self {
            Self::Embedded(hall) => Ok(hall.snapshot()),
            Self::Redis(hall) => Box::pin(hall.snapshot()).await,
        }
    }

    /// All seats that are not free, and every change from then on. When the
    /// changes end, the hall is to be asked for again.
    ///
    /// # Errors
    /// As [`snapshot`](Self::snapshot).
    pub async fn watch(&self) -> Result<(Snapshot, Updates), Problem> {
        match self {
            Self::Embedded(hall) => Ok(hall.watch()),
            Self::Redis(hall) => Box::pin(hall.watch()).await,
        }
    }

    /// Names of seats.
    #[must_use]
    pub fn names(&self, seats: Seats<'_>) -> Vec<&str> {
        let facts = match self {
            Self::Embedded(hall) => hall.facts(),
            Self::Redis(hall) => hall.facts(),
        };
        seats.iter().filter_map(|index| facts.seat(*index)).map(|seat| &*seat.name).collect()
    }
}
