//! Checks of request fields against the `marquee.rules` of the proto files.

use std::fmt;

/// A message whose fields carry rules.
pub trait Validate {
    /// The first rule that does not hold, if any.
    ///
    /// # Errors
    /// The field and what is wrong with it.
    fn validate(&self) -> Result<(), Violation>;
}

/// A field that breaks a rule of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field, `plan.drawing`.
    pub field: String,
    /// What is wrong, for the caller to read.
    pub problem: String,
    /// Which rule is broken: stable, for programs.
    pub code: &'static str,
    /// The rule's limit, or the character or value that is refused; empty where the code says all.
    pub value: String,
}

impl Violation {
    fn new(field: &str, code: &'static str, value: &dyn fmt::Display, problem: impl Into<String>) -> Self {
        Self { field: field.to_owned(), problem: problem.into(), code, value: value.to_string() }
    }

    fn required(field: &str) -> Self {
        Self::new(field, "REQUIRED", &"", "is required")
    }

    /// The same, seen from the message that contains the field's message.
    #[must_use]
    pub fn inside(mut self, outer: &str) -> Self {
        self.field = format!("{outer}.{}", self.field);
        self
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.problem)
    }
}

impl std::error::Error for Violation {}

pub(crate) fn present(field: &str, present: bool) -> Result<(), Violation> {
    if present { Ok(()) } else { Err(Violation::required(field)) }
}

pub(crate) fn items(
    field: &str,
    count: usize,
    required: bool,
    min: usize,
    max: usize,
) -> Result<(), Violation> {
    match count {
        0 if required => Err(Violation::required(field)),
        0 => Ok(()),
        n if n < min => Err(Violation::new(field, "TOO_FEW", &min, format!("needs at least {min} entries"))),
        n if max > 0 && n > max => {
            Err(Violation::new(field, "TOO_MANY", &max, format!("takes at most {max} entries, not {n}")))
        }
        _ => Ok(()),
    }
}

pub(crate) fn text(
    field: &str,
    value: &str,
    required: bool,
    min: usize,
    max: usize,
    class: &str,
) -> Result<(), Violation> {
    if value.is_empty() || (class == "text" && is_unseen(value)) {
        return present(field, !required);
    }
    // Bytes bound characters from above, so most texts need no counting.
    if max > 0 && value.len() > max && value.chars().count() > max {
        return Err(Violation::new(field, "TOO_LONG", &max, format!("is longer than {max} characters")));
    }
    if min > 0 && value.chars().count() < min {
        return Err(Violation::new(field, "TOO_SHORT", &min, format!("is shorter than {min} characters")));
    }
    match value.chars().find(|c| !allowed(class, *c)) {
        Some(c) => {
            let shown =
                if c.is_control() || turns(c) { format!("U+{:04X}", c as u32) } else { c.to_string() };
            Err(Violation::new(field, "CHARACTER", &shown, format!("must not contain {c:?}")))
        }
        None => Ok(()),
    }
}

fn allowed(class: &str, c: char) -> bool {
    match class {
        "id" => c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'),
        "seat" => c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' '),
        "currency" => c.is_ascii_uppercase(),
        // U+FFFD stands where bytes were no UTF-8: the text is damaged already.
        "text" => (!c.is_control() || c == '\n') && !turns(c) && c != '\u{fffd}',
        _ => c != '\0',
    }
}

/// Whether there is nothing of a text that people could see, though it has more than spaces: those
/// are the handlers' to trim.
fn is_unseen(text: &str) -> bool {
    let has_no_width =
        |c| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    text.chars().any(has_no_width) && text.chars().all(|c| c.is_whitespace() || has_no_width(c))
}

/// What turns the direction of all that follows it, beyond the text itself (Unicode, UAX #9, 2.1
/// to 2.4): marks of direction for the place where they stand are none.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub(crate) fn number(
    field: &str,
    value: i64,
    required: bool,
    min: Option<i64>,
    max: Option<i64>,
) -> Result<(), Violation> {
    if required && value == 0 {
        return Err(Violation::required(field));
    }
    if let Some(min) = min.filter(|min| value < *min) {
        return Err(Violation::new(field, "TOO_SMALL", &min, format!("must not be less than {min}")));
    }
    if let Some(max) = max.filter(|max| value > *max) {
        return Err(Violation::new(field, "TOO_LARGE", &max, format!("must not be more than {max}")));
    }
    Ok(())
}

pub(crate) fn enumeration<T: TryFrom<i32>>(field: &str, value: i32) -> Result<(), Violation> {
    T::try_from(value)
        .map(|_| ())
        .map_err(|_| Violation::new(field, "UNKNOWN_VALUE", &value, format!("has no value {value}")))
}

// The generated checks name all messages, those without rules too.
#[allow(unused_parens, clippy::all, clippy::pedantic)]
mod generated {
    use super::super::check;
    use super::{Validate, Violation};
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}
