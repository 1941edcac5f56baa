//! What an import did, for people and as JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;
use service_film::domain::film_import::{self, Mend};

/// Examples kept of each kind.
const EXAMPLES: usize = 3;
/// Different unknown keys that are named: a file with more of them is of another kind.
const MOST_KEYS: usize = 30;
/// Longest unknown key that is shown, characters.
const KEY_SHOWN: usize = 60;

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Records in the file.
    pub records: usize,
    /// New films.
    pub taken: usize,
    /// Records whose film the catalogue had.
    pub already_there: usize,
    /// Records that are no film.
    pub refused: usize,
    /// How new films were mended, by rule. One film can be mended several times.
    pub mends: BTreeMap<String, Kind>,
    /// Why records are no films.
    pub refusals: BTreeMap<String, Kind>,
    /// Keys that mean nothing here, and how many records have them.
    pub unknown_keys: BTreeMap<String, usize>,
}

/// How often something happened, and the first few times.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Kind {
    /// How often.
    pub count: usize,
    /// The first few.
    pub examples: Vec<Example>,
}

/// One time that something happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Example {
    /// A field that was mended.
    Mend {
        /// The film's field.
        field: &'static str,
        /// What the record has.
        from: String,
        /// What was made of it.
        to: String,
    },
    /// A title that was refused.
    Title(String),
}

impl Summary {
    pub(super) fn of(records: &[Value]) -> Self {
        let mut unknown_keys = BTreeMap::new();
        for key in records.iter().flat_map(film_import::unknown_keys) {
            let key: String = key.chars().take(KEY_SHOWN).collect();
            if unknown_keys.len() < MOST_KEYS || unknown_keys.contains_key(&key) {
                *unknown_keys.entry(key).or_default() += 1;
            }
        }
        Self { records: records.len(), unknown_keys, ..Self::default() }
    }

    /// Whether there were records and none of them is a film.
    #[must_use]
    pub fn nothing_taken(&self) -> bool {
        self.records > 0 && self.refused == self.records
    }

    pub(super) fn take(&mut self, mended: Vec<Mend>) {
        self.taken += 1;
        for mend in mended {
            let kind = self.mends.entry(mend.rule.to_owned()).or_default();
            kind.add(Example::Mend { field: mend.field, from: mend.from, to: mend.to });
        }
    }

    pub(super) fn refuse(&mut self, title: String, why: String) {
        self.refused += 1;
        self.refusals.entry(why).or_default().add(Example::Title(title));
    }
}

impl Kind {
    fn add(&mut self, example: Example) {
        self.count += 1;
        if self.examples.len() < EXAMPLES && !self.examples.contains(&example) {
            self.examples.push(example);
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} records read", self.records)?;
        writeln!(f, "{} new films taken", self.taken)?;
        writeln!(f, "{} already there", self.already_there)?;
        writeln!(f, "{} refused", self.refused)?;
        list(f, "Mended in the new films:", &self.mends)?;
        list(f, "Refused because:", &self.refusals)?;
        if !self.unknown_keys.is_empty() {
            writeln!(f, "\nKeys that mean nothing here, and were not read:")?;
        }
        for (key, count) in &self.unknown_keys {
            writeln!(f, "  {count:>5}  {key:?}")?;
        }
        Ok(())
    }
}

fn list(f: &mut fmt::Formatter<'_>, heading: &str, kinds: &BTreeMap<String, Kind>) -> fmt::Result {
    if kinds.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{heading}")?;
    let mut kinds: Vec<_> = kinds.iter().collect();
    kinds.sort_by_key(|(_, kind)| std::cmp::Reverse(kind.count));
    for (name, kind) in kinds {
        writeln!(f, "  {:>5}  {name}", kind.count)?;
        for example in &kind.examples {
            writeln!(f, "         for example {example}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mend { field, from, to } => write!(f, "{field} {from}: now {to:?}"),
            Self::Title(title) => write!(f, "the title {title}"),
        }
    }
}
