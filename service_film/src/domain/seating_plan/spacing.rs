//! How far seats and rows of a plan are from each other, and in which order seats lie.

use super::PlanSeat;

/// Distance of seats where no two are in a row, in the plan's units: that of drawings.
const USUAL_SEAT: f64 = 20.0;
/// Distance of rows as a multiple of that of seats, where there is one row: that of drawings.
const USUAL_ROW: f64 = 1.25;
/// Two seats of a row are beside each other where they are at most so many usual steps apart:
/// an aisle is as wide as a seat at least.
const BESIDE_WITHIN: f64 = 1.5;

/// Usual distances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spacing {
    /// From seat to seat.
    pub(super) seat: f64,
    /// From row to row.
    pub(super) row: f64,
}

impl Spacing {
    /// Of the rows of a plan; each names its seats by position.
    pub(super) fn of(seats: &[PlanSeat], rows: &[Vec<usize>]) -> Self {
        let pairs = rows.iter().flat_map(|row| row.windows(2));
        let seat = quarter(pairs.map(|pair| distance(&seats[pair[0]], &seats[pair[1]])).collect());
        Self::by(seats, rows, seat.unwrap_or(USUAL_SEAT))
    }

    /// The same where it is known how far seats are from each other.
    pub(super) fn by(seats: &[PlanSeat], rows: &[Vec<usize>], seat: f64) -> Self {
        let mut fronts: Vec<f64> = rows.iter().map(|row| front(seats, row)).collect();
        fronts.sort_by(f64::total_cmp);
        // Rows of zones side by side begin at nearly the same height.
        let steps = fronts.windows(2).map(|pair| pair[1] - pair[0]).filter(|step| *step > seat / 4.0);
        Self { seat, row: quarter(steps.collect()).unwrap_or(seat * USUAL_ROW) }
    }

    /// Whether two seats of a row have no aisle between them.
    pub(super) fn beside(&self, one: &PlanSeat, other: &PlanSeat) -> bool {
        distance(one, other) <= self.seat * BESIDE_WITHIN
    }
}

/// The seats of a row from one end to the other: from left to right, of a row along a side
/// from front to back.
pub(super) fn along(seats: &[PlanSeat], row: &mut [usize]) {
    let spread = |of: fn(&PlanSeat) -> f64| {
        let all = row.iter().map(|seat| of(&seats[*seat]));
        all.clone().fold(f64::NEG_INFINITY, f64::max) - all.fold(f64::INFINITY, f64::min)
    };
    let across = spread(|seat| seat.x) >= spread(|seat| seat.y);
    let position = |seat: usize| if across { seats[seat].x } else { seats[seat].y };
    row.sort_by(|one, other| position(*one).total_cmp(&position(*other)));
}

/// How far towards the screen a row reaches.
pub(super) fn front(seats: &[PlanSeat], row: &[usize]) -> f64 {
    row.iter().map(|seat| seats[*seat].y).fold(f64::INFINITY, f64::min)
}

pub(super) fn distance(one: &PlanSeat, other: &PlanSeat) -> f64 {
    (one.x - other.x).hypot(one.y - other.y)
}

/// Aisles are wider, and there may be many: a quarter of the steps are usual ones in any hall.
fn quarter(mut steps: Vec<f64>) -> Option<f64> {
    steps.retain(|step| *step > 0.0);
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 4).copied()
}
