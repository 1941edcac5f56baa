//! What an import did, in the visitor's words.

use film_import::{Example, Import, Kind, Reason};
use tonic::{Code, Status};

use crate::language::Language;
use crate::problem;

/// Longest text of an example, characters; a title has 200.
const SHOWN: usize = 80;

/// What was done.
pub struct Told {
    pub records: usize,
    pub done: usize,
    pub taken: usize,
    pub already_there: usize,
    pub refused: usize,
    pub mends: Vec<Line>,
    pub refusals: Vec<Line>,
    /// Keys that were not read, and how often they are there.
    pub unknown_keys: Vec<(String, usize)>,
    /// Why it stopped, where it did.
    pub stopped: Option<String>,
    /// Whether no record is a film.
    pub is_nothing: bool,
}

/// Something that happened.
pub struct Line {
    /// For programs.
    pub code: String,
    pub count: usize,
    pub words: String,
    pub examples: Vec<Shown>,
}

/// An example.
pub struct Shown {
    /// The film's field; none for a title.
    pub field: String,
    /// What the record says.
    pub from: String,
    /// What was made of it; nothing where it was refused.
    pub to: Option<String>,
}

/// What an import did, and why it stopped where it did.
pub fn of(language: Language, import: &Import, stopped: Option<&Status>) -> Told {
    let summary = import.summary();
    let line = |(reason, kind): (&Reason, &Kind)| Line {
        code: reason.code.to_string(),
        count: kind.count,
        words: words(language, reason),
        examples: kind.examples.iter().map(|example| shown(language, example)).collect(),
    };
    Told {
        records: summary.records,
        done: import.done(),
        taken: summary.taken,
        already_there: summary.already_there,
        refused: summary.refused,
        mends: summary.mends().into_iter().map(line).collect(),
        refusals: summary.refusals().into_iter().map(line).collect(),
        unknown_keys: summary.unknown_keys.iter().map(|(key, count)| (key.clone(), *count)).collect(),
        stopped: stopped.map(|status| why(language, status)),
        is_nothing: summary.nothing_taken(),
    }
}

/// Why it stopped.
fn why(language: Language, status: &Status) -> String {
    match status.code() {
        Code::Unauthenticated => language.text("import-signed-out"),
        _ => problem::words(language, status),
    }
}

/// A reason of the import, else one of the service, else what that said in English.
fn words(language: Language, reason: &Reason) -> String {
    let own = language.find(&format!("import-{}", reason.code), None);
    let told = || reason.told.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    own.or_else(|| problem::words_of_told(language, &reason.code, told()))
        .unwrap_or_else(|| reason.words.to_string())
}

fn shown(language: Language, example: &Example) -> Shown {
    match example {
        Example::Mend { field, from, to } => {
            let name = language.find(&format!("field-{field}"), None);
            Shown {
                field: name.unwrap_or_else(|| (*field).to_owned()),
                from: cut(from),
                to: Some(if to.is_empty() { "–".to_owned() } else { cut(to) }),
            }
        }
        Example::Title(title) => Shown { field: language.text("field-title"), from: cut(title), to: None },
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_words_in_every_language() {
        for language in Language::ALL {
            for reason in Reason::ALL {
                assert!(language.find(&format!("import-{}", reason.code), None).is_some(), "{}", reason.code);
            }
        }
    }
}
