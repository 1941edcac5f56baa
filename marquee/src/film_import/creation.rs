//! One record on its way into the catalogue.

use std::time::Duration;

use contract::film::CreateFilmRequest;
use micro::Problem;
use service_film::domain::film_import::{Mend, Outcome};
use tonic::{Code, Status};

use crate::{CallFailed, FilmClient};

/// Tries of a film while the service says to come back.
const TRIES: u32 = 6;
/// Pause after the first try; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// What became of a record.
pub(super) enum Became {
    /// A film, mended so.
    Film(Vec<Mend>),
    /// Nothing new: the catalogue has the film.
    Known,
    /// No film.
    Nothing {
        /// What the record has for a title.
        title: String,
        /// Why.
        why: String,
    },
}

/// Creates the film of a record; an error is a failure of the service, not of the record.
pub(super) async fn become_film(films: FilmClient, outcome: Outcome) -> Result<Became, CallFailed> {
    let (request, mended) = match outcome {
        Outcome::Taken { request, mended } => (*request, mended),
        Outcome::Refused { title, why } => return Ok(Became::Nothing { title, why }),
    };
    let title = request.title.clone();
    match create(films, request).await {
        Ok(()) => Ok(Became::Film(mended)),
        Err(status) => match status.code() {
            Code::AlreadyExists => Ok(Became::Known),
            Code::InvalidArgument => {
                Ok(Became::Nothing { title, why: Problem::from_status(&status).message().to_owned() })
            }
            _ => Err(CallFailed::new(format!("cannot create the film {title:?}"), &status)),
        },
    }
}

async fn create(mut films: FilmClient, request: CreateFilmRequest) -> Result<(), Status> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..TRIES {
        match films.create_film(request.clone()).await {
            Err(status) if status.code() == Code::Unavailable => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            answer => return answer.map(|_| ()),
        }
    }
    films.create_film(request).await.map(|_| ())
}
