//! What is wrong with a request's content.

use micro::Problem;

use super::flaw::Flaw;

/// Longest piece of a request repeated in an answer, characters.
const SHOWN: usize = 64;

/// Why a request cannot become the message it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The body is not JSON, or not an object.
    Json(String),
    /// The path is not UTF-8.
    Path,
    /// The query is not UTF-8.
    Query,
    /// A field the message does not have; its path.
    Unknown(String),
    /// A field whose value cannot be taken.
    Invalid {
        /// Its path, `plan.rows[2]`.
        field: String,
        /// What is wrong with it.
        flaw: Flaw,
    },
}

impl Fault {
    /// A field whose value cannot be taken.
    pub fn invalid(field: impl Into<String>, flaw: Flaw) -> Self {
        Self::Invalid { field: field.into(), flaw }
    }

    /// The same, seen from the message that holds the field's message.
    #[must_use]
    pub fn inside(self, outer: &str) -> Self {
        let join = |inner: String| match inner.chars().next() {
            None => outer.to_owned(),
            Some('[') => format!("{outer}{inner}"),
            Some(_) => format!("{outer}.{inner}"),
        };
        match self {
            Self::Json(_) | Self::Path | Self::Query => self,
            Self::Unknown(field) => Self::Unknown(join(field)),
            Self::Invalid { field, flaw } => Self::Invalid { field: join(field), flaw },
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Json(problem) => Self::invalid("JSON_INVALID", problem),
            Fault::Path => Self::invalid("PATH_INVALID", "the path is not UTF-8"),
            Fault::Query => Self::invalid("QUERY_INVALID", "the query is not UTF-8"),
            Fault::Unknown(field) => {
                let message = format!("{field}: there is no such field");
                Self::invalid("FIELD_UNKNOWN", message).with("field", field)
            }
            Fault::Invalid { field, flaw } => Self::invalid("FIELD_INVALID", format!("{field}: {flaw}"))
                .with("field", field)
                .with("problem", &flaw)
                .with("code", flaw.code())
                .with("value", flaw.value()),
        }
    }
}

/// A piece of a request, short enough to be repeated in an answer.
#[must_use]
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
