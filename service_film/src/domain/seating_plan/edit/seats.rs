//! What is done to seats.

use std::collections::HashSet;

use contract::film::{AddSeats, MoveSeats, SeatKind, Side};
use serde_json::{Value, json};

use super::super::pretix::{is_readable, readable_id};
use super::super::spacing::Spacing;
use super::{Draft, EditRefusal, number, shift};

/// Names tried for one seat at most.
const MOST_NAMES: i64 = 20_000;

impl Draft {
    pub(super) fn set_kind(&mut self, seats: &[usize], kind: SeatKind) -> Vec<String> {
        let name = match kind {
            SeatKind::Wheelchair => Some("wheelchair"),
            SeatKind::Companion => Some("companion"),
            SeatKind::CoupleHalf => Some("couple_half"),
            SeatKind::Blocked => Some("blocked"),
            SeatKind::Standard | SeatKind::Unspecified => None,
        };
        for seat in seats {
            let Some(seat) = self.seat(*seat) else { continue };
            match name {
                Some(name) => seat.insert("marquee_kind".to_owned(), json!(name)),
                None => seat.remove("marquee_kind"),
            };
        }
        self.guids(seats)
    }

    pub(super) fn set_category(&mut self, seats: &[usize], name: &str) -> Result<Vec<String>, EditRefusal> {
        if !self.read.plan.categories.iter().any(|category| category.name == name) {
            return Err(EditRefusal::CategoryUnknown(name.to_owned()));
        }
        for seat in seats {
            if let Some(seat) = self.seat(*seat) {
                seat.insert("category".to_owned(), json!(name));
            }
        }
        Ok(self.guids(seats))
    }

    /// Takes seats out, and what holds nothing without them.
    pub(super) fn remove(&mut self, seats: &[usize]) -> Result<Vec<String>, EditRefusal> {
        if seats.len() >= self.read.plan.seats.len() {
            return Err(EditRefusal::Empty);
        }
        // Those behind first: the others stay where they are.
        for seat in seats.iter().rev() {
            let at = self.read.at[*seat];
            if let Some(row) = self.seats_of(at) {
                row.remove(at.seat);
            }
        }
        for zone in self.zones().into_iter().flatten() {
            if let Some(rows) = zone.get_mut("rows").and_then(Value::as_array_mut) {
                rows.retain(|row| row["seats"].as_array().is_some_and(|seats| !seats.is_empty()));
            }
        }
        if let Some(zones) = self.zones() {
            let empty = |list: &Value| list.as_array().is_none_or(Vec::is_empty);
            zones.retain(|zone| !empty(&zone["rows"]) || !empty(&zone["areas"]));
        }
        Ok(Vec::new())
    }

    pub(super) fn move_seats(&mut self, seats: &[usize], by: &MoveSeats) -> Vec<String> {
        let Spacing { seat: step, row: row_step } = self.spacing();
        let (right, down) = (step * f64::from(by.right), row_step * f64::from(by.back));
        for seat in seats {
            let at = self.read.at[*seat];
            if let Some(seat) = self.seats_of(at).and_then(|row| row.get_mut(at.seat)) {
                shift(seat, right, down);
            }
        }
        self.guids(seats)
    }

    pub(super) fn add_seats(&mut self, seats: &[usize], add: &AddSeats) -> Result<Vec<String>, EditRefusal> {
        let count = usize::try_from(add.count).unwrap_or_default();
        let mut rows = self.rows_of(seats);
        self.room_for(rows.len() * count)?;
        let step = self.spacing();
        let mut taken: HashSet<String> = self.read.plan.seats.iter().map(|seat| seat.seat.clone()).collect();
        taken.extend(self.guids(&(0..self.read.at.len()).collect::<Vec<_>>()));
        let mut added = Vec::new();
        for row in &mut rows {
            if add.side() != Side::Right {
                row.reverse();
            }
            // Now it ends where the new seats are.
            added.extend(self.add_to(row, count, step, add.side() == Side::Right, &mut taken));
        }
        Ok(added)
    }

    fn add_to(
        &mut self,
        row: &[usize],
        count: usize,
        step: Spacing,
        to_right: bool,
        taken: &mut HashSet<String>,
    ) -> Vec<String> {
        let Some(end) = row.last().copied() else { return Vec::new() };
        let plan = &self.read.plan.seats;
        let neighbour = row.len().checked_sub(2).map(|index| row[index]);
        let way = neighbour.map(|other| (plan[end].x - plan[other].x, plan[end].y - plan[other].y));
        let way = way.filter(|way| way.0.hypot(way.1) > 0.0).unwrap_or(if to_right {
            (1.0, 0.0)
        } else {
            (-1.0, 0.0)
        });
        let length = way.0.hypot(way.1);
        // Across an aisle the next seat is not as far again.
        let (right, down) = match neighbour.is_some_and(|other| step.beside(&plan[end], &plan[other])) {
            true => way,
            false => (way.0 / length * step.seat, way.1 / length * step.seat),
        };
        let mut numbers = Numbers::of(self, row, to_right);
        let model = self.seat(end).cloned().unwrap_or_default();
        let axis = |axis| model.get("position").and_then(|at| at.get(axis)?.as_f64()).unwrap_or_default();
        let (x, y) = (axis("x"), axis("y"));
        let category = model.get("category");
        let mut guids = Vec::new();
        let mut seats = Vec::new();
        let mut away = 1.0;
        for _ in 0..count {
            let (guid, seat_number) = numbers.next(taken);
            seats.push(json!({
                "seat_guid": guid, "seat_number": seat_number, "category": category,
                "position": { "x": number(x + right * away), "y": number(y + down * away) },
            }));
            guids.push(guid);
            away += 1.0;
        }
        let at = self.read.at[end];
        let is_last = self.read.at[row[0]].seat <= at.seat;
        if let Some(list) = self.seats_of(at) {
            if is_last {
                list.extend(seats);
            } else {
                list.splice(0..0, seats.into_iter().rev());
            }
        }
        guids
    }
}

/// Numbers for more seats of a row, and names to go with them.
struct Numbers {
    row: String,
    /// Between row and number in the names of the row's seats: mostly nothing.
    between: String,
    next: i64,
    by: i64,
    most: i64,
}

impl Numbers {
    /// `row` ends where the new seats are.
    fn of(draft: &Draft, row: &[usize], to_right: bool) -> Self {
        let plan = &draft.read.plan;
        let number = |seat: &usize| plan.seats[*seat].number.parse::<i64>().ok();
        let end = row.last().and_then(number);
        let other = row.len().checked_sub(2).and_then(|index| number(&row[index]));
        let by = match (end, other) {
            (Some(end), Some(other)) if end != other && (end - other).abs() <= 10 => end - other,
            _ if to_right => 1,
            _ => -1,
        };
        let most =
            row.iter().filter_map(number).max().unwrap_or(i64::try_from(row.len()).unwrap_or_default());
        let last = row.last().map(|seat| &plan.seats[*seat]);
        let name = last.map(|seat| seat.row.clone()).unwrap_or_default();
        let between = last.and_then(|seat| Some(between(&seat.seat, &seat.row, &seat.number)?.to_owned()));
        Self { row: name, between: between.unwrap_or_default(), next: end.unwrap_or(most) + by, by, most }
    }

    /// A name that no seat has, and its number.
    fn next(&mut self, taken: &mut HashSet<String>) -> (String, String) {
        for _ in 0..MOST_NAMES {
            if self.next < 1 {
                // There are no numbers below one: on beyond the highest.
                self.by = self.by.abs();
                self.next = self.most + self.by;
            }
            let number = self.next.to_string();
            self.next += self.by;
            self.most = self.most.max(self.next);
            let guid = format!("{}{}{number}", self.row, self.between);
            let guid = if is_readable(&guid) { guid } else { format!("seat {number}") };
            if taken.insert(guid.clone()) {
                return (guid, number);
            }
        }
        // A hall has fewer seats than names were tried.
        (format!("{}{}", self.row, self.next), self.next.to_string())
    }
}

/// What stands between row and number in a seat's name, where it is made of them.
pub(super) fn between<'a>(name: &'a str, row: &str, number: &str) -> Option<&'a str> {
    name.strip_prefix(row)?.strip_suffix(number).filter(|_| !number.is_empty())
}

/// The `seat_guid` of a seat whose row and number change: names that are made of them change as well.
pub(super) fn renamed(guid: &str, was: (&str, &str), is: (&str, &str)) -> String {
    let middle = if is_readable(guid) { between(guid, was.0, was.1) } else { None };
    middle.map_or_else(|| guid.to_owned(), |middle| format!("{}{middle}{}", is.0, is.1))
}

/// What people read, as far as it can be told.
pub(super) fn read_as(guid: &str, row: &str, number: &str) -> String {
    readable_id(guid, row, number).unwrap_or_else(|| guid.to_owned())
}
