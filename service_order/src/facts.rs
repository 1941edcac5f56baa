//! What is for sale, from the film service, kept so that no purchase waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use contract::film::GetSalesFactsRequest;
use contract::film::film_internal_client::FilmInternalClient;
use micro::{Channel, Clock, Problem};
use quick_cache::sync::Cache;
use tonic::Code;

use crate::domain::facts::Facts;
use crate::domain::problem;

/// Screenings remembered.
const SCREENINGS: usize = 10_000;
/// Facts older than this are read again, while the old ones are still used, milliseconds.
/// A change is told at once (`FactsChanged`); this is for the telling that got lost.
const FRESH_MS: i64 = 3_000;
/// Facts older than this are not used: better no sale than a wrong one, milliseconds.
const USABLE_MS: i64 = 10 * 60 * 1000;

struct Known {
    facts: Arc<Facts>,
    read_at: i64,
    being_read: AtomicBool,
}

/// The sellable facts of screenings.
#[derive(Clone)]
pub struct FactsCache {
    films: FilmInternalClient<Channel>,
    known: Arc<Cache<i64, Arc<Known>>>,
    clock: Clock,
}

impl FactsCache {
    /// Facts read through the film service's channel.
    #[must_use]
    pub fn new(films: Channel, clock: Clock) -> Self {
        Self { films: FilmInternalClient::new(films), known: Arc::new(Cache::new(SCREENINGS)), clock }
    }

    /// The facts of a screening.
    ///
    /// # Errors
    /// `SCREENING_NOT_FOUND`; `CATALOGUE_UNAVAILABLE` where they are not known and cannot be read.
    pub async fn get(&self, film_sid: i64) -> Result<Arc<Facts>, Problem> {
        let now = self.clock.now_ms();
        if let Some(known) = self.known.get(&film_sid) {
            let age = now.saturating_sub(known.read_at);
            if age > FRESH_MS && !known.being_read.swap(true, Ordering::AcqRel) {
                let (cache, known) = (self.clone(), known.clone());
                tokio::spawn(async move {
                    if let Err(problem) = cache.read(film_sid).await {
                        tracing::warn!(film_sid, %problem, "facts could not be read again");
                        known.being_read.store(false, Ordering::Release);
                    }
                });
            }
            if age <= USABLE_MS {
                return Ok(known.facts.clone());
            }
        }
        self.read(film_sid).await
    }

    /// Reads facts anew.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn read(&self, film_sid: i64) -> Result<Arc<Facts>, Problem> {
        let read_at = self.clock.now_ms();
        let answer = self.films.clone().get_sales_facts(GetSalesFactsRequest { film_sid }).await;
        let proto = match answer {
            Ok(answer) => answer.into_inner(),
            Err(status) if status.code() == Code::NotFound => {
                self.known.remove(&film_sid);
                return Err(problem::screening_not_found());
            }
            Err(status) => {
                let message = "the catalogue does not answer; nothing was done, try again";
                return Err(Problem::unavailable("CATALOGUE_UNAVAILABLE", message).caused_by(status));
            }
        };
        let facts = Arc::new(Facts::from_proto(proto)?);
        let known = Known { facts: facts.clone(), read_at, being_read: AtomicBool::new(false) };
        self.known.insert(film_sid, Arc::new(known));
        Ok(facts)
    }

    /// Forgets facts older than a version.
    pub fn changed(&self, film_sid: i64, version: i64) {
        if self.known.get(&film_sid).is_some_and(|known| known.facts.version < version) {
            self.known.remove(&film_sid);
        }
    }
}
