//! What a visitor is told over the map.

use fluent_bundle::FluentValue;

use crate::hall::Hall;
use crate::hall::best_seats::{self, Wish};
use crate::hall::choice::Choice;
use crate::language::Language;
use crate::visitor::Visitor;

use super::address;

/// Something to be told.
pub struct Notice {
    /// Whether something did not work.
    pub wrong: bool,
    /// What.
    pub words: String,
    /// Seats that are offered instead.
    pub offer: Option<Offer>,
    /// Another page to go on: where it is, and what the link says.
    pub leads: Option<(String, String)>,
}

/// Seats to choose with one click.
pub struct Offer {
    /// The page with them chosen.
    pub href: String,
    /// Their names, for the module.
    pub seats: String,
    /// What the link says.
    pub words: String,
}

impl Notice {
    /// Something that worked.
    pub fn good(words: String) -> Self {
        Self { wrong: false, words, offer: None, leads: None }
    }

    /// Something that did not.
    pub fn wrong(words: String) -> Self {
        Self { wrong: true, words, offer: None, leads: None }
    }
}

impl Offer {
    /// Seats of a screening with the tickets of a choice.
    pub fn new(language: Language, film_sid: i64, choice: &Choice, text: &str) -> Self {
        let words = language.text_with(text, &[("seats", language.list(&choice.names()).into())]);
        Self { href: address(film_sid, choice.fields()), seats: choice.names().join(","), words }
    }
}

/// Seats that were wanted and are taken; others like them, where there are.
pub fn taken(visitor: &Visitor, film_sid: i64, hall: &Hall, wanted: &Choice, taken: &[String]) -> Notice {
    let language = visitor.language;
    let values = [("seats", language.list(taken).into()), ("count", FluentValue::from(taken.len()))];
    let mut notice = Notice::wrong(language.text_with("hall-just-taken", &values));
    notice.offer = like(hall, wanted, taken)
        .map(|seats| Choice::of_seats(hall, &seats, wanted))
        .map(|choice| Offer::new(language, film_sid, &choice, "hall-offer-instead"));
    notice
}

/// The nearest free seats together that are as many as were wanted, for no more money, and
/// without those known to be taken, which the map may show as free for a moment yet.
fn like(hall: &Hall, wanted: &Choice, taken: &[String]) -> Option<Vec<usize>> {
    let seats: Vec<usize> = wanted.seats(hall).collect();
    let dearest = seats.iter().map(|seat| hall.price(*seat, contract::film::TicketType::Adult)).max()?;
    let wish = Wish {
        count: seats.len(),
        up_to: Some(dearest),
        around: hall.middle(&seats),
        besides: taken.iter().filter_map(|name| hall.find(name)).collect(),
    };
    best_seats::best(hall, &wish).map(|block| block.seats)
}
