//! Draws a plan as text, where a drawing can say all that Marquee knows of it.

use std::collections::HashSet;
use std::fmt::Write;

use contract::film::SeatKind;

use super::spacing::{self, Spacing};
use super::{Plan, drawing, findings, pretix};

/// A place differs where it is farther off than so many usual steps.
const OFF_BEYOND: f64 = 0.05;
/// Distances are the same up to this part of a usual step: plans are exact to a thousandth of their units.
const EXACT: f64 = 0.001;
/// Places drawn for one usual step at most.
const MOST_PER_STEP: f64 = 10.0;
/// Empty places drawn in a row, or between two rows, at most: farther seats make no drawing.
const MOST_EMPTY: f64 = 400.0;

/// The drawing; nothing where one cannot say the same: it knows straight rows on one grid,
/// seats named by row and number, and only the first category for seats that are not ordinary.
#[must_use]
pub fn to_drawing(plan: &Plan) -> Option<String> {
    let rows = findings::rows(plan);
    let usual = Spacing::of(&plan.seats, &rows);
    let pairs = rows.iter().flat_map(|row| row.windows(2));
    let steps = pairs.map(|pair| spacing::distance(&plan.seats[pair[0]], &plan.seats[pair[1]]));
    let least = steps.filter(|step| *step > 0.0).fold(usual.seat, f64::min);
    // Where seats mostly stand alone, the usual step is one across an aisle; where all do, so is the least.
    [usual.seat, least, grid(plan, usual.seat)].into_iter().find_map(|step| {
        let text = draw(plan, &rows, Spacing::by(&plan.seats, &rows, step))?;
        let read = pretix::import(&drawing::to_pretix(&text).ok()?.to_string()).ok()?;
        same(plan, &read).then_some(text)
    })
}

/// The widest step that leads from the leftmost seat to below or above every other. Where it is
/// so small that seats would be lost among empty places, it is the usual one.
fn grid(plan: &Plan, usual: f64) -> f64 {
    let left = plan.seats.iter().map(|seat| seat.x).fold(f64::INFINITY, f64::min);
    let offsets = plan.seats.iter().map(|seat| seat.x - left);
    let step = offsets.fold(0.0, |step, offset| common(step, offset, usual * EXACT));
    if step * MOST_PER_STEP < usual { usual } else { step }
}

/// The greatest common divisor by Euclid, of numbers that are exact but for so much.
fn common(one: f64, other: f64, nothing: f64) -> f64 {
    let (mut more, mut less) = (one.max(other), one.min(other));
    while less > nothing {
        (more, less) = (less, (more - less * (more / less).round()).abs());
    }
    more
}

fn draw(plan: &Plan, rows: &[Vec<usize>], spacing: Spacing) -> Option<String> {
    let letters = letters(plan)?;
    let mut text = String::new();
    // Writing to a string does not fail.
    if !plan.name.is_empty() {
        let _ = writeln!(text, "@name {}", plan.name);
    }
    for (category, letter) in plan.categories.iter().zip(&letters) {
        let color = if category.color.is_empty() { String::new() } else { format!("{} ", category.color) };
        let _ = writeln!(text, "@category {letter} {color}{}", category.name);
    }
    let left = plan.seats.iter().map(|seat| seat.x).fold(f64::INFINITY, f64::min);
    let mut zone = String::new();
    let mut from_right = false;
    let mut line = None;
    for row in rows {
        let first = &plan.seats[*row.first()?];
        let gap = line.map_or(1.0, |line: f64| ((first.y - line) / spacing.row).round());
        line = Some(first.y);
        let empty = steps(gap - 1.0)?;
        (0..empty).for_each(|_| text.push('\n'));
        if first.zone != zone {
            let _ = writeln!(text, "@zone {}", first.zone);
            zone.clone_from(&first.zone);
        }
        let numbers =
            (first.number.parse::<u32>().ok()?, plan.seats[*row.last()?].number.parse::<u32>().ok()?);
        let to_left = if row.len() == 1 { from_right } else { numbers.0 > numbers.1 };
        if to_left != from_right {
            from_right = to_left;
            let _ = writeln!(text, "@numbers {}", if from_right { "right" } else { "left" });
        }
        let _ = writeln!(text, "{}: {}", first.row, cells(plan, row, &letters, left, spacing.seat)?);
    }
    Some(text)
}

/// One row's seats and aisles.
fn cells(plan: &Plan, row: &[usize], letters: &[char], left: f64, step: f64) -> Option<String> {
    let mut text = String::new();
    let mut next = 0.0;
    let mut open = false;
    for index in row {
        let seat = &plan.seats[*index];
        let at = ((seat.x - left) / step).round();
        let empty = steps(at - next)?;
        next = at + 1.0;
        let couple = seat.kind == SeatKind::CoupleHalf;
        // An aisle between the halves of a couple seat would be drawn within its brackets.
        (0..empty).for_each(|_| text.push('_'));
        if couple && !open {
            text.push('(');
        }
        text.push(match seat.kind {
            SeatKind::Wheelchair => 'w',
            SeatKind::Companion => 'k',
            SeatKind::Blocked => '#',
            SeatKind::CoupleHalf | SeatKind::Standard | SeatKind::Unspecified => letters[seat.category],
        });
        if couple && open {
            text.push(')');
        }
        open = couple && !open;
    }
    Some(text)
}

/// So many empty places; nothing where they cannot be drawn.
fn steps(count: f64) -> Option<usize> {
    // The range leaves small whole numbers.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (0.0..=MOST_EMPTY).contains(&count).then_some(count as usize)
}

/// A letter for each category: one of its name where that is free.
fn letters(plan: &Plan) -> Option<Vec<char>> {
    let mut taken = HashSet::new();
    let letters = plan.categories.iter().map(|category| {
        let own = category.name.chars().flat_map(|c| c.to_lowercase().chain([c]));
        let any = ('a'..='z').chain('A'..='Z').chain('\u{391}'..='\u{3c9}').chain('\u{410}'..='\u{44f}');
        let mut free = own.chain(any).filter(|c| c.is_alphabetic() && !matches!(c, 'w' | 'k'));
        free.find(|c| taken.insert(*c))
    });
    letters.collect()
}

/// Whether two plans make the same hall, however large and wherever they are drawn.
fn same(one: &Plan, other: &Plan) -> bool {
    let told = |plan: &Plan| {
        let seats = plan.seats.iter().map(|seat| {
            (
                seat.seat.clone(),
                seat.zone.clone(),
                seat.row.clone(),
                seat.number.clone(),
                seat.category,
                seat.kind,
            )
        });
        (plan.name.clone(), plan.categories.clone(), seats.collect::<Vec<_>>())
    };
    told(one) == told(other) && lie_alike(one, other, |seat| seat.x) && lie_alike(one, other, |seat| seat.y)
}

/// Whether the positions are the same on some scale.
fn lie_alike(one: &Plan, other: &Plan, of: fn(&super::PlanSeat) -> f64) -> bool {
    let bounds = |plan: &Plan| {
        let all = plan.seats.iter().map(of);
        (all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max))
    };
    let ((least, most), (other_least, other_most)) = (bounds(one), bounds(other));
    let scale = if most > least { (other_most - other_least) / (most - least) } else { 1.0 };
    let step = Spacing::of(&other.seats, &findings::rows(other)).seat;
    one.seats.iter().zip(&other.seats).all(|(seat, drawn)| {
        let expected = (of(seat) - least) * scale + other_least;
        (expected - of(drawn)).abs() <= step * OFF_BEYOND
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plan(text: &str) -> Plan {
        pretix::import(&drawing::to_pretix(text).unwrap().to_string()).unwrap()
    }

    #[test]
    fn a_drawing_comes_back_as_it_was() {
        let text = "@name Hall 1\n@category s #3b82f6 Standard\n@category p Premium\nA: ss__sw\nB: s(ss)_k#\n\n\
                    @zone Balcony\n@numbers right\nC: _pp(pp)\n";
        assert_eq!(to_drawing(&plan(text)).as_deref(), Some(text));
    }

    #[test]
    fn seats_that_all_stand_alone_are_drawn() {
        for text in ["A: s__s_s", "A: s______s\nB: _s______s", "A: s_s\nB: _s_s"] {
            let text = format!("@category s S\n{text}\n");
            assert_eq!(to_drawing(&plan(&text)), Some(text));
        }
    }

    #[test]
    fn what_a_drawing_cannot_say_is_not_drawn() {
        let text = "@category s S\n@category p P\nA: sssp\nB: ssss";
        let spoiled = |spoil: fn(&mut Plan)| {
            let mut plan = plan(text);
            spoil(&mut plan);
            to_drawing(&plan)
        };
        assert!(spoiled(|_| ()).is_some());
        assert!(spoiled(|plan| plan.seats.iter_mut().for_each(|seat| seat.x = seat.x * 1.7 - 3.0)).is_some());
        assert_eq!(spoiled(|plan| plan.seats[1].y += 6.0), None, "a row that is not straight");
        assert_eq!(spoiled(|plan| plan.seats[1].x += 9.0), None, "a seat between two places");
        assert_eq!(spoiled(|plan| plan.seats[3].kind = SeatKind::Wheelchair), None, "of the second category");
        assert_eq!(spoiled(|plan| plan.seats[1].seat = "x".to_owned()), None, "a name of its own");
        assert_eq!(spoiled(|plan| plan.seats[1].number = "7".to_owned()), None, "a number out of turn");
    }

    proptest! {
        #[test]
        fn whatever_is_drawn_is_drawn_the_same_again(
            rows in prop::collection::vec("(s|p|w|k|#|_|\\(ss\\)|\\(pp\\)){0,8}s", 1..6),
            right in any::<bool>(),
            zone in any::<bool>(),
        ) {
            let mut text = "@category s #112233 S\n@category p P\n".to_owned();
            if right {
                text.push_str("@numbers right\n");
            }
            if zone {
                text.push_str("@zone Stalls\n");
            }
            for (index, row) in rows.iter().enumerate() {
                text.push_str(&format!("R{index}-: {row}\n"));
            }
            let plan = plan(&text);
            let again = to_drawing(&plan).expect("a drawing can be drawn");
            prop_assert!(same(&plan, &super::tests::plan(&again)), "{text}\n{again}");
        }
    }
}
