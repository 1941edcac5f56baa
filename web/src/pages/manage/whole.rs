//! Whole numbers as people type them.

use micro::Problem;

use crate::visitor::Visitor;

/// A field that takes a whole number, by the name that its words have, and what was typed.
pub type Typed<'a> = (&'static str, &'a str);

/// A number that was typed; 0 where nothing was, or what is no number: `check` has told that.
pub fn read(text: &str) -> i32 {
    text.trim().parse().unwrap_or_default()
}

/// Whether every field is empty or has a number.
///
/// # Errors
/// The first that has something else.
pub fn check<'a>(visitor: &Visitor, fields: impl IntoIterator<Item = Typed<'a>>) -> Result<(), Problem> {
    let is_wrong = |typed: &str| !typed.trim().is_empty() && typed.trim().parse::<i32>().is_err();
    let Some((field, typed)) = fields.into_iter().find(|(_, typed)| is_wrong(typed)) else { return Ok(()) };
    let field = visitor.language.text(&format!("field-{field}"));
    let typed: String = typed.trim().chars().take(SHOWN).collect();
    let values = [("field", field.into()), ("typed", typed.into())];
    Err(Problem::invalid("NUMBER_UNREADABLE", visitor.language.text_with("manage-number-wrong", &values)))
}

/// So much of what was typed is shown again, characters.
const SHOWN: usize = 40;
