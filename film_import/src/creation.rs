//! One record on its way into the catalogue.

use std::time::Duration;

use contract::film::CreateFilmRequest;
use tonic::{Code, Status};

use crate::import::Stopped;
use crate::mend::Mend;
use crate::reason::Reason;
use crate::record::Outcome;

/// Tries of a film while the service says to come back.
const TRIES: u32 = 6;
/// Pause after the first try; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// What became of a record.
pub(crate) enum Became {
    /// A film, mended so.
    Film(Vec<Mend>),
    /// Nothing new: the catalogue has the film.
    Known,
    /// No film.
    Nothing {
        /// What the record has for a title.
        title: String,
        /// Why.
        why: Reason,
    },
}

/// Creates the film of a record; an error is a failure of the service, not of the record.
pub(crate) async fn become_film<F>(
    outcome: Outcome,
    create: impl Fn(CreateFilmRequest) -> F,
) -> Result<Became, Stopped>
where
    F: Future<Output = Result<(), Status>>,
{
    let (request, mended) = match outcome {
        Outcome::Taken { request, mended } => (*request, mended),
        Outcome::Refused { title, why } => return Ok(Became::Nothing { title, why }),
    };
    let title = request.title.clone();
    match patiently(request, create).await {
        Ok(()) => Ok(Became::Film(mended)),
        Err(status) => match status.code() {
            Code::AlreadyExists => Ok(Became::Known),
            Code::InvalidArgument => Ok(Became::Nothing { title, why: Reason::of_service(&status) }),
            _ => Err(Stopped { title, status: Box::new(status) }),
        },
    }
}

async fn patiently<F>(
    request: CreateFilmRequest,
    create: impl Fn(CreateFilmRequest) -> F,
) -> Result<(), Status>
where
    F: Future<Output = Result<(), Status>>,
{
    let mut pause = FIRST_PAUSE;
    for _ in 1..TRIES {
        match create(request.clone()).await {
            Err(status) if status.code() == Code::Unavailable => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            answer => return answer,
        }
    }
    create(request).await
}
