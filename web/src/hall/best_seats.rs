//! The best seats together: a block of free neighbours in one row.
//!
//! The best place of a hall is in the middle, two thirds back. The best block is the one
//! nearest to it among those that leave no seat alone; where every block leaves one alone,
//! the nearest of all. Spaces for wheelchairs and seats beside them are left to those who
//! need them; couple seats are given in pairs.

use std::collections::BTreeSet;

use contract::film::{SeatKind, TicketType};

use super::{Hall, lone_seats};

/// How far back the best place is: two thirds of the hall.
const BACK: f64 = 2.0 / 3.0;

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Wish {
    /// How many seats.
    pub count: usize,
    /// What an adult may pay for each at most, minor units.
    pub up_to: Option<i64>,
    /// Where they should be.
    pub around: (f64, f64),
    /// Seats that are chosen already, apart from these.
    pub besides: BTreeSet<usize>,
}

/// Free neighbours in one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The seats, from one end to the other.
    pub seats: Vec<usize>,
    /// How many seats it would leave alone.
    pub leaves_alone: usize,
    /// From where they should be, in the plan's units.
    pub distance: f64,
}

/// The best place of a hall.
pub fn best_place(hall: &Hall) -> (f64, f64) {
    let (left, right, front, back) = hall.bounds();
    (f64::midpoint(left, right), front + (back - front) * BACK)
}

/// The best of all blocks.
pub fn best(hall: &Hall, wish: &Wish) -> Option<Block> {
    let order = |one: &Block, other: &Block| {
        let alone = (one.leaves_alone > 0).cmp(&(other.leaves_alone > 0));
        alone.then(one.distance.total_cmp(&other.distance))
    };
    blocks(hall, wish).min_by(order)
}

/// Every block there is.
pub fn blocks<'a>(hall: &'a Hall, wish: &'a Wish) -> impl Iterator<Item = Block> + 'a {
    let runs = hall.rows.iter().flat_map(|row| &row.runs);
    // A run has no windows of none.
    let count = wish.count.max(1);
    runs.flat_map(move |run| {
        let fits = run.windows(count).filter(move |seats| fits(hall, wish, seats));
        fits.map(move |seats| block(hall, wish, run, seats))
    })
}

fn fits(hall: &Hall, wish: &Wish, seats: &[usize]) -> bool {
    seats.iter().all(|&seat| {
        let place = &hall.places[seat];
        let kind = match place.kind {
            SeatKind::Standard => true,
            SeatKind::CoupleHalf => place.partner.is_some_and(|partner| seats.contains(&partner)),
            _ => false,
        };
        let price = hall.price(seat, TicketType::Adult);
        let cheap = wish.up_to.is_none_or(|limit| price <= limit);
        kind && cheap && hall.is_free(seat) && !wish.besides.contains(&seat)
    })
}

fn block(hall: &Hall, wish: &Wish, run: &[usize], seats: &[usize]) -> Block {
    let (x, y) = hall.middle(seats);
    let mut chosen = wish.besides.clone();
    let before = lone_seats::in_run(hall, run, &chosen);
    chosen.extend(seats);
    let after = lone_seats::in_run(hall, run, &chosen);
    Block {
        seats: seats.to_vec(),
        leaves_alone: after.iter().filter(|seat| !before.contains(seat)).count(),
        distance: (x - wish.around.0).hypot(y - wish.around.1),
    }
}
