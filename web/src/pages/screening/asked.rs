//! What the address of a screening or its form says.

use crate::hall::choice::{Choice, MOST_SEATS};

use super::MOST_TOGETHER;

/// Fields read of a form or an address: a seat and its ticket each, some others, and as many
/// again for what an old page may still send.
const MOST_FIELDS: usize = 8 * MOST_SEATS;
/// Longest reason and longest key, bytes.
const WORD_MAX: usize = 64;
/// Says of a choice that waits that its visitor has been advised about it, whatever it is.
pub const ADVISED: &str = "yes";

/// What the address of a screening or its form says.
#[derive(Debug, Default)]
pub struct Asked {
    /// Seats and tickets.
    pub choice: Choice,
    /// Whether there were more seats than one order takes.
    pub too_many: bool,
    /// Seats that have just been found taken.
    pub gone: Vec<String>,
    /// Why a purchase was refused: a reason of the contract.
    pub refused: String,
    /// So many seats together.
    pub best: Option<usize>,
    /// For an adult at most, minor units.
    pub up_to: Option<i64>,
    /// The choice that the visitor has been advised about.
    pub advised: String,
    /// Tells two purchases apart.
    pub key: String,
}

impl Asked {
    /// Whether the visitor has been advised about this choice.
    pub fn is_advised(&self) -> bool {
        self.advised == ADVISED || self.advised == self.choice.sorted()
    }

    /// From a query or a form.
    pub fn read(text: &[u8]) -> Self {
        let fields: Vec<(String, String)> = form_urlencoded::parse(text)
            .into_owned()
            .filter(|(_, value)| !value.is_empty())
            .take(MOST_FIELDS)
            .collect();
        let of = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value);
        let word = |name| {
            Some(of(name)).filter(|word| word.len() <= WORD_MAX && word.is_ascii()).unwrap_or_default()
        };
        let best = of("best").parse().ok().filter(|count| (1..=MOST_TOGETHER).contains(count));
        Self {
            choice: Choice::read(&fields),
            too_many: fields.iter().filter(|(name, _)| name == "seat").count() > MOST_SEATS
                || of("seats").split(',').count() > MOST_SEATS,
            gone: of("gone")
                .split(',')
                .filter(|seat| !seat.is_empty())
                .take(MOST_SEATS)
                .map(str::to_owned)
                .collect(),
            refused: word("refused").to_owned(),
            best,
            up_to: of("up_to").parse().ok().filter(|amount| *amount > 0),
            advised: of("advised").to_owned(),
            key: word("key").to_owned(),
        }
    }
}
