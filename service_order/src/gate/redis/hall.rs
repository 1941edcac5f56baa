//! The gate of a screening, as a request uses it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use micro::Problem;
use micro::redis::Failure;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::publisher::Job;
use super::scripts::{Look, Wanted};
use super::{Core, Screening, repair, watching};
use crate::domain::facts::{Facts, SeatIndex};
use crate::gate::{Seats, Snapshot, Updates};

/// How long a purchase may take where its caller says nothing: longer than any does.
const PURCHASE: Duration = Duration::from_secs(30);
/// What a want outlives its purchase by: until the commit was written to Redis.
const A_LITTLE: Duration = Duration::from_secs(1);
/// Between two lines of the log about refusals.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// The gate of a screening.
pub struct Hall {
    core: Arc<Core>,
    screening: Arc<Screening>,
    facts: Arc<Facts>,
    jobs: mpsc::UnboundedSender<Job>,
}

impl Hall {
    pub(super) fn new(
        core: Arc<Core>,
        screening: Arc<Screening>,
        facts: Arc<Facts>,
        jobs: mpsc::UnboundedSender<Job>,
    ) -> Self {
        Self { core, screening, facts, jobs }
    }

    /// What is known of the seats.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Keeps seats for a purchase: all of them, or none. Where there is no gate the database decides alone.
    ///
    /// # Errors
    /// The seats that are not free.
    pub async fn want(&self, seats: Seats<'_>, deadline: Option<Instant>) -> Result<Hold, Vec<SeatIndex>> {
        let known: Vec<Arc<str>> =
            seats.iter().filter_map(|index| self.facts.seat(*index)).map(|seat| seat.name.clone()).collect();
        if known.len() != seats.len() {
            return Err(seats.iter().filter(|index| self.facts.seat(**index).is_none()).copied().collect());
        }
        // Dropped on the way, it lets go of what may have been kept.
        let mut hold = Hold {
            core: self.core.clone(),
            screening: self.screening.clone(),
            jobs: self.jobs.clone(),
            token: format!("{:016x}", rand::random::<u64>()),
            seats: known,
            state: State::Unknown,
        };
        let names: Vec<&str> = hold.seats.iter().map(|seat| &**seat).collect();
        let life_ms = milliseconds(deadline.map_or(PURCHASE, left) + A_LITTLE);
        match self.core.scripts.want(&self.screening, &hold.token, life_ms, &names).await {
            Ok(Wanted::Kept { due }) => {
                self.rebuild_if(due);
                hold.state = State::Kept;
                Ok(hold)
            }
            Ok(Wanted::Taken { at, due }) => {
                self.rebuild_if(due);
                hold.state = State::Free;
                Err(at.into_iter().filter_map(|at| seats.get(at)).copied().collect())
            }
            Ok(Wanted::Missing) => {
                self.rebuild_if(true);
                hold.state = State::Free;
                Ok(hold)
            }
            Err(failure) => {
                report(&failure);
                // What refuses is no gate, such as a key that somebody else wrote: it is made anew.
                self.rebuild_if(!matches!(failure, Failure::Away(_)));
                Ok(hold)
            }
        }
    }

    /// All seats that are not free: of Redis, or of the database where Redis does not know.
    ///
    /// # Errors
    /// The database's.
    pub async fn snapshot(&self) -> Result<Snapshot, Problem> {
        let (snapshot, _) = self.core.snapshot(&self.screening, Look::settled).await?;
        Ok(self.sorted(&snapshot))
    }

    /// All seats that are not free, and every change from then on.
    ///
    /// # Errors
    /// The database's.
    pub async fn watch(&self) -> Result<(Snapshot, Updates), Problem> {
        let (snapshot, updates) = watching::watch(&self.core, &self.screening).await?;
        Ok((self.sorted(&snapshot), updates))
    }

    /// In the order of the plan.
    fn sorted(&self, snapshot: &Snapshot) -> Snapshot {
        let in_order = |seats: &[Arc<str>]| {
            let mut seats = seats.to_vec();
            seats.sort_by_key(|seat| self.facts.index(seat));
            seats
        };
        let (held, sold) = (in_order(&snapshot.held), in_order(&snapshot.sold));
        Snapshot { sequence: snapshot.sequence, held, sold }
    }

    fn rebuild_if(&self, due: bool) {
        if due {
            repair::rebuild(&self.core, &self.screening);
        }
    }
}

impl Core {
    /// All seats that are not free, and whether Redis said it: where it has the
    /// gate and that is `believed`; else the database.
    pub(super) async fn snapshot(
        self: &Arc<Self>,
        screening: &Arc<Screening>,
        believed: fn(Look) -> bool,
    ) -> Result<(Arc<Snapshot>, bool), Problem> {
        if !screening.is_wrong() {
            match self.read(screening, believed).await {
                Ok(Some(snapshot)) => return Ok((snapshot, true)),
                Ok(None) => {}
                Err(failure) => report(&failure),
            }
        }
        Ok((screening.fallback.read(self, screening).await?, false))
    }

    /// What Redis says; all of it only where something changed.
    async fn read(
        self: &Arc<Self>,
        screening: &Arc<Screening>,
        believed: fn(Look) -> bool,
    ) -> Result<Option<Arc<Snapshot>>, Failure> {
        let look = self.scripts.look(screening).await?;
        if look.is_none_or(Look::due) {
            repair::rebuild(self, screening);
        }
        let Some(look) = look.filter(|look| believed(*look)) else { return Ok(None) };
        let last = screening.read.lock().clone();
        if let Some(last) = last.filter(|last| last.sequence == look.sequence) {
            return Ok(Some(last));
        }
        let Some(seats) = self.scripts.read(screening).await? else { return Ok(None) };
        let snapshot = Arc::new(seats.snapshot());
        screening.sequence.fetch_max(snapshot.sequence, Ordering::AcqRel);
        *screening.read.lock() = Some(snapshot.clone());
        Ok(Some(snapshot))
    }
}

/// Seats kept for a purchase that is being decided.
pub struct Hold {
    core: Arc<Core>,
    screening: Arc<Screening>,
    jobs: mpsc::UnboundedSender<Job>,
    token: String,
    seats: Vec<Arc<str>>,
    state: State,
}

/// Whether Redis keeps the seats of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Kept,
    /// It did not answer, but may have done it.
    Unknown,
    /// The database decides alone, or has decided.
    Free,
}

impl Hold {
    /// Ends it as the purchase ended: `committed`, or `refused` by the database because seats were taken.
    pub fn end(mut self, committed: bool, refused: bool) {
        if self.state == State::Kept && refused {
            self.core.doubt(&self.screening);
        }
        if committed {
            // What was committed has taken its place.
            self.state = State::Free;
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if self.state != State::Free {
            let seats = std::mem::take(&mut self.seats);
            let token = std::mem::take(&mut self.token);
            let job = Job::Release { screening: self.screening.clone(), token, seats };
            // Where nobody writes any more it lapses.
            let _ = self.jobs.send(job);
        }
    }
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now()).min(PURCHASE)
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// That Redis is away was logged when it went; that it refuses is a defect. A line for
/// every purchase would fill the disk: there is one in [`REPORT_EVERY`].
pub(super) fn report(failure: &Failure) {
    static LAST: Mutex<Option<Instant>> = Mutex::new(None);
    static TIMES: AtomicU64 = AtomicU64::new(0);
    if matches!(failure, Failure::Away(_)) {
        return;
    }
    TIMES.fetch_add(1, Ordering::Relaxed);
    let mut last = LAST.lock();
    if last.is_none_or(|last| last.elapsed() >= REPORT_EVERY) {
        *last = Some(Instant::now());
        let times = TIMES.swap(0, Ordering::Relaxed);
        tracing::error!(%failure, times, "the seat gate failed; the database decides");
    }
}
