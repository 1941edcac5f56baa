//! A lock between processes, with an end and a number.
//!
//! A lock in Redis can be lost: its holder may be slow, or Redis may forget. So
//! what must not be done twice is not protected by the lock alone: each holder
//! has a number higher than those before it (a fencing token), and whoever is
//! written to refuses lower ones.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Failure, Redis, Script};

/// How long numbers are remembered, milliseconds: as they are never lower than
/// the time, forgetting them does no harm.
const REMEMBER_MS: u64 = 24 * 60 * 60 * 1000;
/// Renewals during the life of a lock: two may fail.
const RENEWALS: u32 = 3;

/// Takes the lock if nobody has it; gives its number, or 0.
static ACQUIRE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lock_acquire.lua")));
/// Lengthens the holder's time, or (0 ms) gives the lock back; says whether the caller was the holder.
static HOLD: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lock_hold.lua")));

/// Locks in Redis.
#[derive(Debug, Clone)]
pub struct Locks(Redis);

impl Locks {
    /// Locks in this Redis.
    #[must_use]
    pub fn new(redis: Redis) -> Self {
        Self(redis)
    }

    /// Takes a lock for at least `life`, lengthened for as long as it is kept; `None` where another has it.
    ///
    /// `tag` is the hash tag of the lock's keys: they live where the keys of that tag live.
    ///
    /// # Errors
    /// As [`Redis::query`].
    pub async fn acquire(&self, name: &str, tag: &str, life: Duration) -> Result<Option<Lock>, Failure> {
        let key = format!("{}:lock:{{{tag}}}:{name}", self.0.prefix());
        let numbers = format!("{key}:fence");
        let owner = format!("{:016x}", rand::random::<u64>());
        let asked = Instant::now();
        let number: i64 = self
            .0
            .run(&ACQUIRE, &[&key, &numbers], |call| {
                call.arg(&owner).arg(milliseconds(life)).arg(REMEMBER_MS);
            })
            .await?;
        if number == 0 {
            return Ok(None);
        }
        let held = Arc::new(Held {
            redis: self.0.clone(),
            key,
            owner,
            life,
            until: Mutex::new(asked + life),
            lost: CancellationToken::new(),
            ended: CancellationToken::new(),
        });
        tokio::spawn(keep(held.clone()));
        Ok(Some(Lock { held, number }))
    }
}

/// A lock that is held; given back when it is dropped.
#[derive(Debug)]
pub struct Lock {
    held: Arc<Held>,
    number: i64,
}

#[derive(Debug)]
struct Held {
    redis: Redis,
    key: String,
    owner: String,
    life: Duration,
    /// Until when nobody else can have it, unless Redis forgot.
    until: Mutex<Instant>,
    lost: CancellationToken,
    ended: CancellationToken,
}

impl Lock {
    /// Higher than that of every holder before.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.number
    }

    /// Cancelled when the lock is no longer held: another may have it.
    #[must_use]
    pub fn lost(&self) -> &CancellationToken {
        &self.held.lost
    }

    /// Gives the lock back, if it is still held.
    pub async fn release(self) {
        self.held.ended.cancel();
        self.held.give_back().await;
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.held.ended.is_cancelled() {
            return;
        }
        self.held.ended.cancel();
        // Where nothing runs any more it ends by itself.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let held = self.held.clone();
            runtime.spawn(async move { held.give_back().await });
        }
    }
}

impl Held {
    async fn give_back(&self) {
        if let Err(failure) = self.hold(Duration::ZERO).await {
            tracing::debug!(key = %self.key, %failure, "a lock was not given back; it ends by itself");
        }
        self.lost.cancel();
    }

    /// Whether it was still ours.
    async fn hold(&self, life: Duration) -> Result<bool, Failure> {
        let arguments = |call: &mut redis::Cmd| {
            call.arg(&self.owner).arg(milliseconds(life));
        };
        self.redis.run(&HOLD, &[&self.key], arguments).await
    }
}

/// Lengthens the lock until it is given back or lost.
async fn keep(held: Arc<Held>) {
    let pause = held.life / RENEWALS;
    loop {
        let next = Instant::now() + pause;
        let until = *held.until.lock();
        if held.ended.run_until_cancelled(tokio::time::sleep_until(next.min(until))).await.is_none() {
            return;
        }
        let asked = Instant::now();
        match held.hold(held.life).await {
            Ok(true) => *held.until.lock() = asked + held.life,
            Ok(false) => break,
            // Not known: it is ours for as long as we were promised.
            Err(_) if Instant::now() < until => {}
            Err(_) => break,
        }
    }
    if !held.ended.is_cancelled() {
        tracing::warn!(key = %held.key, "a lock was lost");
    }
    held.lost.cancel();
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
