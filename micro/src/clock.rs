//! What time it is, or is taken to be.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A source of time: the system's, or one that a test moves.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    simulated: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The system's time.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A time that stands still until [`advance`](Self::advance), beginning at `start` (milliseconds, UTC).
    #[must_use]
    pub fn simulated(start: i64) -> Self {
        Self { simulated: Some(Arc::new(AtomicI64::new(start))) }
    }

    /// Milliseconds since 1970 in UTC.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        if let Some(time) = &self.simulated {
            return time.load(Ordering::SeqCst);
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    /// Moves a simulated time forward; the system's time is not ours to move.
    pub fn advance(&self, milliseconds: i64) {
        if let Some(time) = &self.simulated {
            time.fetch_add(milliseconds, Ordering::SeqCst);
        }
    }
}
