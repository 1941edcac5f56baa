//! A hall as a visitor chooses seats in it: rows, neighbours and prices, with no I/O.

pub mod best_seats;
pub mod choice;
pub mod lone_seats;
mod neighbours;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use contract::film::{HallInfo, SeatKind, SeatState, TicketType};

pub use neighbours::Row;

/// A hall with the seats of one screening.
#[derive(Debug, Clone, Default)]
pub struct Hall {
    /// Every seat, in the plan's order.
    pub places: Vec<Place>,
    /// Its rows, from front to back.
    pub rows: Vec<Row>,
    /// What seats cost.
    pub categories: Vec<Category>,
    /// How far neighbours usually are from each other, in the plan's units.
    pub step: f64,
    by_name: HashMap<String, usize>,
}

/// A seat.
#[derive(Debug, Clone)]
pub struct Place {
    /// What people read, unique in the hall: `F12`.
    pub name: String,
    /// Name of its row; may be empty.
    pub row: String,
    /// Number in the row.
    pub number: String,
    /// Name of its zone; may be empty.
    pub zone: String,
    /// Position in [`Hall::categories`].
    pub category: usize,
    /// What it is.
    pub kind: SeatKind,
    /// Whether it can be had.
    pub state: SeatState,
    /// Position, to the right.
    pub x: f64,
    /// Position, away from the screen.
    pub y: f64,
    /// Of half a couple seat, the other half.
    pub partner: Option<usize>,
}

/// Seats that cost the same.
#[derive(Debug, Clone, Default)]
pub struct Category {
    /// Its name.
    pub name: String,
    /// `#rrggbb`; may be empty.
    pub color: String,
    /// What each kind of ticket costs, minor units.
    pub prices: Vec<(TicketType, i64)>,
}

impl Hall {
    /// As the film service tells of it.
    pub fn of(info: &HallInfo) -> Self {
        let categories: Vec<Category> = info.categories.iter().map(category).collect();
        let mut places: Vec<Place> = info
            .seats
            .iter()
            .map(|seat| Place {
                name: seat.seat.clone(),
                row: seat.row.clone(),
                number: seat.number.clone(),
                zone: seat.zone.clone(),
                category: categories.iter().position(|known| known.name == seat.category).unwrap_or_default(),
                kind: seat.kind(),
                state: seat.state(),
                x: seat.x,
                y: seat.y,
                partner: None,
            })
            .collect();
        neighbours::pair_couples(&mut places);
        let (rows, step) = neighbours::rows(&places);
        let by_name = places.iter().enumerate().map(|(index, place)| (place.name.clone(), index)).collect();
        Self { places, rows, categories, step, by_name }
    }

    /// A seat by its name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Whether a seat can be had.
    pub fn is_free(&self, seat: usize) -> bool {
        self.places[seat].state == SeatState::Free
    }

    /// What a seat costs, minor units; an adult's price where the ticket has none there.
    pub fn price(&self, seat: usize, ticket: TicketType) -> i64 {
        let prices = self.categories.get(self.places[seat].category).map(|category| &*category.prices);
        let of = |wanted| prices?.iter().find(|(known, _)| *known == wanted).map(|(_, amount)| *amount);
        of(ticket).or_else(|| of(TicketType::Adult)).unwrap_or_default()
    }

    /// Names of seats.
    pub fn names(&self, seats: impl IntoIterator<Item = usize>) -> Vec<String> {
        seats.into_iter().map(|seat| self.places[seat].name.clone()).collect()
    }

    /// The middle of some seats.
    pub fn middle(&self, seats: &[usize]) -> (f64, f64) {
        let count = seats.iter().fold(0.0, |count, _| count + 1.0);
        let sum = seats.iter().fold((0.0, 0.0), |(x, y), seat| {
            let place = &self.places[*seat];
            (x + place.x, y + place.y)
        });
        if count > 0.0 { (sum.0 / count, sum.1 / count) } else { sum }
    }

    /// Left, right, front and back of all seats.
    pub fn bounds(&self) -> (f64, f64, f64, f64) {
        let none = (f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY);
        let all = self.places.iter().fold(none, |(left, right, front, back), place| {
            (left.min(place.x), right.max(place.x), front.min(place.y), back.max(place.y))
        });
        if all.0.is_finite() { all } else { (0.0, 0.0, 0.0, 0.0) }
    }
}

fn category(priced: &contract::film::CategoryPrices) -> Category {
    Category {
        name: priced.category.clone(),
        color: priced.color.clone(),
        prices: priced.prices.iter().map(|price| (price.ticket_type(), price.amount)).collect(),
    }
}
