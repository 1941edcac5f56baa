//! The gate in the memory of the only process.

mod hall;

use std::collections::HashMap;
use std::sync::Arc;

use micro::Problem;
use parking_lot::Mutex;
use tokio::sync::OnceCell;

use crate::committer::{SeatBecomes, SeatEvent};
use crate::domain::facts::Facts;
use crate::store::reads::Reads;

pub use hall::{Hall, Hold};

/// Halls kept at most; beyond, those nobody watches are let go of and read again when needed.
const MAX_HALLS: usize = 20_000;

/// The gates of this process.
#[derive(Clone)]
pub struct Halls {
    halls: Arc<Mutex<HashMap<i64, Arc<Slot>>>>,
    reads: Reads,
}

#[derive(Default)]
struct Slot {
    hall: OnceCell<Arc<Hall>>,
    /// Seats that changed hands while the hall was being read.
    missed: Mutex<Vec<(Arc<str>, SeatBecomes)>>,
}

impl Halls {
    /// Halls as this database has them.
    pub fn new(reads: Reads) -> Self {
        Self { halls: Arc::default(), reads }
    }

    /// The hall of a screening; read where it is not known yet.
    ///
    /// # Errors
    /// The database's.
    pub async fn hall(&self, facts: &Arc<Facts>, now_ms: i64) -> Result<Arc<Hall>, Problem> {
        let slot = self.slot(facts.film_sid);
        let hall = slot
            .hall
            .get_or_try_init(|| async {
                // Boxed, as it is rarely needed: what every purchase carries along stays small.
                let claimed = Box::pin(self.reads.claimed(facts.film_sid)).await?;
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
    pub fn committed(&self, events: &[SeatEvent], certain: bool) {
        let mut at = 0;
        while at < events.len() {
            let film_sid = events[at].film_sid;
            let until = events[at..].iter().position(|event| event.film_sid != film_sid);
            let until = until.map_or(events.len(), |n| at + n);
            let of_hall = &events[at..until];
            at = until;
            if !certain {
                self.forget(film_sid);
                continue;
            }
            // A hall nobody asked about is read from the database when somebody does.
            let Some(slot) = self.halls.lock().get(&film_sid).cloned() else { continue };
            let changes: Vec<_> =
                of_hall.iter().map(|event| (event.seat.clone(), event.step.becomes())).collect();
            let mut missed = slot.missed.lock();
            match slot.hall.get() {
                Some(hall) if missed.is_empty() => hall.apply(&changes),
                _ => missed.extend(changes),
            }
        }
    }

    /// Forgets a hall, so that it is read again: what it says was found to be wrong.
    pub fn forget(&self, film_sid: i64) {
        let slot = self.halls.lock().remove(&film_sid);
        if let Some(hall) = slot.as_ref().and_then(|slot| slot.hall.get()) {
            hall.close();
        }
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
