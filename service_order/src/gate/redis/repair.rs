//! Gates that were lost, or are wrong, are made anew from the database.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use micro::redis::Failure;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::hall::report;
use super::publisher::STEPS;
use super::scripts::{Begun, REFRESH, Step};
use super::{Core, Screening};
use crate::committer::SeatStep;
use crate::metrics;

/// What was written this long before Redis came back may have been lost with the
/// old server: replicas are behind by less.
pub const LATELY: Duration = Duration::from_secs(10);
/// How often what is wrong is looked at while Redis is away.
const EVERY: Duration = Duration::from_millis(100);
/// How long the lock of who makes a gate anew outlives its holder, who keeps it for as long
/// as it takes. A lock whose grant got lost on the way has no holder and must soon be over.
const LOCK_LIFE: Duration = Duration::from_secs(3);
/// How long it is tried to make a gate anew: longer than a lock that nobody holds. After it,
/// who finds the gate missing begins again.
const PATIENCE: Duration = Duration::from_secs(6);
/// Pause where another process is at it.
const PAUSE: Duration = Duration::from_millis(50);

/// Repairs what is wrong as soon as Redis is there.
pub async fn repair(core: Arc<Core>, mut deaths: watch::Receiver<()>, stop: CancellationToken) {
    let mut losses = core.redis.losses();
    stop.run_until_cancelled_owned(async move {
        loop {
            tokio::select! {
                () = core.repair.notified() => {}
                Ok(()) = losses.changed() => mark_written_lately(&core),
                Ok(()) = deaths.changed() => mark_used_lately(&core),
            }
            while !core.wrong.lock().is_empty() {
                repair_all(&core).await;
                if !core.wrong.lock().is_empty() {
                    tokio::time::sleep(EVERY).await;
                }
            }
        }
    })
    .await;
}

fn mark_written_lately(core: &Core) {
    let lately =
        |screening: &&Arc<Screening>| screening.written.lock().is_some_and(|at| at.elapsed() < LATELY);
    let written: Vec<_> = core.screenings.lock().values().filter(lately).cloned().collect();
    written.iter().for_each(|screening| core.mark_wrong(screening));
}

/// A process that died may have committed what Redis was not told. Nobody knows of
/// which screening: of those that are used less often the gate is made anew anyway.
fn mark_used_lately(core: &Core) {
    let lately = |screening: &&Arc<Screening>| screening.used.lock().elapsed() < REFRESH;
    let used: Vec<_> = core.screenings.lock().values().filter(lately).cloned().collect();
    used.iter().for_each(|screening| core.mark_wrong(screening));
}

async fn repair_all(core: &Arc<Core>) {
    let wrong: Vec<i64> = core.wrong.lock().iter().copied().collect();
    for film_sid in wrong {
        let screening = core.screening(film_sid);
        if !core.redis.is_there(&screening.key) {
            continue;
        }
        // Before it is invalidated: what goes wrong from here on is wrong anew.
        core.wrong.lock().remove(&film_sid);
        match core.scripts.invalidate(&screening).await {
            Ok(()) => {
                screening.read.lock().take();
                let wrong = core.wrong.lock();
                // Marked again meanwhile, it stays so.
                if !wrong.contains(&film_sid) {
                    screening.wrong.store(false, Ordering::Release);
                }
                drop(wrong);
                rebuild(core, &screening);
            }
            Err(failure) => {
                report(&failure);
                core.wrong.lock().insert(film_sid);
            }
        }
    }
}

/// Has a gate made anew in the background, unless this process is at it.
pub fn rebuild(core: &Arc<Core>, screening: &Arc<Screening>) {
    if screening.rebuilding.swap(true, Ordering::AcqRel) {
        return;
    }
    let (core, screening) = (core.clone(), screening.clone());
    tokio::spawn(async move {
        // Closed only when the process ends.
        if let Ok(_permit) = core.rebuilds.clone().acquire_owned().await {
            rebuild_now(&core, &screening).await;
        }
        screening.rebuilding.store(false, Ordering::Release);
    });
}

/// What one try came to.
enum Outcome {
    Done,
    /// Another process is at it, or it was lost again.
    Again,
    Failed,
}

async fn rebuild_now(core: &Core, screening: &Screening) {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        match try_rebuild(core, screening).await {
            Ok(Outcome::Done) => {
                let (film_sid, took_ms) = (screening.film_sid, began.elapsed().as_millis());
                metrics::rebuilt(true);
                tracing::debug!(film_sid, took_ms, "the seat gate is whole");
                return;
            }
            Ok(Outcome::Again) => tokio::time::sleep(PAUSE).await,
            Ok(Outcome::Failed) => return metrics::rebuilt(false),
            Err(failure) => {
                metrics::rebuilt(false);
                return report(&failure);
            }
        }
    }
}

async fn try_rebuild(core: &Core, screening: &Screening) -> Result<Outcome, Failure> {
    let tag = screening.film_sid.to_string();
    let Some(lock) = core.locks.acquire("gate", &tag, LOCK_LIFE).await? else {
        let there = core.scripts.look(screening).await?.is_some_and(|look| !look.due());
        return Ok(if there { Outcome::Done } else { Outcome::Again });
    };
    let outcome = fill(core, screening, lock.number()).await;
    lock.release().await;
    outcome
}

async fn fill(core: &Core, screening: &Screening, fence: i64) -> Result<Outcome, Failure> {
    match core.scripts.begin(screening, fence).await? {
        Begun::Empty => {}
        Begun::Good => return Ok(Outcome::Done),
        Begun::Another => return Ok(Outcome::Again),
    }
    // Read after the beginning: what was committed before is in it, and what is
    // committed from now on is written to the gate by whoever commits it.
    let claimed = match core.reads.claimed(screening.film_sid).await {
        Ok(claimed) => claimed,
        Err(problem) => {
            tracing::warn!(film_sid = screening.film_sid, %problem, "a seat gate could not be made anew");
            return Ok(Outcome::Failed);
        }
    };
    let step = |sold| if sold { SeatStep::Sold } else { SeatStep::Held };
    let steps: Vec<Step<'_>> =
        claimed.iter().map(|claim| (&*claim.seat, claim.order_id, step(claim.sold))).collect();
    for steps in steps.chunks(STEPS) {
        if !core.scripts.fill(screening, fence, steps).await? {
            return Ok(Outcome::Again);
        }
    }
    Ok(if core.scripts.finish(screening, fence).await? { Outcome::Done } else { Outcome::Again })
}
