//! Seating plans drawn as text, one line for each row: see `docs/seating-plans.md`.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Fault, MAX_CATEGORIES, MAX_HALL_SEATS, MAX_NAME, PlanError, place_in_text};

/// Distance of seats in a row, in the plan's units.
const SEAT_STEP: usize = 20;
/// Distance of rows.
const ROW_STEP: usize = 25;
/// Longest drawing, bytes: as in the contract.
const MAX_DRAWING_BYTES: usize = 262_144;

/// Turns a drawing into pretix JSON.
///
/// # Errors
/// The line and column, and what is wrong there.
pub fn to_pretix(text: &str) -> Result<Value, PlanError> {
    if text.len() > MAX_DRAWING_BYTES {
        return Err(PlanError::new("drawing", Fault::TooLong(MAX_DRAWING_BYTES)));
    }
    let mut drawing = Drawing::default();
    for (index, line) in text.lines().enumerate() {
        drawing.read_line(index + 1, line)?;
    }
    drawing.finish()
}

#[derive(Default)]
struct Drawing {
    name: String,
    categories: Vec<(char, Value)>,
    zones: Vec<Zone>,
    from_right: bool,
    /// Every seat id and where it was drawn.
    seats: HashMap<String, String>,
    lines_drawn: usize,
    widest: usize,
}

#[derive(Default)]
struct Zone {
    name: String,
    rows: Vec<Value>,
}

/// A seat of a row that is being read.
struct Cell {
    column: usize,
    step: usize,
    category: String,
    kind: Option<&'static str>,
}

fn error(line: usize, column: usize, problem: Fault) -> PlanError {
    PlanError::in_text(line, column, problem)
}

impl Drawing {
    fn read_line(&mut self, line: usize, text: &str) -> Result<(), PlanError> {
        let trimmed = text.trim();
        if trimmed.starts_with("//") {
            return Ok(());
        }
        if trimmed.is_empty() {
            // A gap between rows; empty lines before the first row mean nothing.
            self.lines_drawn += usize::from(self.lines_drawn > 0);
            return Ok(());
        }
        match trimmed.strip_prefix('@') {
            Some(heading) => self.read_heading(line, heading),
            None => self.read_row(line, text),
        }
    }

    fn read_heading(&mut self, line: usize, heading: &str) -> Result<(), PlanError> {
        let (word, rest) = heading.split_once(char::is_whitespace).unwrap_or((heading, ""));
        let rest = rest.trim();
        match word {
            "name" => self.name = named(line, rest)?,
            "zone" => self.zones.push(Zone { name: named(line, rest)?, rows: Vec::new() }),
            "category" => self.read_category(line, rest)?,
            "numbers" => match rest {
                "left" => self.from_right = false,
                "right" => self.from_right = true,
                _ => return Err(error(line, 1, Fault::NumbersForm)),
            },
            _ => return Err(error(line, 1, Fault::HeadingUnknown(word.to_owned()))),
        }
        Ok(())
    }

    /// `s #3b82f6 Standard`; the colour may be left out.
    fn read_category(&mut self, line: usize, rest: &str) -> Result<(), PlanError> {
        let usage = || error(line, 1, Fault::CategoryForm);
        let (letter, rest) = rest.split_once(char::is_whitespace).ok_or_else(usage)?;
        let mut letters = letter.chars();
        let (Some(letter), None) = (letters.next(), letters.next()) else {
            return Err(usage());
        };
        if !letter.is_alphabetic() || matches!(letter, 'w' | 'k') {
            return Err(error(line, 1, Fault::CategoryLetter(letter)));
        }
        let rest = rest.trim();
        let (color, name) = match rest.split_once(char::is_whitespace) {
            Some((color, name)) if color.starts_with('#') => (Some(color), name.trim()),
            _ => (None, rest),
        };
        let name = named(line, name)?;
        let taken = |(other, value): &(char, Value)| *other == letter || value["name"] == name.as_str();
        if self.categories.iter().any(taken) {
            return Err(error(line, 1, Fault::CategoryTwice(format!("{letter} {name}"))));
        }
        if self.categories.len() == MAX_CATEGORIES {
            return Err(error(line, 1, Fault::CategoriesTooMany(MAX_CATEGORIES)));
        }
        let mut category = json!({ "name": name });
        if let Some(color) = color {
            category["color"] = json!(color);
        }
        self.categories.push((letter, category));
        Ok(())
    }

    fn read_row(&mut self, line: usize, text: &str) -> Result<(), PlanError> {
        let Some((label, drawn)) = text.split_once(':') else {
            return Err(error(line, 1, Fault::RowForm));
        };
        let before = label.chars().count() + 1;
        let label = label.trim();
        if !label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')) || label.len() > 16 {
            return Err(error(line, 1, Fault::RowName));
        }
        let cells = self.read_cells(line, before, drawn)?;
        let mut seats = Vec::with_capacity(cells.len());
        for (index, cell) in cells.iter().enumerate() {
            let number = if self.from_right { cells.len() - index } else { index + 1 };
            seats.push(self.seat(line, label, number, cell)?);
        }
        if seats.is_empty() {
            return Err(error(line, before, Fault::RowEmpty));
        }
        let y = self.lines_drawn * ROW_STEP;
        self.lines_drawn += 1;
        if self.zones.is_empty() {
            self.zones.push(Zone::default());
        }
        if let Some(zone) = self.zones.last_mut() {
            zone.rows.push(json!({ "row_number": label, "position": { "x": 0, "y": y }, "seats": seats }));
        }
        Ok(())
    }

    fn read_cells(&mut self, line: usize, before: usize, drawn: &str) -> Result<Vec<Cell>, PlanError> {
        let first = self.categories.first().map(|(_, category)| text_of(&category["name"]));
        let first = first.ok_or_else(|| error(line, 1, Fault::CategoryMissing))?;
        let mut cells: Vec<Cell> = Vec::new();
        let mut couple: Option<(usize, usize)> = None;
        let mut step = 0;
        for (index, letter) in drawn.chars().enumerate() {
            let column = before + index + 1;
            let (category, kind) = match letter {
                ' ' | '\t' => continue,
                '_' => {
                    step += 1;
                    continue;
                }
                '(' if couple.is_none() => {
                    couple = Some((column, cells.len()));
                    continue;
                }
                ')' if couple.is_some_and(|(_, from)| cells.len() == from + 2) => {
                    couple = None;
                    continue;
                }
                '(' | ')' => return Err(error(line, column, Fault::CoupleForm)),
                'w' => (first.clone(), Some("wheelchair")),
                'k' => (first.clone(), Some("companion")),
                '#' => (first.clone(), Some("blocked")),
                _ => (self.category(line, column, letter)?, None),
            };
            let kind = match (couple, kind) {
                (Some(_), None) => Some("couple_half"),
                (Some(_), Some(_)) => return Err(error(line, column, Fault::CoupleForm)),
                (None, kind) => kind,
            };
            cells.push(Cell { column, step, category, kind });
            step += 1;
        }
        if let Some((column, _)) = couple {
            return Err(error(line, column, Fault::CoupleForm));
        }
        self.widest = self.widest.max(step);
        Ok(cells)
    }

    fn category(&self, line: usize, column: usize, letter: char) -> Result<String, PlanError> {
        let found = self.categories.iter().find(|(other, _)| *other == letter);
        let found = found.map(|(_, category)| text_of(&category["name"]));
        found.ok_or_else(|| error(line, column, Fault::CategoryUnknown(letter.to_string())))
    }

    fn seat(&mut self, line: usize, row: &str, number: usize, cell: &Cell) -> Result<Value, PlanError> {
        let id = format!("{row}{number}");
        if let Some(first) = self.seats.insert(id.clone(), place_in_text(line, cell.column)) {
            return Err(error(line, cell.column, Fault::SeatTwice { seat: id, first }));
        }
        if self.seats.len() > MAX_HALL_SEATS {
            let fault = Fault::SeatsTooMany { seats: self.seats.len(), limit: MAX_HALL_SEATS };
            return Err(error(line, cell.column, fault));
        }
        let mut seat = json!({
            "seat_guid": id,
            "seat_number": number.to_string(),
            "category": cell.category,
            "position": { "x": (cell.step + 1) * SEAT_STEP, "y": 0 },
        });
        if let Some(kind) = cell.kind {
            seat["marquee_kind"] = json!(kind);
        }
        Ok(seat)
    }

    fn finish(self) -> Result<Value, PlanError> {
        if self.seats.is_empty() {
            return Err(error(1, 1, Fault::NoSeats));
        }
        let zones = self.zones.into_iter().map(
            |zone| json!({ "name": zone.name, "position": { "x": 0, "y": ROW_STEP }, "rows": zone.rows }),
        );
        Ok(json!({
            "name": self.name,
            "categories": self.categories.into_iter().map(|(_, category)| category).collect::<Vec<_>>(),
            "zones": zones.collect::<Vec<_>>(),
            "size": { "width": (self.widest + 1) * SEAT_STEP, "height": (self.lines_drawn + 1) * ROW_STEP },
        }))
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn named(line: usize, name: &str) -> Result<String, PlanError> {
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(error(line, 1, Fault::NameLength(MAX_NAME)));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use contract::film::SeatKind;

    use super::super::pretix;
    use super::*;

    const SMALL: &str = "\
@name Hall 1
@category s #3b82f6 Standard
@category P Premium

// the front
A: ss_sw k
B: (ss)_#s

@zone Balcony
@numbers right
C: PP(PP)
";

    #[test]
    fn a_drawing_becomes_a_plan() {
        let plan = pretix::import(&to_pretix(SMALL).unwrap().to_string()).unwrap();
        let ids: Vec<_> = plan.seats.iter().map(|seat| seat.seat.as_str()).collect();
        assert_eq!(ids, ["A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4", "C4", "C3", "C2", "C1"]);
        assert_eq!(plan.seats[3].kind, SeatKind::Wheelchair);
        assert_eq!(plan.seats[4].kind, SeatKind::Companion);
        assert_eq!(plan.seats[5].partner, Some(6));
        assert_eq!(plan.seats[7].kind, SeatKind::Blocked);
        assert_eq!(plan.seats[12].partner, Some(11));
        assert_eq!(plan.seats[9].zone, "Balcony");
        assert_eq!(plan.categories[plan.seats[9].category].name, "Premium");
        assert!(plan.seats[2].x - plan.seats[1].x > plan.seats[1].x - plan.seats[0].x, "an aisle is a gap");
        assert!(plan.seats.iter().all(|seat| seat.x < plan.width && seat.y < plan.height));
    }

    fn refused(text: &str) -> (String, String) {
        let error = to_pretix(text).unwrap_err();
        (error.place, error.problem.to_string())
    }

    #[test]
    fn what_is_wrong_is_said_with_line_and_column() {
        let cases = [
            ("", "line 1, column 1"),
            ("@category s S\n", "line 1, column 1"),
            ("A: ss", "line 1, column 1"),
            ("@category s S\nA: sxs", "line 2, column 5"),
            ("@category s S\nA: s(s", "line 2, column 5"),
            ("@category s S\nA: (sss)", "line 2, column 8"),
            ("@category s S\nA: (sw)", "line 2, column 6"),
            ("@category s S\nA: ss\nA: ss", "line 3, column 4"),
            ("@category s S\nA: sssssssssss\nA1: s", "line 3, column 5"),
            ("@category s S\n@category s T", "line 2, column 1"),
            ("@category w S", "line 1, column 1"),
            ("@colour s S", "line 1, column 1"),
            ("@category s S\nssss", "line 2, column 1"),
            ("@category s S\nA: __", "line 2, column 2"),
        ];
        for (text, place) in cases {
            assert_eq!(refused(text).0, place, "{text:?}: {}", refused(text).1);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(@category s S\n)?(@?[a-zA-Z:()_#sw \n/é]{0,60})") {
            if let Ok(json) = to_pretix(&text)
                && let Err(error) = pretix::import(&json.to_string())
            {
                proptest::prop_assert!(error.problem == Fault::NoSeatsForSale, "{error}");
            }
        }
    }
}
