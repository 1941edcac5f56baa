//! Texts of a record, and what was changed in them.

use std::fmt;

use serde_json::Value;

use super::MAX_TEXT;

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
    pub rule: &'static str,
}

impl Mend {
    pub(super) fn new(field: &'static str, from: &Value, to: &impl ToString, rule: &'static str) -> Self {
        Self { field, from: from.to_string(), to: to.to_string(), rule }
    }
}

impl fmt::Display for Mend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} became {:?} ({})", self.field, self.from, self.to, self.rule)
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

/// Makes a title better, or leaves it; and what that is called.
type Rule = (fn(&str) -> String, &'static str);

/// The title of a record; an error says why there is none.
pub(super) fn title(value: &Value, mended: &mut Vec<Mend>) -> Result<String, String> {
    let mut title = match value {
        Value::Number(number) => {
            mended.push(Mend::new("title", value, number, "a number; taken as the title it is"));
            number.to_string()
        }
        Value::String(text) => text.clone(),
        Value::Null => return Err("it has no title".to_owned()),
        _ => return Err("its title is neither text nor number".to_owned()),
    };
    let rules: [Rule; 3] = [
        (joined_spaces, "spaces and control characters joined"),
        (well_decoded, "letters that had been read in the wrong encoding"),
        (article_first, "article put first"),
    ];
    for (rule, name) in rules {
        let better = rule(&title);
        if better != title {
            mended.push(Mend::new("title", value, &better, name));
            title = better;
        }
    }
    match title.chars().count() {
        0 => Err("its title is empty".to_owned()),
        count if count > MAX_TEXT => Err(format!("its title is longer than {MAX_TEXT} characters")),
        _ => Ok(title),
    }
}

/// A text that may be missing.
pub(super) fn text(field: &'static str, value: &Value, longest: usize, mended: &mut Vec<Mend>) -> String {
    let Some(text) = value.as_str() else {
        if !value.is_null() {
            mended.push(Mend::new(field, value, &"", "not text; left out"));
        }
        return String::new();
    };
    let better: String = joined_spaces(text).chars().take(longest).collect();
    if better != text {
        mended.push(Mend::new(field, value, &better, "spaces joined, cut to its longest"));
    }
    better
}

fn joined_spaces(text: &str) -> String {
    let is_gap = |letter: char| letter.is_whitespace() || letter.is_control();
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
