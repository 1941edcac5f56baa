//! An import, piece by piece.

use contract::film::CreateFilmRequest;
use futures_util::{StreamExt, stream};
use serde_json::Value;
use thiserror::Error;
use tonic::Status;

use crate::creation::{Became, become_film};
use crate::record::film_from;
use crate::release::Years;
use crate::summary::Summary;

/// Films created at a time. Each is a durable commit and the database has one
/// writer: more would only wait.
const AT_A_TIME: usize = 4;

/// The film service has failed. What was created until then stays.
#[derive(Debug, Error)]
#[error("cannot create the film {title:?}: {status}")]
pub struct Stopped {
    /// The film that could not be created.
    pub title: String,
    /// What the service said.
    #[source]
    pub status: Box<Status>,
}

/// Records on their way into the catalogue.
pub struct Import {
    records: Vec<Value>,
    years: Years,
    done: usize,
    summary: Summary,
}

impl Import {
    /// Of these records, their years read as said; nothing is done yet.
    #[must_use]
    pub fn new(records: Vec<Value>, years: Years) -> Self {
        Self { summary: Summary::of(&records), records, years, done: 0 }
    }

    /// How many records there are.
    #[must_use]
    pub fn records(&self) -> usize {
        self.records.len()
    }

    /// How many of them are done with.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done
    }

    /// What was done so far.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Whether every record is done with.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.done == self.records.len()
    }

    /// Has the films of the next `most` records be created by `create`, which calls the film service.
    ///
    /// # Errors
    /// Where the service fails. The records before that are done with.
    pub async fn piece<F>(
        &mut self,
        most: usize,
        create: impl Fn(CreateFilmRequest) -> F,
    ) -> Result<(), Stopped>
    where
        F: Future<Output = Result<(), Status>>,
    {
        let (years, create) = (self.years, &create);
        let piece = self.records.iter().skip(self.done).take(most);
        let creations: Vec<_> = piece.map(|record| become_film(film_from(record, years), create)).collect();
        let mut results = stream::iter(creations).buffered(AT_A_TIME);
        while let Some(result) = results.next().await {
            match result? {
                Became::Film(mended) => self.summary.take(mended),
                Became::Known => self.summary.already_there += 1,
                Became::Nothing { title, why } => self.summary.refuse(title, why),
            }
            self.done += 1;
        }
        Ok(())
    }
}
