//! Films from a file of movie records (the `movies.json` of vega-datasets) into the catalogue, as
//! often as one likes.
//!
//! The records are as messy as real data is. What can be mended by a stated rule is mended and
//! named; a record without a title is refused. The catalogue is changed through the film service
//! alone, in the name of whoever imports: the command line and the site both do it with this.

mod creation;
mod file;
mod import;
mod mend;
mod reason;
mod record;
mod release;
mod summary;

pub use file::{FileError, MAX_FILE_BYTES, read};
pub use import::{Import, Stopped};
pub use mend::Mend;
pub use reason::Reason;
pub use record::{DEFAULT_MINUTES, Outcome, film_from, unknown_keys};
pub use release::Years;
pub use summary::{Example, Kind, Summary};

#[cfg(test)]
mod tests;
