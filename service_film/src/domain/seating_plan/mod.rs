//! Seating plans: zones, rows and seats of a hall.
//!
//! A plan is read from pretix's published JSON ([`pretix`]) or from a text
//! drawing ([`drawing`]), which is turned into that JSON first. The JSON text
//! is kept as it came, so giving a plan back loses nothing. [`edit`] makes another plan of
//! one, [`to_drawing`] draws it as text, and [`findings`] and [`compare`] tell what a person
//! should know of it.

pub mod compare;
pub mod drawing;
pub mod edit;
mod fault;
pub mod findings;
pub mod grid;
mod node;
pub mod pretix;
#[cfg(test)]
mod pretix_tests;
mod spacing;
pub mod to_drawing;

use contract::film::{PlanSource, SeatKind, plan_source::Source};
use thiserror::Error;

pub use fault::Fault;

/// Longest plan, bytes: what the published format's own tools accept.
pub const MAX_PLAN_BYTES: usize = 16 * 1024 * 1024;
/// Most seats a plan file may hold; past it the file is not a seating plan.
pub const MAX_PLAN_SEATS: usize = 100_000;
/// Most seats of one hall: what the order service sells for one screening.
pub const MAX_HALL_SEATS: usize = 10_000;
/// Most categories of a plan; as many as a price list can name.
pub const MAX_CATEGORIES: usize = 200;
/// Longest seat id, characters: as in the contract of `order.Buy`.
pub const MAX_SEAT_ID: usize = 32;
/// Longest name of a zone, row, category or number, characters: as in the contract.
pub const MAX_NAME: usize = 80;

/// Why a plan is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}: {problem}")]
pub struct PlanError {
    /// Where: `zones[0].rows[3].seats[7].category`, or `line 4, column 7` of a drawing.
    pub place: String,
    /// The same place, where it is one of a text: line and column, from 1.
    pub at: Option<(usize, usize)>,
    /// What is wrong there.
    pub problem: Fault,
}

impl PlanError {
    pub(crate) fn new(place: impl Into<String>, problem: Fault) -> Self {
        Self { place: place.into(), at: None, problem }
    }

    pub(crate) fn in_text(line: usize, column: usize, problem: Fault) -> Self {
        Self { place: place_in_text(line, column), at: Some((line, column)), problem }
    }
}

fn place_in_text(line: usize, column: usize) -> String {
    format!("line {line}, column {column}")
}

/// A seating plan that was checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The plan's name.
    pub name: String,
    /// Every category, in the plan's order.
    pub categories: Vec<Category>,
    /// Every seat, in the plan's order; ids are unique.
    pub seats: Vec<PlanSeat>,
    /// Width of the drawing, in the plan's units.
    pub width: f64,
    /// Height of the drawing, in the plan's units.
    pub height: f64,
}

/// Seats that cost the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Name, unique in the plan.
    pub name: String,
    /// Colour, `#rrggbb`; empty where the plan names none we understand.
    pub color: String,
}

/// A seat of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanSeat {
    /// What people read, unique in the hall: `F12`.
    pub seat: String,
    /// Name of its zone; may be empty.
    pub zone: String,
    /// Name of its row; may be empty.
    pub row: String,
    /// Number in its row.
    pub number: String,
    /// Position in [`Plan::categories`].
    pub category: usize,
    /// What it is.
    pub kind: SeatKind,
    /// For half of a couple seat: position of the other half in [`Plan::seats`].
    pub partner: Option<usize>,
    /// Position in the drawing, to the right.
    pub x: f64,
    /// Position in the drawing, downwards.
    pub y: f64,
}

impl PlanSeat {
    /// Whether it can be sold at all.
    #[must_use]
    pub fn for_sale(&self) -> bool {
        self.kind != SeatKind::Blocked
    }
}

impl Plan {
    /// How many seats can be sold.
    #[must_use]
    pub fn seats_for_sale(&self) -> usize {
        self.seats.iter().filter(|seat| seat.for_sale()).count()
    }

    /// Positions of the categories that have a seat for sale, in the plan's order.
    #[must_use]
    pub fn categories_for_sale(&self) -> Vec<usize> {
        let mut used = vec![false; self.categories.len()];
        for seat in self.seats.iter().filter(|seat| seat.for_sale()) {
            used[seat.category] = true;
        }
        (0..used.len()).filter(|index| used[*index]).collect()
    }
}

/// A plan and its JSON text as it is kept and given back.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The plan.
    pub plan: Plan,
    /// pretix JSON.
    pub json: String,
}

/// Reads a plan in whichever form it came.
///
/// # Errors
/// The place and what is wrong there.
pub fn import(source: &PlanSource) -> Result<Imported, PlanError> {
    match &source.source {
        None => Err(PlanError::new("plan", Fault::PlanMissing)),
        Some(source) => {
            let json = to_json(source)?;
            Ok(Imported { plan: pretix::import(&json)?, json })
        }
    }
}

/// The JSON text of a plan in whichever form it came.
fn to_json(source: &Source) -> Result<String, PlanError> {
    Ok(match source {
        Source::PretixJson(json) => json.clone(),
        Source::Drawing(text) => drawing::to_pretix(text)?.to_string(),
        Source::Grid(grid) => drawing::to_pretix(&grid::to_drawing(grid)?)?.to_string(),
    })
}
