//! The seats as the database has them, while Redis does not know.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use micro::Problem;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{Core, Screening};
use crate::gate::Snapshot;

/// Pause between two reads of one screening: however many ask, the database is
/// asked this often, and nobody waits longer than this for a read of their own.
const PAUSE: Duration = Duration::from_millis(100);

/// Reads a screening's seats for many at a time.
///
/// Everybody gets a read that began after they asked, so that who bought a seat
/// never sees it free.
#[derive(Default)]
pub struct Fallback(Mutex<Option<(Instant, Arc<Snapshot>)>>);

impl Fallback {
    /// The seats as of now.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(&self, core: &Core, screening: &Screening) -> Result<Arc<Snapshot>, Problem> {
        let asked = Instant::now();
        let mut last = self.0.lock().await;
        if let Some((began, snapshot)) = &*last {
            if *began >= asked {
                return Ok(snapshot.clone());
            }
            tokio::time::sleep_until(*began + PAUSE).await;
        }
        let began = Instant::now();
        let claimed = core.reads.claimed(screening.film_sid).await?;
        let (sold, held): (Vec<_>, Vec<_>) = claimed.into_iter().partition(|claim| claim.sold);
        let names = |claims: Vec<crate::store::reads::ClaimedSeat>| -> Vec<Arc<str>> {
            claims.into_iter().map(|claim| claim.seat.into()).collect()
        };
        let sequence = screening.sequence.load(Ordering::Acquire).max(core.now_us());
        let snapshot = Arc::new(Snapshot { sequence, held: names(held), sold: names(sold) });
        *last = Some((began, snapshot.clone()));
        Ok(snapshot)
    }
}
