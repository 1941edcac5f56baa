//! Reading once for all who ask at the same time.
//!
//! When sales open, thousands ask for one seat map in the same moment. As with purchases in the
//! order service, those who come while one reading is under way wait for the next, and share it.

use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::Mutex as Queue;

/// What takes longer is not waited for by others: it may have met a node that hangs, and the next
/// in line meets another.
const PATIENCE: Duration = Duration::from_millis(250);

/// Readings under way, by what is read.
pub struct Rounds<V>(Mutex<HashMap<i64, Arc<Reading<V>>>>);

/// What the last round read, and when it began. Who waits for the next stands in line here.
type Reading<V> = Queue<Option<(Instant, V)>>;

impl<V> Default for Rounds<V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<V: Clone> Rounds<V> {
    /// What `read` gives, or what somebody else read who began after this was called: it is never
    /// older than the question.
    ///
    /// # Errors
    /// Those of `read`. Nobody shares them: the next in line reads for themselves.
    pub async fn read<E>(&self, key: i64, read: impl Future<Output = Result<V, E>>) -> Result<V, E> {
        let asked = Instant::now();
        let place = self.place(key);
        let mut last = place.reading.lock().await;
        if let Some((_, value)) = last.as_ref().filter(|(began, _)| *began > asked) {
            return Ok(value.clone());
        }
        let began = Instant::now();
        let mut read = pin!(read);
        let Ok(value) = tokio::time::timeout(PATIENCE, &mut read).await else {
            drop(last);
            return read.await;
        };
        let value = value?;
        *last = Some((began, value.clone()));
        Ok(value)
    }

    fn place(&self, key: i64) -> Place<'_, V> {
        let reading = self.0.lock().entry(key).or_default().clone();
        Place { rounds: self, key, reading }
    }
}

/// A place in line, also of those who stop waiting.
struct Place<'a, V> {
    rounds: &'a Rounds<V>,
    key: i64,
    reading: Arc<Reading<V>>,
}

impl<V> Drop for Place<'_, V> {
    fn drop(&mut self) {
        let mut all = self.rounds.0.lock();
        // The map has one, this is the other: nobody waits, so nothing is kept.
        if Arc::strong_count(&self.reading) == 2 {
            all.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures_util::FutureExt;
    use futures_util::future::join_all;
    use tokio::sync::Notify;

    use super::*;

    /// A shop window whose readings can be held up.
    #[derive(Default)]
    struct Window {
        rounds: Rounds<u32>,
        shows: AtomicU32,
        readings: AtomicU32,
        hold: Notify,
    }

    impl Window {
        async fn look(&self) -> u32 {
            let read = async {
                self.readings.fetch_add(1, Ordering::Relaxed);
                let seen = self.shows.load(Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok::<_, Infallible>(seen)
            };
            self.rounds.read(1, read).await.unwrap_or_else(|never| match never {})
        }
    }

    #[tokio::test]
    async fn those_who_come_meanwhile_share_the_next_reading_which_is_never_older_than_they() {
        let window = Window::default();
        let first = window.look();
        let others = async {
            // The first has read the old state, and has not answered yet.
            window.shows.store(7, Ordering::Relaxed);
            join_all((0..100).map(|_| window.look())).await
        };
        let (first, others) = tokio::join!(biased; first, others);
        assert_eq!((first, others), (0, vec![7; 100]));
        assert_eq!(window.readings.load(Ordering::Relaxed), 2);
        // Nothing is remembered once nobody waits.
        window.shows.store(8, Ordering::Relaxed);
        assert!(window.rounds.0.lock().is_empty());
        assert_eq!(window.look().await, 8);
    }

    #[tokio::test]
    async fn who_leaves_fails_or_hangs_holds_nobody_up() {
        let window = Window::default();
        let held = || {
            let read = async {
                window.hold.notified().await;
                Ok::<_, Infallible>(9)
            };
            window.rounds.read(1, read)
        };
        // Polled once, so that it has begun, and then given up.
        assert!(held().now_or_never().is_none());
        let fails = window.rounds.read(1, async { Err("away") });
        let looks = async {
            let seen = window.look().await;
            // Only now the one before it gets its answer.
            window.hold.notify_one();
            seen
        };
        let all = async { tokio::join!(biased; held(), fails, looks) };
        let all = tokio::time::timeout(Duration::from_secs(10), all).await;
        assert_eq!(all, Ok((Ok(9), Err("away"), 0)));
        assert!(window.rounds.0.lock().is_empty());
    }
}
