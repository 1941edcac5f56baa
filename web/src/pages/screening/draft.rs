//! What a visitor has chosen so far, and what the page says of it.

use contract::film::{Screening, TicketType};
use fluent_bundle::FluentValue;

use crate::format;
use crate::hall::Hall;
use crate::hall::best_seats::{self, Wish};
use crate::hall::choice::{self, Choice, MOST_SEATS};
use crate::problem;
use crate::visitor::Visitor;

use super::asked::Asked;
use super::drawing;
use super::notices::{self, Notice};
use super::yours::Yours;

/// What a visitor has chosen so far.
#[derive(Default)]
pub struct Draft {
    /// The seats and tickets.
    pub choice: Choice,
    /// The seats.
    pub seats: Vec<usize>,
    /// As the page lists them.
    pub lines: Vec<Line>,
    /// What it costs, in words.
    pub total: String,
}

/// A chosen seat.
pub struct Line {
    pub seat: String,
    pub words: String,
    /// Tickets to choose from: name, words, price, and whether it is chosen.
    pub tickets: Vec<(&'static str, String, String, bool)>,
    pub price: String,
    /// The page without the seat.
    pub without: String,
}

/// What the page begins with, and what there is to say of it.
pub fn begin(
    visitor: &Visitor,
    screening: &Screening,
    hall: &Hall,
    yours: &Yours,
    asked: &Asked,
    told: &mut Vec<Notice>,
) -> Draft {
    if let Some(words) = refused(visitor, &asked.refused) {
        told.push(Notice::wrong(words));
    }
    if asked.too_many {
        told.extend(problem::words_of(visitor.language, "TOO_MANY_SEATS").map(Notice::wrong));
    }
    let choice = match asked.best {
        Some(count) => best(visitor, hall, asked, count, told),
        None => wanted(visitor, screening, hall, yours, asked, told),
    };
    draft(visitor, screening, hall, choice)
}

/// Why a purchase was refused.
fn refused(visitor: &Visitor, reason: &str) -> Option<String> {
    let is_reason =
        !reason.is_empty() && reason.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    // Which seats were taken is told by name.
    let told = is_reason && reason != "SEATS_TAKEN";
    told.then(|| problem::words_of(visitor.language, reason)).flatten()
}

fn best(visitor: &Visitor, hall: &Hall, asked: &Asked, count: usize, told: &mut Vec<Notice>) -> Choice {
    let around = best_seats::best_place(hall);
    let wish = Wish { count, up_to: asked.up_to, around, besides: std::collections::BTreeSet::new() };
    let language = visitor.language;
    let Some(block) = best_seats::best(hall, &wish) else {
        told.push(Notice::wrong(
            language.text_with("hall-best-none", &[("count", FluentValue::from(count))]),
        ));
        return Choice::default();
    };
    let choice = Choice::of_seats(hall, &block.seats, &asked.choice);
    let values = [("seats", language.list(&choice.names()).into()), ("count", FluentValue::from(count))];
    told.push(Notice::good(language.text_with("hall-best-found", &values)));
    choice
}

/// The seats that were asked for and can still be had, whole couple seats among them. Those that
/// are the visitor's already are told apart.
fn wanted(
    visitor: &Visitor,
    screening: &Screening,
    hall: &Hall,
    yours: &Yours,
    asked: &Asked,
    told: &mut Vec<Notice>,
) -> Choice {
    let mut choice = Choice::default();
    let mut taken = Vec::new();
    for (name, ticket) in &asked.choice.0 {
        let Some(seat) = hall.find(name) else { continue };
        let is_free = hall.is_free(seat) && !asked.gone.contains(name);
        match is_free {
            true => choice.0.push((name.clone(), *ticket)),
            false if yours.has(name) => {}
            false => taken.push(name.clone()),
        }
    }
    whole_couples(hall, &mut choice);
    if !taken.is_empty() {
        told.push(notices::taken(visitor, screening.film_sid, hall, &asked.choice, &taken));
    }
    choice
}

fn whole_couples(hall: &Hall, choice: &mut Choice) {
    for (name, ticket) in choice.0.clone() {
        let partner = hall.find(&name).and_then(|seat| hall.places[seat].partner);
        let Some(partner) = partner.filter(|partner| hall.is_free(*partner)) else { continue };
        let other = &hall.places[partner].name;
        if choice.0.len() < MOST_SEATS && choice.0.iter().all(|(known, _)| known != other) {
            choice.0.push((other.clone(), ticket));
        }
    }
}

fn draft(visitor: &Visitor, screening: &Screening, hall: &Hall, choice: Choice) -> Draft {
    let currency = &screening.currency;
    let seats: Vec<usize> = choice.seats(hall).collect();
    let priced: Vec<i64> =
        choice.0.iter().zip(&seats).map(|((_, ticket), seat)| hall.price(*seat, *ticket)).collect();
    let line = |((index, (name, ticket)), seat): ((usize, &(String, TicketType)), &usize)| {
        let mut rest = choice.clone();
        rest.0.remove(index);
        Line {
            seat: name.clone(),
            words: drawing::place_words(visitor, &hall.places[*seat]),
            tickets: tickets(visitor, hall, currency, *seat, *ticket),
            price: format::money(visitor.language, hall.price(*seat, *ticket), currency),
            without: super::address(screening.film_sid, rest.fields()),
        }
    };
    let lines = choice.0.iter().enumerate().zip(&seats).map(line).collect();
    Draft { lines, total: format::money(visitor.language, priced.iter().sum(), currency), seats, choice }
}

fn tickets(
    visitor: &Visitor,
    hall: &Hall,
    currency: &str,
    seat: usize,
    chosen: TicketType,
) -> Vec<(&'static str, String, String, bool)> {
    let prices = hall.categories.get(hall.places[seat].category).map(|category| &*category.prices);
    let prices = prices.unwrap_or_default().iter();
    let one = |(kind, amount): &(TicketType, i64)| {
        (
            choice::name(*kind),
            ticket(visitor, *kind),
            format::money(visitor.language, *amount, currency),
            *kind == chosen,
        )
    };
    prices.map(one).collect()
}

/// A kind of ticket in words.
pub fn ticket(visitor: &Visitor, ticket: TicketType) -> String {
    visitor.language.text(&format!("hall-ticket-{}", choice::name(ticket)))
}
