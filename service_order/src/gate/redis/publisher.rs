//! Writes to Redis what was committed, and then has the answers given.
//!
//! As the committer does: while one round is written, the next one collects.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::hall::report;
use super::scripts::Step;
use super::{Core, Screening, repair};
use crate::committer::{Committed, SeatEvent};

/// Jobs of one round at most.
const ROUND: usize = 1_024;
/// Steps in one call at most: keeps Redis from being busy with one call for long.
pub const STEPS: usize = 500;

/// Something to write.
pub enum Job {
    /// A batch was committed.
    Committed(Committed),
    /// A purchase came to nothing.
    Release {
        /// Of which screening.
        screening: Arc<Screening>,
        /// The purchase.
        token: String,
        /// Its seats.
        seats: Vec<Arc<str>>,
    },
}

/// Works until nobody has anything to write any more.
pub async fn publish(core: Arc<Core>, mut jobs: mpsc::UnboundedReceiver<Job>) {
    let mut round = Vec::new();
    while jobs.recv_many(&mut round, ROUND).await > 0 {
        let mut events: HashMap<i64, Vec<SeatEvent>> = HashMap::new();
        let (mut releases, mut answers) = (Vec::new(), Vec::new());
        for job in round.drain(..) {
            match job {
                Job::Committed(committed) if committed.certain => {
                    for event in committed.events {
                        events.entry(event.film_sid).or_default().push(event);
                    }
                    answers.push(committed.answers);
                }
                Job::Committed(uncertain) => {
                    uncertain
                        .events
                        .iter()
                        .for_each(|event| core.mark_wrong(&core.screening(event.film_sid)));
                    answers.push(uncertain.answers);
                }
                Job::Release { screening, token, seats } => releases.push((screening, token, seats)),
            }
        }
        let written = events.iter().map(|(film_sid, events)| write(&core, *film_sid, events));
        let released = releases.iter().map(|(screening, token, seats)| async {
            if let Err(failure) = core.scripts.release(&screening.key, token, seats).await {
                report(&failure);
            }
        });
        tokio::join!(join_all(written), join_all(released));
        answers.into_iter().for_each(crate::committer::Answers::give);
    }
}

async fn write(core: &Arc<Core>, film_sid: i64, events: &[SeatEvent]) {
    let screening = core.screening(film_sid);
    *screening.written.lock() = Some(Instant::now());
    let steps: Vec<Step<'_>> =
        events.iter().map(|event| (&*event.seat, event.order_id, event.step)).collect();
    for steps in steps.chunks(STEPS) {
        match core.scripts.apply(&screening, steps).await {
            Ok(true) => {}
            // Nobody keeps it: made from the database, which has these events.
            Ok(false) => {
                repair::rebuild(core, &screening);
                return;
            }
            Err(failure) => {
                report(&failure);
                core.mark_wrong(&screening);
                return;
            }
        }
    }
}
