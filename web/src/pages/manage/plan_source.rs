//! Where a seating plan begins: a file, a drawing, or straight rows.

use contract::film::plan_source::Source;
use contract::film::{PlanGrid, Side};

use super::whole;

/// What was typed of a hall of straight rows.
#[derive(Debug, Default, Clone)]
pub struct Grid {
    pub rows: String,
    pub seats: String,
    /// After which seats there is an aisle: `4, 12`.
    pub aisles: String,
    /// `left` or `right`.
    pub numbers: String,
}

impl Grid {
    /// From the fields of a form.
    pub fn of(mut take: impl FnMut(&str) -> String) -> Self {
        Self {
            rows: take("grid_rows"),
            seats: take("grid_seats"),
            aisles: take("grid_aisles"),
            numbers: take("grid_numbers"),
        }
    }

    fn is_empty(&self) -> bool {
        self.rows.trim().is_empty() && self.seats.trim().is_empty()
    }

    /// What takes a number.
    pub fn numbers(&self) -> impl Iterator<Item = whole::Typed<'_>> {
        [("rows", &*self.rows), ("seats", &*self.seats)]
            .into_iter()
            .chain(self.aisles().map(|one| ("aisles", one)))
    }

    fn aisles(&self) -> impl Iterator<Item = &str> {
        self.aisles.split([',', '，', '、', ';', ' ']).filter(|part| !part.is_empty())
    }

    /// As the service takes it.
    fn plan(&self) -> PlanGrid {
        PlanGrid {
            rows: whole::read(&self.rows),
            seats: whole::read(&self.seats),
            aisles: self.aisles().map(whole::read).collect(),
            category: String::new(),
            numbers_from: side(&self.numbers).into(),
        }
    }
}

/// A side of the hall by its name.
pub fn side(name: &str) -> Side {
    if name == "right" { Side::Right } else { Side::Left }
}

/// The plan: JSON before a drawing before a grid; nothing where nothing was given.
pub fn of(json: &str, drawing: &str, grid: &Grid) -> Option<Source> {
    match (json.trim(), drawing.trim()) {
        ("", "") if grid.is_empty() => None,
        ("", "") => Some(Source::Grid(grid.plan())),
        ("", _) => Some(Source::Drawing(drawing.replace("\r\n", "\n"))),
        _ => Some(Source::PretixJson(json.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_read_as_people_type_it() {
        let fields = |name: &str| match name {
            "grid_rows" => " 8",
            "grid_seats" => "12 ",
            "grid_aisles" => "4, 8、10",
            _ => "right",
        };
        let grid = Grid::of(|name| fields(name).to_owned());
        let Some(Source::Grid(plan)) = of("", " ", &grid) else { panic!("a grid") };
        assert_eq!((plan.rows, plan.seats, plan.aisles.as_slice()), (8, 12, [4, 8, 10].as_slice()));
        assert_eq!(plan.numbers_from(), Side::Right);
        assert!(matches!(of("{}", "A: s", &grid), Some(Source::PretixJson(_))));
        assert!(matches!(of("", "A: s", &grid), Some(Source::Drawing(_))));
        assert_eq!(of("", "", &Grid::default()), None);
    }
}
