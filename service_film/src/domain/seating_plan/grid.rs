//! Halls of straight rows, as a drawing.

use std::collections::HashSet;
use std::fmt::Write;

use contract::film::{PlanGrid, Side};

use super::{Fault, MAX_HALL_SEATS, PlanError};

/// The category of seats where none is named.
const CATEGORY: &str = "Standard";
/// Its colour.
const COLOR: &str = "#3b82f6";

/// Draws a grid.
///
/// # Errors
/// Sizes that make no hall, with the field.
pub fn to_drawing(grid: &PlanGrid) -> Result<String, PlanError> {
    let rows = within(grid.rows, "rows")?;
    let seats = within(grid.seats, "seats")?;
    if rows * seats > MAX_HALL_SEATS {
        let seats = rows * seats;
        return Err(PlanError::new("grid", Fault::SeatsTooMany { seats, limit: MAX_HALL_SEATS }));
    }
    let aisles: HashSet<usize> =
        grid.aisles.iter().filter_map(|after| usize::try_from(*after).ok()).collect();
    let category = if grid.category.trim().is_empty() { CATEGORY } else { grid.category.trim() };
    let mut row = String::new();
    for seat in 1..=seats {
        row.push('s');
        if seat < seats && aisles.contains(&seat) {
            row.push('_');
        }
    }
    let mut text = format!("@category s {COLOR} {category}\n");
    if grid.numbers_from() == Side::Right {
        text.push_str("@numbers right\n");
    }
    for index in 0..rows {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}: {row}", letters(index));
    }
    Ok(text)
}

fn within(count: i32, field: &str) -> Result<usize, PlanError> {
    let count = usize::try_from(count).ok().filter(|count| (1..=MAX_HALL_SEATS).contains(count));
    count.ok_or_else(|| PlanError::new(format!("grid.{field}"), Fault::GridSize))
}

/// `A` to `Z`, then `AA`, `AB`, ...
pub(super) fn letters(mut index: usize) -> String {
    let mut name = Vec::new();
    loop {
        // A remainder of 26 is a letter.
        name.push(b'A' + u8::try_from(index % 26).unwrap_or_default());
        match index / 26 {
            0 => break,
            rest => index = rest - 1,
        }
    }
    name.iter().rev().map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{drawing, pretix};
    use super::*;

    fn plan(grid: &PlanGrid) -> super::super::Plan {
        pretix::import(&drawing::to_pretix(&to_drawing(grid).unwrap()).unwrap().to_string()).unwrap()
    }

    #[test]
    fn rows_have_letters() {
        let names: Vec<_> = [0, 25, 26, 51, 52, 701, 702].map(letters).into();
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_grid_has_its_seats_and_aisles() {
        let grid = PlanGrid { rows: 28, seats: 5, aisles: vec![2, 5, 9], ..PlanGrid::default() };
        let drawn = plan(&grid);
        assert_eq!((drawn.seats.len(), drawn.seats[139].seat.as_str()), (140, "AB5"));
        let x: Vec<f64> = drawn.seats[..5].iter().map(|seat| seat.x).collect();
        assert_eq!(x, [20.0, 40.0, 80.0, 100.0, 120.0]);
        let from_right = PlanGrid { numbers_from: Side::Right.into(), category: "Sofa".to_owned(), ..grid };
        let drawn = plan(&from_right);
        assert_eq!((drawn.seats[0].seat.as_str(), drawn.categories[0].name.as_str()), ("A5", "Sofa"));
    }

    #[test]
    fn what_is_no_hall_is_refused() {
        for (rows, seats) in [(0, 5), (5, 0), (-1, 5), (200, 51)] {
            assert!(to_drawing(&PlanGrid { rows, seats, ..PlanGrid::default() }).is_err(), "{rows} {seats}");
        }
    }
}
