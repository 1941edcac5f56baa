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
        // Boxed, as it is rarely needed: what every purchase carries along stays small.
        Box::pin(self.read_once(film_sid)).await
    }

    /// Reads facts that are not known: of all who want them at the same time, one asks.
    async fn read_once(&self, film_sid: i64) -> Result<Arc<Facts>, Problem> {
        let old = self.clock.now_ms().saturating_sub(USABLE_MS);
        self.known.remove_if(&film_sid, |known| known.read_at < old);
        match self.known.get_value_or_guard_async(&film_sid).await {
            Ok(known) => Ok(known.facts.clone()),
            Err(guard) => {
                let known = Arc::new(self.ask(film_sid).await?);
                // Refused where they were removed meanwhile; good for this one purchase all the same.
                let _ = guard.insert(known.clone());
                Ok(known.facts.clone())
            }
        }
    }

    /// Reads facts anew.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn read(&self, film_sid: i64) -> Result<Arc<Facts>, Problem> {
        let known = Arc::new(self.ask(film_sid).await?);
        self.known.insert(film_sid, known.clone());
        Ok(known.facts.clone())
    }

    async fn ask(&self, film_sid: i64) -> Result<Known, Problem> {
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
        Ok(Known { facts, read_at, being_read: AtomicBool::new(false) })
    }

    /// Forgets facts older than a version.
    pub fn changed(&self, film_sid: i64, version: i64) {
        // What is being read at the moment may be older: it is not kept.
        if self.known.get(&film_sid).is_none_or(|known| known.facts.version < version) {
            self.known.remove(&film_sid);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use contract::film::film_internal_server::{FilmInternal, FilmInternalServer};
    use contract::film::{FindCinemasRequest, FindCinemasResponse, SalesFacts};
    use futures_util::future::join_all;
    use micro::{Kit, Service};
    use tonic::{Request, Response, Status};

    use super::*;
    use crate::domain::facts::tests::proto;

    /// A film service that knows one screening and counts how often it is asked.
    #[derive(Clone, Default)]
    struct Films(Arc<AtomicUsize>);

    #[tonic::async_trait]
    impl FilmInternal for Films {
        async fn get_sales_facts(
            &self,
            request: Request<GetSalesFactsRequest>,
        ) -> Result<Response<SalesFacts>, Status> {
            self.0.fetch_add(1, Ordering::SeqCst);
            // All who ask have their turn before anybody is answered.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            let facts = proto();
            if request.into_inner().film_sid != facts.film_sid {
                return Err(Status::not_found("no such screening"));
            }
            Ok(Response::new(facts))
        }

        async fn find_cinemas(
            &self,
            _: Request<FindCinemasRequest>,
        ) -> Result<Response<FindCinemasResponse>, Status> {
            Err(Status::unimplemented("nobody asks for cinemas here"))
        }
    }

    async fn cache(films: &Films) -> FactsCache {
        let kit = Kit::for_tests(std::path::Path::new("."), Clock::simulated(1_000));
        let service = Service::new("film").unwrap().add(FilmInternalServer::new(films.clone())).await;
        kit.register(&service);
        FactsCache::new(kit.registry.channel("film"), kit.clock.clone())
    }

    #[tokio::test]
    async fn of_all_who_want_a_screening_at_once_one_asks() {
        let films = Films::default();
        let facts = cache(&films).await;
        let answers = join_all((0..20).map(|_| facts.get(77))).await;
        assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|facts| facts.film_sid == 77)));
        assert_eq!(films.0.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_change_told_while_facts_are_read_makes_them_be_read_again() {
        let films = Films::default();
        let facts = cache(&films).await;
        let (answer, ()) = tokio::join!(facts.get(77), async {
            while films.0.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            facts.changed(77, 4);
        });
        answer.unwrap();
        facts.get(77).await.unwrap();
        assert_eq!(films.0.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_screening_there_is_not_is_asked_for_by_everybody_and_never_kept() {
        let films = Films::default();
        let facts = cache(&films).await;
        for answer in join_all((0..3).map(|_| facts.get(78))).await {
            assert_eq!(answer.unwrap_err().reason(), "SCREENING_NOT_FOUND");
        }
        assert_eq!(films.0.load(Ordering::SeqCst), 3);
    }
}
