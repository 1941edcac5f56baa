//! What a person should look at in a plan.

use std::collections::{HashMap, HashSet};

use contract::film::SeatKind;
use contract::film::plan_finding::What;

use super::spacing::{self, Spacing};
use super::{Plan, pretix};

/// Two seats lie on each other where they are nearer than so many usual steps.
const OVERLAP_WITHIN: f64 = 0.6;

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub what: What,
    /// The seats, as positions in [`Plan::seats`].
    pub seats: Vec<usize>,
    /// The category, as a position in [`Plan::categories`].
    pub category: Option<usize>,
}

impl Finding {
    /// Whether the plan can be saved only without it.
    #[must_use]
    pub fn must_mend(&self) -> bool {
        matches!(self.what, What::CoupleHalfAlone | What::NoneForSale)
    }
}

/// Everything about a plan that can be saved.
#[must_use]
pub fn of(plan: &Plan) -> Vec<Finding> {
    of_draft(plan, &[])
}

pub(super) fn of_read(read: &pretix::Read) -> Vec<Finding> {
    of_draft(&read.plan, &read.lonely)
}

fn of_draft(plan: &Plan, lonely: &[usize]) -> Vec<Finding> {
    let mut all = vec![(What::CoupleHalfAlone, lonely.to_vec())];
    if plan.seats_for_sale() == 0 {
        all.push((What::NoneForSale, (0..plan.seats.len()).collect()));
    }
    all.push((What::SeatsOverlap, overlapping(plan)));
    all.push((What::NumberTwice, numbered_twice(plan)));
    all.push((What::NumberMissing, of_kind(plan, |plan, seat| plan.seats[seat].number.trim().is_empty())));
    all.push((What::CompanionAlone, companions_alone(plan)));
    let seats = all.into_iter().filter(|(_, seats)| !seats.is_empty());
    let seats = seats.map(|(what, seats)| Finding { what, seats, category: None });
    let used: HashSet<usize> = plan.seats.iter().map(|seat| seat.category).collect();
    let unused = (0..plan.categories.len()).filter(|category| !used.contains(category));
    let unused =
        unused.map(|index| Finding { what: What::CategoryUnused, seats: Vec::new(), category: Some(index) });
    seats.chain(unused).collect()
}

fn of_kind(plan: &Plan, is: impl Fn(&Plan, usize) -> bool) -> Vec<usize> {
    (0..plan.seats.len()).filter(|seat| is(plan, *seat)).collect()
}

/// The rows, in the plan's order, each with its seats from one end to the other.
pub(super) fn rows(plan: &Plan) -> Vec<Vec<usize>> {
    let mut rows: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<(&str, &str), usize> = HashMap::new();
    for (index, seat) in plan.seats.iter().enumerate() {
        let row = *known.entry((&seat.zone, &seat.row)).or_insert_with(|| {
            rows.push(Vec::new());
            rows.len() - 1
        });
        rows[row].push(index);
    }
    for row in &mut rows {
        spacing::along(&plan.seats, row);
    }
    rows
}

/// Seats are put into boxes as large as the distance: those that may lie on one are in its box
/// or in one beside it.
fn overlapping(plan: &Plan) -> Vec<usize> {
    let near = Spacing::of(&plan.seats, &rows(plan)).seat * OVERLAP_WITHIN;
    // Positions are at most three million, and seats are not nearer than the smallest number.
    #[allow(clippy::cast_possible_truncation)]
    let cell = |x: f64, y: f64| ((x / near).floor() as i64, (y / near).floor() as i64);
    let mut boxes: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    let mut found = HashSet::new();
    for (index, seat) in plan.seats.iter().enumerate() {
        let (column, line) = cell(seat.x, seat.y);
        for beside in (column - 1..=column + 1).flat_map(|x| (line - 1..=line + 1).map(move |y| (x, y))) {
            for other in boxes.get(&beside).into_iter().flatten() {
                if spacing::distance(seat, &plan.seats[*other]) < near {
                    found.extend([index, *other]);
                }
            }
        }
        let same = boxes.entry((column, line)).or_default();
        // Of many on one place, few are enough to find the others.
        if same.len() < 4 {
            same.push(index);
        }
    }
    let mut found: Vec<usize> = found.into_iter().collect();
    found.sort_unstable();
    found
}

fn numbered_twice(plan: &Plan) -> Vec<usize> {
    let mut times: HashMap<(&str, &str, &str), usize> = HashMap::new();
    let key = |seat: usize| {
        let seat = &plan.seats[seat];
        (seat.zone.as_str(), seat.row.as_str(), seat.number.as_str())
    };
    for seat in 0..plan.seats.len() {
        *times.entry(key(seat)).or_default() += 1;
    }
    of_kind(plan, |plan, seat| !plan.seats[seat].number.trim().is_empty() && times[&key(seat)] > 1)
}

fn companions_alone(plan: &Plan) -> Vec<usize> {
    let row = |seat: usize| (plan.seats[seat].zone.as_str(), plan.seats[seat].row.as_str());
    let is = |seat: usize, kind| plan.seats[seat].kind == kind;
    let with: HashSet<_> =
        (0..plan.seats.len()).filter(|seat| is(*seat, SeatKind::Wheelchair)).map(row).collect();
    of_kind(plan, |_, seat| is(seat, SeatKind::Companion) && !with.contains(&row(seat)))
}

#[cfg(test)]
mod tests {
    use super::super::drawing;
    use super::*;

    fn found(text: &str, spoil: impl FnOnce(&mut Plan)) -> Vec<(What, Vec<usize>)> {
        let mut plan = pretix::import(&drawing::to_pretix(text).unwrap().to_string()).unwrap();
        spoil(&mut plan);
        of(&plan).into_iter().map(|finding| (finding.what, finding.seats)).collect()
    }

    #[test]
    fn a_good_plan_has_nothing_to_look_at() {
        let text = "@category s S\nA: ss_(ss)wk#\n@zone Balcony\nB: ss";
        assert_eq!(found(text, |_| ()), []);
    }

    #[test]
    fn what_a_person_should_look_at_is_found() {
        let text = "@category s S\n@category p P\nA: sssk\nB: sss";
        let all = found(text, |plan| {
            plan.seats[5].x += 19.0;
            plan.seats[0].number = "2".to_owned();
            plan.seats[2].number = String::new();
        });
        assert_eq!(
            all,
            [
                (What::SeatsOverlap, vec![5, 6]),
                (What::NumberTwice, vec![0, 1]),
                (What::NumberMissing, vec![2]),
                (What::CompanionAlone, vec![3]),
                (What::CategoryUnused, vec![]),
            ]
        );
    }
}
