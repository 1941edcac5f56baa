//! Attempts counted by some key, in bounded memory, and turns to make one.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use micro::Clock;
use quick_cache::sync::Cache;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

use crate::domain::Refusal;
use crate::domain::attempts::{AttemptRule, Attempts};

/// Attempts on one key that may wait for their turn; a rush of more is one that nobody means well.
const MAX_WAITING: u32 = 256;

/// Attempts counted by some key. Keys are kept as 64-bit hashes under a secret
/// of the process, so an entry's size does not depend on what callers send.
pub struct Limiter {
    rule: AttemptRule,
    counted: Cache<u64, Attempts>,
    /// Keys with attempts under way: no more than there are requests.
    under_way: Mutex<HashMap<u64, UnderWay>>,
    hash: RandomState,
    clock: Clock,
}

#[derive(Default)]
struct UnderWay {
    running: u32,
    waiting: u32,
    ended: Arc<Notify>,
}

/// An attempt under way; it does not count unless said so. Dropped, it makes room for the next.
#[must_use]
pub struct Turn {
    limiter: Arc<Limiter>,
    key: u64,
}

impl Limiter {
    /// Remembers so many keys; the least used go first.
    #[must_use]
    pub fn new(rule: AttemptRule, remembered: usize, clock: Clock) -> Self {
        Self {
            rule,
            counted: Cache::new(remembered),
            under_way: Mutex::default(),
            hash: RandomState::new(),
            clock,
        }
    }

    /// Counts an attempt that counts whatever comes of it.
    ///
    /// # Errors
    /// [`Refusal::TooManyAttempts`] where it comes too early.
    pub fn attempt(&self, key: &str) -> Result<(), Refusal> {
        let key = self.hash.hash_one(key);
        let _order = self.under_way();
        let next = self.rule.attempt(self.so_far(key), self.clock.now_ms()).map_err(too_many)?;
        self.counted.insert(key, next);
        Ok(())
    }

    /// Begins an attempt. So many are under way at a time as may all turn out
    /// wrong; one more waits until one of them has ended.
    ///
    /// # Errors
    /// [`Refusal::TooManyAttempts`] where it comes too early, or too many wait already.
    pub async fn begin(self: &Arc<Self>, key: &str) -> Result<Turn, Refusal> {
        let key = self.hash.hash_one(key);
        loop {
            let Some(ended) = self.try_begin(key)? else {
                return Ok(Turn { limiter: self.clone(), key });
            };
            let _place = Place { limiter: self, key };
            ended.await;
        }
    }

    /// Nothing where the attempt has begun; where it has to wait, what tells of an end.
    fn try_begin(&self, key: u64) -> Result<Option<OwnedNotified>, Refusal> {
        let mut all = self.under_way();
        let (so_far, now_ms) = (self.so_far(key), self.clock.now_ms());
        self.rule.check(so_far, now_ms).map_err(too_many)?;
        let of_key = all.entry(key).or_default();
        if of_key.running < self.rule.at_once(so_far, now_ms) {
            of_key.running += 1;
            return Ok(None);
        }
        if of_key.waiting >= MAX_WAITING {
            return Err(too_many(self.rule.first_pause_ms));
        }
        of_key.waiting += 1;
        // Made under the lock: no end from now on is missed.
        Ok(Some(of_key.ended.clone().notified_owned()))
    }

    fn so_far(&self, key: u64) -> Attempts {
        self.counted.get(&key).unwrap_or_default()
    }

    /// Changes what is under way of a key, and lets go of a key that has nothing left.
    fn change(&self, key: u64, change: impl FnOnce(&mut UnderWay)) {
        let mut all = self.under_way();
        let Some(of_key) = all.get_mut(&key) else { return };
        change(of_key);
        if of_key.running == 0 && of_key.waiting == 0 {
            all.remove(&key);
        }
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<u64, UnderWay>> {
        // Numbers alone are changed under it: a panic elsewhere leaves them whole.
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// It counts; gives back the pause that follows, milliseconds.
    pub fn count(self) -> i64 {
        let limiter = &self.limiter;
        let _order = limiter.under_way();
        let next = limiter.rule.count(limiter.so_far(self.key), limiter.clock.now_ms());
        limiter.counted.insert(self.key, next);
        limiter.rule.pause_ms(next.counted)
    }

    /// It does not, and neither do those before it any longer.
    pub fn forget(self) {
        self.limiter.counted.remove(&self.key);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.limiter.change(self.key, |of_key| {
            of_key.running = of_key.running.saturating_sub(1);
            of_key.ended.notify_waiters();
        });
    }
}

/// Somebody who waits, or has given up waiting once this is dropped.
struct Place<'a> {
    limiter: &'a Limiter,
    key: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.limiter.change(self.key, |of_key| of_key.waiting = of_key.waiting.saturating_sub(1));
    }
}

fn too_many(retry_after_ms: i64) -> Refusal {
    Refusal::TooManyAttempts { retry_after_ms }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::AttemptConfig;

    fn limiter(free: u32) -> Arc<Limiter> {
        let rule = AttemptConfig::default().rule(free);
        Arc::new(Limiter::new(rule, 100, Clock::simulated(1_000_000)))
    }

    #[tokio::test]
    async fn right_ones_in_a_rush_wait_for_each_other() {
        let limiter = limiter(3);
        let each = (0..100).map(|_| async {
            let turn = limiter.begin("place").await?;
            tokio::task::yield_now().await;
            drop(turn);
            Ok::<_, Refusal>(())
        });
        for done in futures_util::future::join_all(each).await {
            done.unwrap();
        }
        assert!(limiter.under_way().is_empty());
    }

    #[tokio::test]
    async fn a_guesser_gets_no_more_tries_at_once_than_one_by_one() {
        let limiter = limiter(3);
        let each = (0..100).map(|_| async {
            let turn = limiter.begin("place").await?;
            tokio::task::yield_now().await;
            turn.count();
            Ok::<_, Refusal>(())
        });
        let tried = futures_util::future::join_all(each).await;
        assert_eq!(tried.iter().filter(|tried| tried.is_ok()).count(), 3);
        assert!(limiter.under_way().is_empty());
    }

    #[tokio::test]
    async fn who_gives_up_waiting_leaves_nothing_behind() {
        let limiter = limiter(1);
        let turn = limiter.begin("place").await.unwrap();
        let waited = tokio::time::timeout(std::time::Duration::ZERO, limiter.begin("place")).await;
        assert!(waited.is_err());
        drop(turn);
        assert!(limiter.under_way().is_empty());
    }

    #[test]
    fn memory_is_bounded() {
        let limiter = limiter(1);
        for number in 0..10_000 {
            let _ = limiter.attempt(&format!("name {number}"));
        }
        assert!(limiter.counted.len() <= 100);
    }
}
