//! What it means that a database failed: for a caller, and for who may try again.

use crate::Problem;

/// What is the matter with a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Another transaction was in the way, or there is too much to do: nothing was done, and the same again may succeed.
    Busy,
    /// The disk is full or fails: nothing was done.
    NoRoom,
    /// The server stops, starts, crashes or no longer takes writes: nothing was done there.
    Away,
    /// The connection was lost: what was asked for may or may not have been done.
    Lost,
    /// A defect of ours, or of the database.
    Other,
}

/// <https://www.postgresql.org/docs/15/errcodes-appendix.html>
const BUSY: [&str; 4] = [
    "40001", // serialization_failure
    "40P01", // deadlock_detected
    "53300", // too_many_connections
    "55P03", // lock_not_available
];
/// The server stops, crashes or starts, and has undone what was under way.
const AWAY: &str = "57P";
/// The rest of the class is an operator's doing, or a statement that took too long.
const INTERVENTION: &str = "57";
/// The server has become one that follows another.
const READ_ONLY: &str = "25006";
/// As SQLite and PostgreSQL say it.
const NO_ROOM: [&str; 3] = ["database or disk is full", "disk I/O error", "No space left on device"];

impl Trouble {
    /// What an error means.
    #[must_use]
    pub fn of(error: &sqlx::Error) -> Self {
        let error = match error {
            sqlx::Error::PoolTimedOut => return Self::Busy,
            sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::Tls(_) => return Self::Lost,
            sqlx::Error::Database(error) => error,
            _ => return Self::Other,
        };
        let code = error.code().unwrap_or_default();
        let says = |text: &str| error.message().contains(text);
        if code.starts_with(AWAY) || code == READ_ONLY {
            Self::Away
        } else if BUSY.contains(&&*code) || code.starts_with(INTERVENTION) || says("database is locked") {
            Self::Busy
        } else if NO_ROOM.iter().any(|text| says(text)) {
            Self::NoRoom
        } else {
            Self::Other
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        let problem = match Trouble::of(&error) {
            Trouble::Busy => Self::overloaded(),
            Trouble::NoRoom => {
                tracing::error!(%error, "the disk of a database is full or fails");
                Self::unavailable("STORAGE_FAILED", "nothing was done: it could not be stored; try again")
            }
            Trouble::Away => {
                Self::unavailable("STORAGE_FAILED", "nothing was done: the database is away; try again")
            }
            Trouble::Lost => Self::unavailable(
                "OUTCOME_UNKNOWN",
                "the database was lost: what was asked for may or may not have been done",
            ),
            Trouble::Other => return Self::internal(error),
        };
        problem.caused_by(error)
    }
}
