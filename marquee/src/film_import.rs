//! Films of a file into the catalogue, in the system's own name.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use film_import::{FileError, Import, MAX_FILE_BYTES};
use serde_json::Value;
use thiserror::Error;

pub use film_import::{Summary, Years};

use crate::{CallFailed, FilmClient};

/// Records between two signs of progress.
const PIECE: usize = 20;

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

/// Creates the films of records, their years read as said, and tells `progress` how many records
/// are done with.
///
/// # Errors
/// [`ImportError::Stopped`]; the films created until then stay.
pub async fn run(
    films: &FilmClient,
    records: Vec<Value>,
    years: Years,
    progress: impl Fn(usize),
) -> Result<Summary, ImportError> {
    let create = |request| {
        let mut films = films.clone();
        async move { films.create_film(request).await.map(drop) }
    };
    let mut import = Import::new(records, years);
    while !import.is_over() {
        import.piece(PIECE, create).await.map_err(|stopped| ImportError::Stopped {
            done: import.done(),
            records: import.records(),
            cause: CallFailed::new(format!("cannot create the film {:?}", stopped.title), &stopped.status),
        })?;
        progress(import.done());
    }
    Ok(import.summary().clone())
}
