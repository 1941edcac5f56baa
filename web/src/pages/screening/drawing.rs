//! The seat map, drawn.

use contract::film::{SeatKind, SeatState};

use crate::format;
use crate::hall::{Hall, Place};
use crate::visitor::Visitor;

/// Distance of neighbours in the drawing, its units: a seat is 24 of them, so that at its
/// natural size each can be hit (WCAG 2.2, 2.5.8).
const STEP: f64 = 28.0;
/// Room around the seats: for names of rows, and the screen in front.
const MARGIN: f64 = 52.0;
/// Room for the screen.
const FRONT: f64 = 64.0;
/// Marks that tell categories apart without colour; more share them.
pub const MARKS: usize = 4;

/// The map of a hall.
pub struct Drawing {
    pub width: f64,
    pub height: f64,
    /// The curve of the screen, and where its name stands.
    pub screen: String,
    pub screen_x: f64,
    pub rows: Vec<DrawnRow>,
    /// Kinds of seats that are there beside ordinary ones.
    pub kinds: Vec<DrawnKind>,
}

/// A kind of seat for the legend.
pub struct DrawnKind {
    pub shape: &'static str,
    pub words: String,
}

/// A row with its name at both ends.
pub struct DrawnRow {
    pub name: String,
    /// Where the name stands.
    pub ends: Vec<(f64, f64)>,
    pub seats: Vec<DrawnSeat>,
}

/// A seat.
pub struct DrawnSeat {
    pub name: String,
    /// For `class`: kind and state.
    pub class: String,
    pub x: f64,
    pub y: f64,
    pub color: String,
    /// The other half of a couple seat.
    pub partner: String,
    pub category: usize,
    pub mark: usize,
    pub shape: &'static str,
    pub number: String,
    /// What stands in it.
    pub text: String,
    /// What it is in words: row, number, kind, price and state.
    pub title: String,
}

impl Drawing {
    /// The map of a hall with what is chosen.
    pub fn of(visitor: &Visitor, hall: &Hall, currency: &str, chosen: &[usize]) -> Self {
        Self::for_buyer(visitor, hall, currency, chosen, &[])
    }

    /// The map of a hall with what is chosen, and what the visitor holds already.
    pub fn for_buyer(
        visitor: &Visitor,
        hall: &Hall,
        currency: &str,
        chosen: &[usize],
        held: &[usize],
    ) -> Self {
        let (left, right, front, back) = hall.bounds();
        let scale = STEP / hall.step;
        let at = |place: &Place| {
            (tidy((place.x - left) * scale + MARGIN), tidy((place.y - front) * scale + MARGIN + FRONT))
        };
        let width = tidy((right - left) * scale + 2.0 * MARGIN);
        let rows = hall.rows.iter().map(|row| {
            let seats =
                row.seats.iter().map(|seat| drawn(visitor, hall, currency, *seat, (chosen, held), at));
            let ends = [row.seats.first(), row.seats.last()]
                .into_iter()
                .flatten()
                .map(|seat| at(&hall.places[*seat]));
            let ends = ends.zip([-STEP, STEP]).map(|((x, y), aside)| (x + aside, y)).collect();
            DrawnRow { name: row.name.clone(), ends, seats: seats.collect() }
        });
        Self {
            width,
            height: tidy((back - front) * scale + 2.0 * MARGIN + FRONT),
            screen: format!("M{MARGIN} 44Q{} 12 {} 44", width / 2.0, width - MARGIN),
            screen_x: width / 2.0,
            rows: rows.collect(),
            kinds: kinds(visitor, hall),
        }
    }
}

fn kinds(visitor: &Visitor, hall: &Hall) -> Vec<DrawnKind> {
    let wanted = [SeatKind::Wheelchair, SeatKind::Companion, SeatKind::CoupleHalf];
    let first = |kind| hall.places.iter().find(|place| place.kind == kind);
    let drawn =
        |place: &Place| DrawnKind { shape: shape(hall, place), words: kind_words(visitor, place.kind) };
    wanted.into_iter().filter_map(first).map(drawn).collect()
}

/// Tenths are fine enough, and short to send.
fn tidy(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn drawn(
    visitor: &Visitor,
    hall: &Hall,
    currency: &str,
    seat: usize,
    (chosen, held): (&[usize], &[usize]),
    at: impl Fn(&Place) -> (f64, f64),
) -> DrawnSeat {
    let place = &hall.places[seat];
    let (x, y) = at(place);
    let is_chosen = chosen.contains(&seat);
    let is_yours = place.state == SeatState::Held && held.contains(&seat);
    let state = if is_chosen { "chosen" } else { state_name(place.state) };
    let state_words = match (is_chosen, is_yours) {
        (true, _) => visitor.language.text("hall-state-chosen"),
        (_, true) => visitor.language.text("hall-state-yours"),
        _ => state_words(visitor, place.state),
    };
    let text = match place.state {
        _ if is_chosen || is_yours => "✓".to_owned(),
        SeatState::Free => place.number.clone(),
        SeatState::Sold => "×".to_owned(),
        _ => String::new(),
    };
    DrawnSeat {
        class: format!("{}{} {state}", kind_class(place.kind), if is_yours { " yours" } else { "" }),
        x,
        y,
        color: hall.categories.get(place.category).map(|category| category.color.clone()).unwrap_or_default(),
        partner: place.partner.map(|partner| hall.places[partner].name.clone()).unwrap_or_default(),
        category: place.category,
        mark: place.category % MARKS,
        shape: shape(hall, place),
        number: place.number.clone(),
        text,
        title: title(visitor, hall, currency, seat, state_words),
        name: place.name.clone(),
    }
}

/// The outline, around the seat's middle.
fn shape(hall: &Hall, place: &Place) -> &'static str {
    match place.kind {
        SeatKind::Wheelchair => "M0-12A12 12 0 1 1-.1-12Z",
        SeatKind::Companion => "M-6-12H6L12-6V6L6 12H-6L-12 6V-6Z",
        SeatKind::CoupleHalf if place.partner.is_some_and(|other| hall.places[other].x > place.x) => {
            "M14-12H-4A8 8 0 0 0-12-4V12H14Z"
        }
        SeatKind::CoupleHalf => "M-14-12H4A8 8 0 0 1 12-4V12H-14Z",
        _ => "M-12 12V-6A6 6 0 0 1-6-12H6A6 6 0 0 1 12-6V12Z",
    }
}

/// `Row F seat 12, standard, £12.00, free`.
fn title(visitor: &Visitor, hall: &Hall, currency: &str, seat: usize, state: String) -> String {
    let place = &hall.places[seat];
    let mut parts = vec![place_words(visitor, place), kind_words(visitor, place.kind)];
    // A plan has no prices yet.
    let priced = hall.categories.get(place.category).is_some_and(|category| !category.prices.is_empty());
    if place.kind != SeatKind::Blocked && priced {
        parts.push(format::money(
            visitor.language,
            hall.price(seat, contract::film::TicketType::Adult),
            currency,
        ));
    }
    parts.push(state);
    parts.join(&visitor.language.text("hall-list-separator"))
}

/// `Row F seat 12`.
pub fn place_words(visitor: &Visitor, place: &Place) -> String {
    let row = row_words(visitor, &place.zone, &place.row);
    let text = if place.row.is_empty() { "hall-seat-alone" } else { "hall-seat" };
    let values = [("row", row.into()), ("number", place.number.as_str().into())];
    visitor.language.text_with(text, &values).trim().to_owned()
}

/// `Row F`, with its zone where that has a name.
pub fn row_words(visitor: &Visitor, zone: &str, row: &str) -> String {
    let name = match (zone, row) {
        ("", "") => "hall-row-nameless",
        ("", _) => "hall-row",
        (_, "") => "hall-zone",
        _ => "hall-zone-row",
    };
    visitor.language.text_with(name, &[("zone", zone.into()), ("row", row.into())])
}

/// A kind of seat in words.
pub fn kind_words(visitor: &Visitor, kind: SeatKind) -> String {
    visitor.language.text(match kind {
        SeatKind::Wheelchair => "hall-kind-wheelchair",
        SeatKind::Companion => "hall-kind-companion",
        SeatKind::CoupleHalf => "hall-kind-couple",
        SeatKind::Blocked => "hall-kind-blocked",
        SeatKind::Standard | SeatKind::Unspecified => "hall-kind-standard",
    })
}

fn kind_class(kind: SeatKind) -> &'static str {
    match kind {
        SeatKind::Wheelchair => "wheelchair",
        SeatKind::Companion => "companion",
        SeatKind::CoupleHalf => "couple",
        SeatKind::Blocked => "blocked",
        SeatKind::Standard | SeatKind::Unspecified => "standard",
    }
}

/// A state as style sheets and the module call it.
pub fn state_name(state: SeatState) -> &'static str {
    match state {
        SeatState::Free => "free",
        SeatState::Held => "held",
        SeatState::Sold => "sold",
        SeatState::Unavailable | SeatState::Unspecified => "unavailable",
    }
}

/// A state in words.
pub fn state_words(visitor: &Visitor, state: SeatState) -> String {
    visitor.language.text(&format!("hall-state-{}", state_name(state)))
}
