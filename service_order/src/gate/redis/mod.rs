//! The gate of several processes, in Redis: a hash for each screening.
//!
//! `docs/seat-gate.md` says how it works. Everything in it can be lost at any
//! moment: a purchase then goes on without it and the database decides, while
//! one process makes the hash anew.

mod fallback;
mod feed;
mod hall;
mod publisher;
mod repair;
mod scripts;
#[cfg(test)]
mod tests;
mod watching;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use micro::redis::{Locks, Presence, Redis, Subscriptions};
use micro::{Clock, Tasks};
use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::time::Instant;

use crate::committer::Committed;
use crate::domain::facts::Facts;
use crate::store::reads::Reads;
use fallback::Fallback;
use feed::Feed;
use publisher::Job;
use scripts::Scripts;

pub use hall::{Hall, Hold};

/// Screenings known at most; beyond, those that nothing is going on with are let go of.
const MAX_SCREENINGS: usize = 20_000;
/// Gates made anew at a time: each is a query of the database and a burst of writes.
const REBUILDS: usize = 8;
/// A gate that said something wrong is made anew, but not more often than this.
const DOUBT_EVERY: Duration = Duration::from_secs(1);

/// The gates this process works with.
#[derive(Clone)]
pub struct Screenings {
    core: Arc<Core>,
    /// Bounded by the requests under way: each waits for what it caused.
    jobs: mpsc::UnboundedSender<Job>,
}

/// What all parts of the gate share.
struct Core {
    redis: Redis,
    scripts: Scripts,
    locks: Locks,
    reads: Reads,
    clock: Clock,
    subscriptions: Subscriptions,
    screenings: Mutex<HashMap<i64, Arc<Screening>>>,
    /// Screenings somebody watches.
    watched: Mutex<HashSet<i64>>,
    /// Screenings whose gate does not know what this process committed.
    wrong: Mutex<HashSet<i64>>,
    /// There is something wrong.
    repair: Notify,
    rebuilds: Arc<Semaphore>,
}

/// What this process knows of a screening.
struct Screening {
    film_sid: i64,
    key: String,
    channel: String,
    /// Redis does not know what this process committed: it is not believed.
    wrong: AtomicBool,
    /// It is being made anew by this process.
    rebuilding: AtomicBool,
    /// The highest number of a change seen.
    sequence: AtomicI64,
    /// When something was last written for it.
    written: Mutex<Option<Instant>>,
    /// When it was last asked for.
    used: Mutex<Instant>,
    /// When it last said something wrong.
    doubted: Mutex<Option<Instant>>,
    /// What was last read of Redis.
    read: Mutex<Option<Arc<super::Snapshot>>>,
    fallback: Fallback,
    feed: Feed,
}

impl Screenings {
    /// Begins to write to, watch and repair the gates in Redis.
    pub fn start(redis: Redis, reads: Reads, clock: Clock, tasks: &Tasks) -> Self {
        let (subscriptions, messages) = Subscriptions::start(redis.clone(), tasks);
        let (jobs, waiting) = mpsc::unbounded_channel();
        let core = Arc::new(Core {
            scripts: Scripts::new(redis.clone()),
            locks: Locks::new(redis.clone()),
            redis,
            reads,
            clock,
            subscriptions,
            screenings: Mutex::default(),
            watched: Mutex::default(),
            wrong: Mutex::default(),
            repair: Notify::new(),
            rebuilds: Arc::new(Semaphore::new(REBUILDS)),
        });
        // Ends when the last who has something to write has gone, as the committer does.
        tokio::spawn(publisher::publish(core.clone(), waiting));
        let own = || core.clone();
        let deaths = Presence::start(core.redis.clone(), "order", tasks);
        tasks.spawn("order.gate.repair", |stop| repair::repair(own(), deaths, stop));
        tasks.spawn("order.gate.messages", |stop| watching::hear(own(), messages, stop));
        tasks.spawn("order.gate.look", |stop| watching::look(own(), stop));
        Self { core, jobs }
    }

    /// The gate of a screening.
    pub fn hall(&self, facts: &Arc<Facts>) -> Hall {
        let screening = self.core.screening(facts.film_sid);
        Hall::new(self.core.clone(), screening, facts.clone(), self.jobs.clone())
    }

    /// Takes note of what was committed; the answers are given once Redis knows it, or is away.
    pub fn committed(&self, committed: Committed) {
        if let Err(mpsc::error::SendError(Job::Committed(committed))) =
            self.jobs.send(Job::Committed(committed))
        {
            committed.answers.give();
        }
    }
}

impl Core {
    fn screening(&self, film_sid: i64) -> Arc<Screening> {
        let mut screenings = self.screenings.lock();
        if let Some(screening) = screenings.get(&film_sid) {
            *screening.used.lock() = Instant::now();
            return screening.clone();
        }
        if screenings.len() >= MAX_SCREENINGS {
            screenings.retain(|_, screening| screening.is_busy());
        }
        let screening = Arc::new(Screening::new(film_sid, &self.redis));
        screenings.insert(film_sid, screening.clone());
        screening
    }

    fn known(&self, film_sid: i64) -> Option<Arc<Screening>> {
        self.screenings.lock().get(&film_sid).cloned()
    }

    /// Redis does not know, or may not know, what was committed: it is not
    /// believed until the gate was made anew.
    fn mark_wrong(&self, screening: &Screening) {
        {
            let mut wrong = self.wrong.lock();
            wrong.insert(screening.film_sid);
            screening.wrong.store(true, Ordering::Release);
        }
        self.repair.notify_one();
    }

    /// The gate said that seats are free which the database says are not.
    fn doubt(&self, screening: &Screening) {
        let mut doubted = screening.doubted.lock();
        if doubted.is_none_or(|at| at.elapsed() >= DOUBT_EVERY) {
            *doubted = Some(Instant::now());
            drop(doubted);
            self.mark_wrong(screening);
        }
    }

    /// Time in microseconds: where numbers of changes begin.
    fn now_us(&self) -> i64 {
        self.clock.now_ms().saturating_mul(1_000)
    }
}

impl Screening {
    fn new(film_sid: i64, redis: &Redis) -> Self {
        let prefix = redis.prefix();
        Self {
            film_sid,
            key: format!("{prefix}:gate:{{{film_sid}}}"),
            channel: format!("{prefix}:seats:{{{film_sid}}}"),
            wrong: AtomicBool::new(false),
            rebuilding: AtomicBool::new(false),
            sequence: AtomicI64::new(0),
            written: Mutex::new(None),
            used: Mutex::new(Instant::now()),
            doubted: Mutex::new(None),
            read: Mutex::new(None),
            fallback: Fallback::default(),
            feed: Feed::default(),
        }
    }

    fn is_wrong(&self) -> bool {
        self.wrong.load(Ordering::Acquire)
    }

    fn is_busy(&self) -> bool {
        let lately = self.written.lock().is_some_and(|at| at.elapsed() < repair::LATELY);
        lately || self.is_wrong() || self.rebuilding.load(Ordering::Acquire) || self.feed.is_watched()
    }
}
