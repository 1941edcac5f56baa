//! How a plan differs from another one of the same hall.

use std::collections::HashMap;

use contract::film::PlanChanges;

use super::spacing::Spacing;
use super::{Plan, PlanSeat, findings};

/// A seat is elsewhere where it is farther from its old place than so many usual steps.
const MOVED_BEYOND: f64 = 0.05;

/// What is different, seats in the order of the plan that has them.
#[must_use]
pub fn changes(before: &Plan, after: &Plan) -> PlanChanges {
    let known = by_name(before);
    let now = by_name(after);
    let both: Vec<(&PlanSeat, &PlanSeat)> =
        after.seats.iter().filter_map(|seat| Some((*known.get(seat.seat.as_str())?, seat))).collect();
    let those = |differ: &dyn Fn(&PlanSeat, &PlanSeat) -> bool| {
        let those = both.iter().filter(|(was, is)| differ(was, is));
        those.map(|(_, is)| is.seat.clone()).collect::<Vec<_>>()
    };
    let without = |seats: &[PlanSeat], others: &HashMap<&str, &PlanSeat>| {
        let without = seats.iter().filter(|seat| !others.contains_key(seat.seat.as_str()));
        without.map(|seat| seat.seat.clone()).collect::<Vec<_>>()
    };
    let category = |plan: &Plan, seat: &PlanSeat| plan.categories[seat.category].name.clone();
    let shift = common_shift(&both);
    let far = Spacing::of(&before.seats, &findings::rows(before)).seat * MOVED_BEYOND;
    PlanChanges {
        added: without(&after.seats, &known),
        removed: without(&before.seats, &now),
        kind: those(&|was, is| was.kind != is.kind),
        category: those(&|was, is| category(before, was) != category(after, is)),
        renamed: those(&|was, is| (&was.zone, &was.row, &was.number) != (&is.zone, &is.row, &is.number)),
        moved: those(&|was, is| (is.x - was.x - shift.0).hypot(is.y - was.y - shift.1) > far),
        wording: before.name != after.name || before.categories != after.categories,
        ..PlanChanges::default()
    }
}

fn by_name(plan: &Plan) -> HashMap<&str, &PlanSeat> {
    plan.seats.iter().map(|seat| (seat.seat.as_str(), seat)).collect()
}

/// How far most seats are from where they were: where all are, nothing has moved.
fn common_shift(both: &[(&PlanSeat, &PlanSeat)]) -> (f64, f64) {
    let mut times: HashMap<(i64, i64), (usize, (f64, f64))> = HashMap::new();
    for (was, is) in both {
        let shift = (is.x - was.x, is.y - was.y);
        // Sums of positions are at most six million.
        #[allow(clippy::cast_possible_truncation)]
        let key = ((shift.0 * 10.0).round() as i64, (shift.1 * 10.0).round() as i64);
        times.entry(key).or_insert((0, shift)).0 += 1;
    }
    let most = times.into_values().max_by(|one, other| {
        // Of two as common, the shorter one.
        let length = |(_, (x, y)): &(usize, (f64, f64))| x.hypot(*y);
        one.0.cmp(&other.0).then_with(|| length(other).total_cmp(&length(one)))
    });
    most.map(|(_, shift)| shift).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{drawing, pretix};
    use super::*;

    fn plan(text: &str) -> Plan {
        let text = format!("@category s S\n@category p P\n{text}");
        pretix::import(&drawing::to_pretix(&text).unwrap().to_string()).unwrap()
    }

    #[test]
    fn a_plan_is_no_different_from_itself() {
        let one = plan("A: sspp_w");
        assert_eq!(changes(&one, &one), PlanChanges::default());
    }

    #[test]
    fn what_differs_is_told_seat_by_seat() {
        let told = changes(&plan("A: ssss\nB: ss\nC: ss"), &plan("A: spws_s\n@zone Z\nB: ss"));
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(told.added, names(&["A5"]));
        assert_eq!(told.removed, names(&["C1", "C2"]));
        assert_eq!(told.kind, names(&["A3"]));
        assert_eq!(told.category, names(&["A2"]));
        assert_eq!(told.renamed, names(&["B1", "B2"]));
        assert_eq!(told.moved, names(&[]));
        assert!(!told.wording);
    }

    #[test]
    fn a_hall_that_lies_elsewhere_as_a_whole_has_not_moved() {
        let told = changes(&plan("A: sss\nB: sss"), &plan("A: _sss\nB: _ss_s"));
        assert_eq!(told.moved, ["B3"]);
    }
}
