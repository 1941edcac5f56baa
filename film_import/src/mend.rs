//! Texts of a record, and what was changed in them.

use std::fmt;

use serde_json::Value;

use crate::reason::{
    NO_TITLE, NOT_TEXT, Reason, TEXT_CUT, TITLE_A_NUMBER, TITLE_ARTICLE, TITLE_EMPTY, TITLE_ENCODING,
    TITLE_NOT_TEXT, TITLE_SPACES, TITLE_TOO_LONG,
};
use crate::record::MAX_TEXT;

/// Of what a record says so much is told, characters: a record may say anything.
const SHOWN: usize = 200;

/// Something that was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// The film's field.
    pub field: &'static str,
    /// What the record says.
    pub from: String,
    /// What was made of it.
    pub to: String,
    /// By which rule.
    pub rule: Reason,
}

impl Mend {
    pub(crate) fn new(field: &'static str, from: &Value, to: &impl ToString, rule: Reason) -> Self {
        Self { field, from: shown(&from.to_string()), to: to.to_string(), rule }
    }
}

impl fmt::Display for Mend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} became {:?} ({})", self.field, self.from, self.to, self.rule.words)
    }
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Letters that Latin-1 text shows when it was read as Mac Roman, and what they were.
const MISREAD: [(char, char); 12] = [
    ('È', 'é'),
    ('Í', 'ê'),
    ('Ë', 'è'),
    ('Î', 'ë'),
    ('‡', 'à'),
    ('·', 'á'),
    ('‰', 'ä'),
    ('Û', 'ó'),
    ('Ù', 'ô'),
    ('˘', 'ù'),
    ('Ω', '½'),
    ('Ö', '…'),
];

/// Makes a title better, or leaves it; and why.
type Rule = (fn(&str) -> String, Reason);

/// The title of a record; an error says why there is none.
pub(crate) fn title(value: &Value, mended: &mut Vec<Mend>) -> Result<String, Reason> {
    let mut title = match value {
        Value::Number(number) => {
            mended.push(Mend::new("title", value, number, TITLE_A_NUMBER));
            number.to_string()
        }
        Value::String(text) => text.clone(),
        Value::Null => return Err(NO_TITLE),
        _ => return Err(TITLE_NOT_TEXT),
    };
    let rules: [Rule; 3] =
        [(joined_spaces, TITLE_SPACES), (well_decoded, TITLE_ENCODING), (article_first, TITLE_ARTICLE)];
    for (rule, why) in rules {
        let better = rule(&title);
        if better != title {
            mended.push(Mend::new("title", value, &better, why));
            title = better;
        }
    }
    match title.chars().count() {
        0 => Err(TITLE_EMPTY),
        count if count > MAX_TEXT => Err(TITLE_TOO_LONG),
        _ => Ok(title),
    }
}

/// A text that may be missing.
pub(crate) fn text(field: &'static str, value: &Value, longest: usize, mended: &mut Vec<Mend>) -> String {
    let Some(text) = value.as_str() else {
        if !value.is_null() {
            mended.push(Mend::new(field, value, &"", NOT_TEXT));
        }
        return String::new();
    };
    let better: String = joined_spaces(text).chars().take(longest).collect();
    if better != text {
        mended.push(Mend::new(field, value, &better, TEXT_CUT));
    }
    better
}

fn joined_spaces(text: &str) -> String {
    // What has no width, and what turns the direction of all that follows, is none of a text either.
    let is_gap = |letter: char| {
        letter.is_whitespace()
            || letter.is_control()
            || matches!(letter, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffd}')
    };
    text.split(is_gap).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Puts back letters that a wrong encoding changed: a large accented letter or a
/// sign inside a word of small letters (`AmÈlie`), or standing alone.
fn well_decoded(title: &str) -> String {
    title.split(' ').map(well_decoded_word).collect::<Vec<_>>().join(" ")
}

fn well_decoded_word(word: &str) -> String {
    let shouted = word.chars().count() > 1 && !word.chars().any(char::is_lowercase);
    // A number with the sign of a half has no small letters.
    if shouted && !word.chars().any(|letter| letter.is_ascii_digit()) {
        return word.to_owned();
    }
    let alone = word.chars().count() == 1;
    let letters = word.chars().enumerate().map(|(index, letter)| {
        let right = MISREAD.iter().find(|(wrong, _)| *wrong == letter).map(|(_, right)| *right);
        right.filter(|right| if alone { *right == '…' } else { index > 0 && *right != '…' }).unwrap_or(letter)
    });
    letters.collect()
}

/// `Charge of the Light Brigade, The` is `The Charge of the Light Brigade`.
fn article_first(title: &str) -> String {
    for article in ["The", "A", "An"] {
        if let Some(rest) = title.strip_suffix(article).and_then(|rest| rest.strip_suffix(", ")) {
            return format!("{article} {rest}");
        }
    }
    title.to_owned()
}
