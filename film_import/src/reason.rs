//! Why something was mended or refused: stable codes, and words for them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use micro::Problem;
use tonic::Status;
use tonic_types::StatusExt;

/// Why something was mended or refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// For programs; of what the service refused, its reason.
    pub code: Cow<'static, str>,
    /// For people, in English.
    pub words: Cow<'static, str>,
    /// What the service tells besides.
    pub told: BTreeMap<String, String>,
}

impl Reason {
    const fn new(code: &'static str, words: &'static str) -> Self {
        Self { code: Cow::Borrowed(code), words: Cow::Borrowed(words), told: BTreeMap::new() }
    }

    /// Why the service refused a film.
    pub(crate) fn of_service(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info();
        Self {
            code: info.map(|info| info.reason.clone()).unwrap_or_default().into(),
            words: Problem::from_status(status).message().to_owned().into(),
            told: info.map(|info| info.metadata.clone()).unwrap_or_default().into_iter().collect(),
        }
    }

    /// All that are this crate's: what the site must have words for.
    pub const ALL: [Self; 18] = [
        TITLE_A_NUMBER,
        TITLE_SPACES,
        TITLE_ENCODING,
        TITLE_ARTICLE,
        NOT_TEXT,
        TEXT_CUT,
        MINUTES_TEXT,
        MINUTES_ASSUMED,
        RATING_OPEN,
        DATE_UNREADABLE,
        DATE_NO_DAY,
        YEAR_TWO_DIGITS,
        YEAR_TOO_LATE,
        NO_TITLE,
        TITLE_NOT_TEXT,
        TITLE_EMPTY,
        TITLE_TOO_LONG,
        OTHER,
    ];
}

pub(crate) const TITLE_A_NUMBER: Reason = Reason::new("TITLE_A_NUMBER", "a number; taken as the title it is");
pub(crate) const TITLE_SPACES: Reason = Reason::new("TITLE_SPACES", "spaces and control characters joined");
pub(crate) const TITLE_ENCODING: Reason =
    Reason::new("TITLE_ENCODING", "letters that had been read in the wrong encoding");
pub(crate) const TITLE_ARTICLE: Reason = Reason::new("TITLE_ARTICLE", "article put first");
pub(crate) const NOT_TEXT: Reason = Reason::new("NOT_TEXT", "not text; left out");
pub(crate) const TEXT_CUT: Reason = Reason::new("TEXT_CUT", "spaces joined, cut to its longest");
pub(crate) const MINUTES_TEXT: Reason = Reason::new("MINUTES_TEXT", "a running time written as text");
pub(crate) const MINUTES_ASSUMED: Reason =
    Reason::new("MINUTES_ASSUMED", "no running time; 120 minutes assumed");
pub(crate) const RATING_OPEN: Reason = Reason::new("RATING_OPEN", "\"Open\" is no rating");
pub(crate) const DATE_UNREADABLE: Reason = Reason::new("DATE_UNREADABLE", "not a date; left out");
pub(crate) const DATE_NO_DAY: Reason = Reason::new("DATE_NO_DAY", "no day of the calendar; left out");
pub(crate) const YEAR_TWO_DIGITS: Reason = Reason::new("YEAR_TWO_DIGITS", "a year of two digits");
pub(crate) const YEAR_TOO_LATE: Reason =
    Reason::new("YEAR_TOO_LATE", "a year after the latest of the file is a century too late");

pub(crate) const NO_TITLE: Reason = Reason::new("NO_TITLE", "it has no title");
pub(crate) const TITLE_NOT_TEXT: Reason =
    Reason::new("TITLE_NOT_TEXT", "its title is neither text nor number");
pub(crate) const TITLE_EMPTY: Reason = Reason::new("TITLE_EMPTY", "its title is empty");
pub(crate) const TITLE_TOO_LONG: Reason =
    Reason::new("TITLE_TOO_LONG", "its title is longer than 200 characters");
/// For what would make a summary too long.
pub(crate) const OTHER: Reason = Reason::new("OTHER", "other reasons");
