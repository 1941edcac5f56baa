//! The seat gate: turns requests for seats that are gone away before the database sees them.
//!
//! An accelerator, never the truth: what it forgot, or got wrong, the primary
//! key of `seat_claim` decides.

mod hall;

use std::collections::HashMap;
use std::sync::Arc;

use micro::Problem;
use parking_lot::Mutex;
use tokio::sync::{OnceCell, broadcast};

use crate::committer::{SeatBecomes, SeatEvent};
use crate::domain::facts::{Facts, SeatIndex};

pub use hall::{Hall, Snapshot, Update};

/// Halls kept at most; beyond, those nobody watches are let go of and read again when needed.
const MAX_HALLS: usize = 20_000;

/// What the database says of a screening's seats: `(seat, whether it is sold)`.
pub type Claimed = Vec<(String, bool)>;

/// The gate of this process.
#[derive(Clone, Default)]
pub struct Gate {
    halls: Arc<Mutex<HashMap<i64, Arc<Slot>>>>,
}

#[derive(Default)]
struct Slot {
    hall: OnceCell<Arc<Hall>>,
    /// Seats that changed hands while the hall was being read.
    missed: Mutex<Vec<(Arc<str>, SeatBecomes)>>,
}

impl Gate {
    /// The hall of a screening; read by `claimed` where it is not known yet.
    ///
    /// # Errors
    /// Those of `claimed`.
    pub async fn hall<F, R>(&self, facts: &Arc<Facts>, now_ms: i64, claimed: F) -> Result<Arc<Hall>, Problem>
    where
        F: FnOnce() -> R,
        R: Future<Output = Result<Claimed, Problem>>,
    {
        let slot = self.slot(facts.film_sid);
        let hall = slot
            .hall
            .get_or_try_init(|| async {
                let claimed = claimed().await?;
                Ok::<_, Problem>(Arc::new(Hall::new(facts.clone(), &claimed, now_ms)))
            })
            .await?;
        // What changed while the database was read may or may not be in what
        // was read; said again in its order it comes out right either way.
        let mut missed = slot.missed.lock();
        if !missed.is_empty() {
            hall.apply(&missed);
            missed.clear();
        }
        drop(missed);
        Ok(hall.clone())
    }

    /// Takes note of what was committed. In the order of the commits.
    pub fn committed(&self, events: &[SeatEvent]) {
        let mut at = 0;
        while at < events.len() {
            let film_sid = events[at].0;
            let until =
                events[at..].iter().position(|event| event.0 != film_sid).map_or(events.len(), |n| at + n);
            let changes: Vec<_> = events[at..until].iter().map(|event| (event.1.clone(), event.2)).collect();
            at = until;
            // A hall nobody asked about is read from the database when somebody does.
            let Some(slot) = self.halls.lock().get(&film_sid).cloned() else { continue };
            let mut missed = slot.missed.lock();
            match slot.hall.get() {
                Some(hall) if missed.is_empty() => hall.apply(&changes),
                _ => missed.extend(changes),
            }
        }
    }

    /// Forgets every hall.
    pub fn forget_all(&self) {
        self.halls.lock().clear();
    }

    /// Forgets a hall, so that it is read again: what it says was found to be wrong.
    pub fn forget(&self, film_sid: i64) {
        self.halls.lock().remove(&film_sid);
    }

    fn slot(&self, film_sid: i64) -> Arc<Slot> {
        let mut halls = self.halls.lock();
        if let Some(slot) = halls.get(&film_sid) {
            return slot.clone();
        }
        if halls.len() >= MAX_HALLS {
            halls.retain(|_, slot| slot.hall.get().is_some_and(|hall| hall.watched()));
        }
        halls.entry(film_sid).or_default().clone()
    }
}

/// The seats of a screening as they change.
pub type Updates = broadcast::Receiver<Arc<Update>>;

/// Seats by index, as the gate counts them.
pub type Seats<'a> = &'a [SeatIndex];
