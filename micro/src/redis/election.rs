//! Which process does what one is enough for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Locks, Redis};
use crate::Tasks;

/// How long the others wait before they take the place of a process that died.
const LIFE: Duration = Duration::from_secs(3);
/// How often those who are not elected ask whether the place is free.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// Says whether this process is to do what one process is enough for.
///
/// What is elected for must be harmless when two do it: for a moment two may,
/// and while Redis is away all do.
#[derive(Clone)]
pub enum Election {
    /// There are no other processes.
    Alone,
    /// One of several is elected.
    Shared(Arc<Candidate>),
}

/// A process that stands for election.
pub struct Candidate {
    elected: AtomicBool,
    /// When Redis was last heard of.
    heard: Mutex<Instant>,
}

impl Election {
    /// Stands for the election of that name until the process stops.
    #[must_use]
    pub fn shared(redis: Redis, name: &'static str, tasks: &Tasks) -> Self {
        let candidate =
            Arc::new(Candidate { elected: AtomicBool::new(false), heard: Mutex::new(Instant::now()) });
        let standing = candidate.clone();
        tasks.spawn(
            "election",
            move |stop| async move { standing.stand(&Locks::new(redis), name, stop).await },
        );
        Self::Shared(candidate)
    }

    /// Whether this process is to do it now.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        match self {
            Self::Alone => true,
            Self::Shared(candidate) => {
                candidate.elected.load(Ordering::Acquire) || candidate.heard.lock().elapsed() >= LIFE
            }
        }
    }
}

impl Candidate {
    async fn stand(&self, locks: &Locks, name: &str, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match locks.acquire(name, "election", LIFE).await {
                Ok(Some(lock)) => {
                    *self.heard.lock() = Instant::now();
                    self.elected.store(true, Ordering::Release);
                    tracing::info!(name, number = lock.number(), "elected");
                    let _ = stop.run_until_cancelled(lock.lost().cancelled()).await;
                    self.elected.store(false, Ordering::Release);
                    lock.release().await;
                    continue;
                }
                Ok(None) => *self.heard.lock() = Instant::now(),
                Err(_) => {}
            }
            let _ = stop.run_until_cancelled(tokio::time::sleep(ASK_EVERY)).await;
        }
    }
}
