//! What an import did, for people and as JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::mend::Mend;
use crate::reason::{OTHER, Reason};
use crate::record::unknown_keys;

/// Examples kept of each kind.
const EXAMPLES: usize = 3;
/// Different reasons that are told apart: what a service refuses may name anything.
const MOST_REASONS: usize = 50;
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
    #[serde(serialize_with = "by_words")]
    pub mends: BTreeMap<Reason, Kind>,
    /// Why records are no films.
    #[serde(serialize_with = "by_words")]
    pub refusals: BTreeMap<Reason, Kind>,
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
    pub(crate) fn of(records: &[Value]) -> Self {
        let mut unknown = BTreeMap::new();
        for key in records.iter().flat_map(unknown_keys) {
            let key: String = key.chars().take(KEY_SHOWN).collect();
            if unknown.len() < MOST_KEYS || unknown.contains_key(&key) {
                *unknown.entry(key).or_default() += 1;
            }
        }
        Self { records: records.len(), unknown_keys: unknown, ..Self::default() }
    }

    /// How new films were mended, the most frequent first.
    #[must_use]
    pub fn mends(&self) -> Vec<(&Reason, &Kind)> {
        by_count(&self.mends)
    }

    /// Why records are no films, the most frequent first.
    #[must_use]
    pub fn refusals(&self) -> Vec<(&Reason, &Kind)> {
        by_count(&self.refusals)
    }

    /// Whether there were records and none of them is a film.
    #[must_use]
    pub fn nothing_taken(&self) -> bool {
        self.records > 0 && self.refused == self.records
    }

    pub(crate) fn take(&mut self, mended: Vec<Mend>) {
        self.taken += 1;
        for mend in mended {
            kind_of(&mut self.mends, mend.rule).add(Example::Mend {
                field: mend.field,
                from: mend.from,
                to: mend.to,
            });
        }
    }

    pub(crate) fn refuse(&mut self, title: String, why: Reason) {
        self.refused += 1;
        kind_of(&mut self.refusals, why).add(Example::Title(title));
    }
}

/// What happened for a reason; for any other one where there are too many.
fn kind_of(kinds: &mut BTreeMap<Reason, Kind>, reason: Reason) -> &mut Kind {
    let fits = kinds.len() < MOST_REASONS || kinds.contains_key(&reason);
    kinds.entry(if fits { reason } else { OTHER }).or_default()
}

/// The most frequent first.
fn by_count(kinds: &BTreeMap<Reason, Kind>) -> Vec<(&Reason, &Kind)> {
    let mut kinds: Vec<_> = kinds.iter().collect();
    kinds.sort_by_key(|(_, kind)| std::cmp::Reverse(kind.count));
    kinds
}

/// As JSON: by the words of the reason, with its code beside the rest.
fn by_words<S: Serializer>(kinds: &BTreeMap<Reason, Kind>, to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Coded<'a> {
        code: &'a str,
        #[serde(flatten)]
        kind: &'a Kind,
    }
    let mut map = to.serialize_map(Some(kinds.len()))?;
    for (reason, kind) in kinds {
        map.serialize_entry(&reason.words, &Coded { code: &reason.code, kind })?;
    }
    map.end()
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
        list(f, "Mended in the new films:", &self.mends())?;
        list(f, "Refused because:", &self.refusals())?;
        if !self.unknown_keys.is_empty() {
            writeln!(f, "\nKeys that mean nothing here, and were not read:")?;
        }
        for (key, count) in &self.unknown_keys {
            writeln!(f, "  {count:>5}  {key:?}")?;
        }
        Ok(())
    }
}

fn list(f: &mut fmt::Formatter<'_>, heading: &str, kinds: &[(&Reason, &Kind)]) -> fmt::Result {
    if kinds.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{heading}")?;
    for (reason, kind) in kinds {
        writeln!(f, "  {:>5}  {}", kind.count, reason.words)?;
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
