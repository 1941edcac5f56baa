//! What the page tells its module.

use contract::film::{Screening, SeatState, TicketType};
use serde_json::{Value, json};

use crate::format;
use crate::hall::choice::{self, MOST_SEATS};
use crate::hall::{Category, Hall};
use crate::visitor::Visitor;

use super::draft::ticket;
use super::drawing;

/// As JSON that may stand in a page: prices by category, words with `{seats}` where seats
/// belong, and how money is written.
pub fn script(visitor: &Visitor, screening: &Screening, hall: &Hall, open: bool) -> String {
    let language = visitor.language;
    let prices = |category: &Category| -> Value {
        let one =
            |(kind, amount): &(TicketType, i64)| json!([choice::name(*kind), ticket(visitor, *kind), amount]);
        category.prices.iter().map(one).collect()
    };
    let states = [SeatState::Free, SeatState::Held, SeatState::Sold, SeatState::Unavailable];
    let words: serde_json::Map<String, Value> = states
        .into_iter()
        .map(|state| (drawing::state_name(state).to_owned(), drawing::state_words(visitor, state).into()))
        .collect();
    let hole = |name| language.text_with(name, &[("seats", "{seats}".into()), ("count", 2.into())]);
    let one_gone = language.text_with("hall-just-taken", &[("seats", "{seats}".into()), ("count", 1.into())]);
    json!({
        "open": open,
        "most": MOST_SEATS,
        "money": format::money(language, 12_345_678, &screening.currency),
        "minor": format::minor_digits(&screening.currency),
        "prices": hall.categories.iter().map(prices).collect::<Vec<_>>(),
        "states": words,
        "separator": language.text("hall-list-separator"),
        "chosen": language.text("hall-state-chosen"),
        "yours": language.text("hall-state-yours"),
        "remove": hole("hall-remove"),
        "ticketFor": hole("hall-ticket-for"),
        "takenOne": one_gone,
        "takenMore": hole("hall-just-taken"),
        "tooMany": language.text_with("hall-too-many", &[("count", MOST_SEATS.into())]),
        "added": hole("hall-added"),
        "removed": hole("hall-removed"),
        "lost": language.text("hall-live-lost"),
        "back": language.text("hall-live-back"),
    })
    .to_string()
    .replace('<', "\\u003c")
}
