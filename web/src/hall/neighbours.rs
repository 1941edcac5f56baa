//! Which seats are in a row, and which are beside each other.

use contract::film::SeatKind;

use super::Place;

/// Two seats of a row are neighbours where they are at most so many usual steps apart: an
/// aisle is as wide as a seat at least.
const NEIGHBOURS_WITHIN: f64 = 1.5;
/// The step where no two seats are in a row: that of drawings.
const USUAL_STEP: f64 = 20.0;

/// A row of seats.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its name; may be empty.
    pub name: String,
    /// The zone it is in; may be empty.
    pub zone: String,
    /// Its seats, from one end to the other.
    pub seats: Vec<usize>,
    /// The same seats, parted where there is an aisle.
    pub runs: Vec<Vec<usize>>,
}

/// Pairs halves of couple seats: in a plan each is followed by its other half.
pub fn pair_couples(places: &mut [Place]) {
    let mut index = 0;
    while index + 1 < places.len() {
        let pair =
            places[index].kind == SeatKind::CoupleHalf && places[index + 1].kind == SeatKind::CoupleHalf;
        if pair {
            places[index].partner = Some(index + 1);
            places[index + 1].partner = Some(index);
        }
        index += 1 + usize::from(pair);
    }
}

/// The rows from front to back, and the usual step from seat to seat.
pub fn rows(places: &[Place]) -> (Vec<Row>, f64) {
    let mut rows: Vec<Row> = Vec::new();
    let mut known: std::collections::HashMap<(&str, &str), usize> = std::collections::HashMap::new();
    for (index, place) in places.iter().enumerate() {
        let row = *known.entry((&place.zone, &place.row)).or_insert_with(|| {
            rows.push(Row {
                name: place.row.clone(),
                zone: place.zone.clone(),
                seats: Vec::new(),
                runs: Vec::new(),
            });
            rows.len() - 1
        });
        rows[row].seats.push(index);
    }
    for row in &mut rows {
        along(places, &mut row.seats);
    }
    let step = usual_step(places, &rows);
    for row in &mut rows {
        row.runs = part(places, &row.seats, step * NEIGHBOURS_WITHIN);
    }
    let front = |row: &Row| row.seats.iter().map(|seat| places[*seat].y).fold(f64::INFINITY, f64::min);
    rows.sort_by(|one, other| front(one).total_cmp(&front(other)));
    (rows, step)
}

/// Sorts the seats of a row from one end to the other: from left to right, of a row along a
/// side from front to back.
fn along(places: &[Place], seats: &mut [usize]) {
    let spread = |of: fn(&Place) -> f64| {
        let all = seats.iter().map(|seat| of(&places[*seat]));
        all.clone().fold(f64::NEG_INFINITY, f64::max) - all.fold(f64::INFINITY, f64::min)
    };
    let across = spread(|place| place.x) >= spread(|place| place.y);
    let position = |seat: usize| if across { places[seat].x } else { places[seat].y };
    seats.sort_by(|one, other| position(*one).total_cmp(&position(*other)));
}

fn distance(places: &[Place], one: usize, other: usize) -> f64 {
    (places[one].x - places[other].x).hypot(places[one].y - places[other].y)
}

fn usual_step(places: &[Place], rows: &[Row]) -> f64 {
    let pairs = rows.iter().flat_map(|row| row.seats.windows(2));
    let mut steps: Vec<f64> = pairs.map(|pair| distance(places, pair[0], pair[1])).collect();
    steps.retain(|step| *step > 0.0);
    steps.sort_by(f64::total_cmp);
    // Aisles are wider, and there may be many: a quarter of the steps are usual ones in any hall.
    steps.get(steps.len() / 4).copied().unwrap_or(USUAL_STEP)
}

fn part(places: &[Place], seats: &[usize], within: f64) -> Vec<Vec<usize>> {
    let beside = |one: &usize, other: &usize| distance(places, *one, *other) <= within;
    seats.chunk_by(beside).map(<[usize]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use contract::film::SeatState;

    use super::*;

    fn place(row: &str, kind: SeatKind, x: f64, y: f64) -> Place {
        Place {
            name: format!("{row}{x}/{y}"),
            row: row.to_owned(),
            number: String::new(),
            zone: String::new(),
            category: 0,
            kind,
            state: SeatState::Free,
            x,
            y,
            partner: None,
        }
    }

    fn runs(places: &[Place]) -> Vec<Vec<usize>> {
        rows(places).0.into_iter().flat_map(|row| row.runs).collect()
    }

    #[test]
    fn an_aisle_parts_a_row_and_a_curve_does_not() {
        let standard = |x, y| place("A", SeatKind::Standard, x, y);
        let curved = [standard(0.0, 0.0), standard(20.0, 4.0), standard(40.0, 10.0), standard(80.0, 14.0)];
        assert_eq!(runs(&curved), [vec![0, 1, 2], vec![3]]);
    }

    #[test]
    fn rows_are_read_along_themselves_from_front_to_back() {
        let seats = [
            place("side", SeatKind::Standard, 0.0, 60.0),
            place("side", SeatKind::Standard, 2.0, 40.0),
            place("A", SeatKind::Standard, 40.0, 0.0),
            place("A", SeatKind::Standard, 20.0, 0.0),
        ];
        assert_eq!(runs(&seats), [vec![3, 2], vec![1, 0]]);
    }

    #[test]
    fn halves_of_couple_seats_are_paired_in_the_order_of_the_plan() {
        let kinds = [SeatKind::Standard, SeatKind::CoupleHalf, SeatKind::CoupleHalf, SeatKind::CoupleHalf];
        let mut places = kinds.map(|kind| place("A", kind, 0.0, 0.0));
        pair_couples(&mut places);
        assert_eq!(places.map(|place| place.partner), [None, Some(2), Some(1), None]);
    }
}
