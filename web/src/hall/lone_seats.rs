//! Seats that a choice would leave alone, and how to choose better.
//!
//! A free seat is alone where nobody can sit beside it: between seats that are chosen or
//! taken, an aisle or a wall. Few people buy such a seat. A choice is pointed out only where
//! it leaves a seat alone that was not alone before, and only while as many seats together
//! are left elsewhere, for no more money, that leave none alone.

use std::collections::BTreeSet;

use contract::film::{SeatKind, TicketType};

use super::Hall;
use super::best_seats::{self, Wish};

/// What is done about a choice that leaves a seat alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rule {
    /// It is pointed out once.
    #[default]
    Advise,
    /// It is pointed out until it is mended.
    Refuse,
    /// Nothing.
    Allow,
}

micro::choices!(Rule { "advise" => Advise, "refuse" => Refuse, "allow" => Allow });

/// A choice that leaves seats alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The seats left alone.
    pub alone: Vec<usize>,
    /// A choice of as many seats that leaves none of them alone.
    pub instead: Vec<usize>,
    /// The same choice with the seats that would be alone.
    pub with_them: Vec<usize>,
}

/// Free seats of a run that are alone beside those chosen.
pub fn in_run(hall: &Hall, run: &[usize], chosen: &BTreeSet<usize>) -> Vec<usize> {
    // Halves of couple seats are never alone, and a wheelchair's space is no ordinary seat.
    let left = |seat: &usize| {
        hall.places[*seat].kind == SeatKind::Standard && hall.is_free(*seat) && !chosen.contains(seat)
    };
    run.chunk_by(|one, other| left(one) == left(other))
        .filter(|stretch| stretch.len() == 1 && left(&stretch[0]))
        .map(|stretch| stretch[0])
        .collect()
}

/// What is to be said of a choice; nothing where it leaves no seat alone, or where there is
/// no better one.
pub fn advise(hall: &Hall, chosen: &[usize]) -> Option<Advice> {
    let runs = || hall.rows.iter().flat_map(|row| &row.runs);
    let mut instead = chosen.to_vec();
    for run in runs() {
        if newly_alone(hall, run, &instead).is_empty() {
            continue;
        }
        if let Some(better) = better(hall, run, &instead) {
            instead = better;
        }
    }
    let before = runs().flat_map(|run| newly_alone(hall, run, chosen));
    let after: BTreeSet<usize> = runs().flat_map(|run| newly_alone(hall, run, &instead)).collect();
    let alone: Vec<usize> = before.filter(|seat| !after.contains(seat)).collect();
    let with_them = chosen.iter().chain(&alone).copied().collect();
    (!alone.is_empty()).then_some(Advice { alone, instead, with_them })
}

fn newly_alone(hall: &Hall, run: &[usize], chosen: &[usize]) -> Vec<usize> {
    let before = in_run(hall, run, &BTreeSet::new());
    let after = in_run(hall, run, &chosen.iter().copied().collect());
    after.into_iter().filter(|seat| !before.contains(seat)).collect()
}

/// The choice with those of its seats that are in a run moved together to where they leave
/// none alone.
fn better(hall: &Hall, run: &[usize], chosen: &[usize]) -> Option<Vec<usize>> {
    let (here, elsewhere): (Vec<usize>, Vec<usize>) = chosen.iter().partition(|seat| run.contains(seat));
    let wish = Wish {
        count: here.len(),
        up_to: here.iter().map(|seat| hall.price(*seat, TicketType::Adult)).max(),
        around: hall.middle(&here),
        besides: elsewhere.iter().copied().collect(),
    };
    let block = best_seats::best(hall, &wish).filter(|block| block.leaves_alone == 0)?;
    // Each keeps its place in the choice, and so its ticket.
    let mut moved = block.seats.into_iter();
    let place = |seat: &usize| if run.contains(seat) { moved.next() } else { Some(*seat) };
    chosen.iter().map(place).collect()
}
