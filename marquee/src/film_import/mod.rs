//! Films of a file into the catalogue, as often as one likes.

mod creation;
mod summary;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use futures_util::{StreamExt, stream};
use serde_json::Value;
use service_film::domain::film_import::{self, FileError, MAX_FILE_BYTES, Years};
use thiserror::Error;

pub use summary::{Example, Kind, Summary};

use crate::{CallFailed, FilmClient};
use creation::{Became, become_film};

/// Films created at a time. Each is a durable commit and the database has one
/// writer: more would only wait.
const AT_A_TIME: usize = 4;

/// Why an import ended early.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file cannot be opened.
    #[error("cannot read {path}", path = .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// It has no films.
    #[error("{path} cannot be imported; nothing was changed", path = .0.display())]
    Unusable(PathBuf, #[source] FileError),
    /// The film service has failed.
    #[error("the import stopped after {done} of {records} records; run it again to go on")]
    Stopped {
        /// Records done with.
        done: usize,
        /// Records in the file.
        records: usize,
        /// Why.
        #[source]
        cause: CallFailed,
    },
}

/// The records of a file.
///
/// # Errors
/// A file that cannot be read, or is no list of records.
pub fn read(path: &Path) -> Result<Vec<Value>, ImportError> {
    let mut bytes = Vec::new();
    // One byte past the limit is enough to see that it is too long.
    let limit = MAX_FILE_BYTES as u64 + 1;
    let file = fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    file.map_err(|error| ImportError::Unreadable(path.to_owned(), error))?;
    film_import::read(&bytes).map_err(|error| ImportError::Unusable(path.to_owned(), error))
}

/// Creates the films of records, their years read as said, and calls `done` after each record.
///
/// # Errors
/// [`ImportError::Stopped`]; the films created until then stay.
pub async fn run(
    films: &FilmClient,
    records: &[Value],
    years: Years,
    done: impl Fn(),
) -> Result<Summary, ImportError> {
    let mut summary = Summary::of(records);
    let creations =
        records.iter().map(|record| become_film(films.clone(), film_import::film_from(record, years)));
    let mut results = stream::iter(creations).buffered(AT_A_TIME);
    let mut count = 0;
    while let Some(result) = results.next().await {
        match result {
            Ok(Became::Film(mended)) => summary.take(mended),
            Ok(Became::Known) => summary.already_there += 1,
            Ok(Became::Nothing { title, why }) => summary.refuse(title, why),
            Err(cause) => return Err(ImportError::Stopped { done: count, records: records.len(), cause }),
        }
        count += 1;
        done();
    }
    Ok(summary)
}
