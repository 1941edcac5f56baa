//! What is asked of the film service: whether there are such cinemas.

use std::time::Duration;

use contract::film::FindCinemasRequest;
use contract::film::film_internal_client::FilmInternalClient;
use micro::{BoxError, Channel, Problem};

use crate::domain::Refusal;

/// How long an answer is waited for: an admin looks at the page.
const WITHIN: Duration = Duration::from_secs(3);

/// The cinemas of the catalogue.
#[derive(Clone)]
pub struct Cinemas {
    films: FilmInternalClient<Channel>,
}

impl Cinemas {
    /// Cinemas through the film service's channel.
    #[must_use]
    pub fn new(films: Channel) -> Self {
        Self { films: FilmInternalClient::new(films) }
    }

    /// Checks that there are these cinemas; asks nobody where there are none to check.
    ///
    /// # Errors
    /// `CINEMA_NOT_FOUND`; `CATALOGUE_UNAVAILABLE` where they cannot be looked up.
    pub async fn check(&self, cinema_ids: Vec<i64>) -> Result<(), Problem> {
        if cinema_ids.is_empty() {
            return Ok(());
        }
        let mut films = self.films.clone();
        let asked = films.find_cinemas(FindCinemasRequest { cinema_ids: cinema_ids.clone() });
        let answer = tokio::time::timeout(WITHIN, asked).await.map_err(unavailable)?;
        let found = answer.map_err(unavailable)?.into_inner().cinema_ids;
        let missing: Vec<String> =
            cinema_ids.iter().filter(|id| !found.contains(id)).map(ToString::to_string).collect();
        if missing.is_empty() { Ok(()) } else { Err(Refusal::CinemaNotFound(missing.join(",")).into()) }
    }
}

fn unavailable(cause: impl Into<BoxError>) -> Problem {
    let message =
        "the catalogue does not answer, so the cinemas cannot be checked; nothing was done, try again";
    Problem::unavailable("CATALOGUE_UNAVAILABLE", message).caused_by(cause)
}
