//! Makes another plan of one. Everything in it that is not understood stays where it is.

mod categories;
mod refusal;
mod rows;
mod seats;
mod selection;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use contract::film::PlanEdit;
use contract::film::plan_edit::Edit;
use contract::film::plan_source::Source;
use serde_json::{Map, Value, json};

use super::findings::{self, Finding};
use super::pretix::{self, At, Read};
use super::spacing::{self, Spacing};
use super::{MAX_HALL_SEATS, Plan, PlanError};

pub use refusal::EditRefusal;

/// A plan that is worked on.
#[derive(Debug, Clone)]
pub struct Draft {
    value: Value,
    read: Read,
    /// The text, until something is edited: it is given back to the letter.
    text: Option<String>,
    selected: Vec<usize>,
}

impl Draft {
    /// Reads a plan, one that cannot be saved yet too.
    ///
    /// # Errors
    /// The place and what is wrong there.
    pub fn of(source: &Source) -> Result<Self, PlanError> {
        let text = super::to_json(source)?;
        let value = pretix::parse(&text)?;
        let read = pretix::read(&value)?;
        Ok(Self { value, read, text: Some(text), selected: Vec::new() })
    }

    /// Does something to it; where that is refused, the draft is of no use any more.
    ///
    /// # Errors
    /// Why it cannot be done.
    pub fn edit(&mut self, edit: &PlanEdit) -> Result<(), EditRefusal> {
        let seats = selection::find(&self.read.plan, &edit.seats)?;
        let Some(what) = &edit.edit else {
            self.selected = seats;
            return Ok(());
        };
        let selected = self.done(what, &seats)?;
        self.read = pretix::read(&self.value).map_err(EditRefusal::Plan)?;
        self.fit()?;
        self.text = None;
        let known: HashMap<&str, usize> = self
            .read
            .at
            .iter()
            .enumerate()
            .filter_map(|(index, at)| Some((self.guid(*at)?, index)))
            .collect();
        self.selected = selected.iter().filter_map(|guid| known.get(guid.as_str()).copied()).collect();
        Ok(())
    }

    /// What was done to which seats, by their `seat_guid`.
    fn done(&mut self, what: &Edit, seats: &[usize]) -> Result<Vec<String>, EditRefusal> {
        match what {
            Edit::PutCategory(put) => self.put_category(put).map(|()| self.guids(seats)),
            Edit::RemoveCategory(name) => self.remove_category(name).map(|()| self.guids(seats)),
            Edit::AddRow(row) => self.add_row(row, seats),
            Edit::Remove(false) => Ok(self.guids(seats)),
            _ if seats.is_empty() => Err(EditRefusal::SeatsMissing),
            Edit::Kind(kind) => Ok(self.set_kind(seats, (*kind).try_into().unwrap_or_default())),
            Edit::Category(name) => self.set_category(seats, name),
            Edit::Remove(true) => self.remove(seats),
            Edit::Move(by) => Ok(self.move_seats(seats, by)),
            Edit::AddSeats(add) => self.add_seats(seats, add),
            Edit::RowName(name) => self.name_row(seats, name),
            Edit::Number(number) => self.number(seats, number),
        }
    }

    /// The hall it makes.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.read.plan
    }

    /// The seats of the last edit.
    #[must_use]
    pub fn selected(&self) -> &[usize] {
        &self.selected
    }

    /// The JSON text.
    #[must_use]
    pub fn json(&self) -> String {
        self.text.clone().unwrap_or_else(|| self.value.to_string())
    }

    /// What should be looked at.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        findings::of_read(&self.read)
    }

    fn zones(&mut self) -> Option<&mut Vec<Value>> {
        self.value.get_mut("zones")?.as_array_mut()
    }

    fn rows(&mut self, zone: usize) -> Option<&mut Vec<Value>> {
        self.zones()?.get_mut(zone)?.get_mut("rows")?.as_array_mut()
    }

    fn seats_of(&mut self, at: At) -> Option<&mut Vec<Value>> {
        self.rows(at.zone)?.get_mut(at.row)?.get_mut("seats")?.as_array_mut()
    }

    fn seat(&mut self, seat: usize) -> Option<&mut Map<String, Value>> {
        let at = *self.read.at.get(seat)?;
        self.seats_of(at)?.get_mut(at.seat)?.as_object_mut()
    }

    fn guid(&self, at: At) -> Option<&str> {
        let row = self.value.get("zones")?.get(at.zone)?.get("rows")?.get(at.row)?;
        row.get("seats")?.get(at.seat)?.get("seat_guid")?.as_str()
    }

    fn guids(&self, seats: &[usize]) -> Vec<String> {
        let all = seats.iter().filter_map(|seat| self.guid(*self.read.at.get(*seat)?));
        all.map(str::to_owned).collect()
    }

    /// The rows that have some of these seats, each with all of its seats from one end to the other.
    fn rows_of(&self, seats: &[usize]) -> Vec<Vec<usize>> {
        let key = |seat: usize| (self.read.at[seat].zone, self.read.at[seat].row);
        let mut wanted: Vec<_> = seats.iter().map(|seat| key(*seat)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut rows = vec![Vec::new(); wanted.len()];
        for seat in 0..self.read.at.len() {
            if let Ok(row) = wanted.binary_search(&key(seat)) {
                rows[row].push(seat);
            }
        }
        for row in &mut rows {
            spacing::along(&self.read.plan.seats, row);
        }
        rows
    }

    fn all_rows(&self) -> Vec<Vec<usize>> {
        self.rows_of(&(0..self.read.at.len()).collect::<Vec<_>>())
    }

    fn spacing(&self) -> Spacing {
        Spacing::of(&self.read.plan.seats, &self.all_rows())
    }

    /// Whether so many more seats still make a hall.
    fn room_for(&self, more: usize) -> Result<(), EditRefusal> {
        if self.read.plan.seats.len() + more > MAX_HALL_SEATS {
            return Err(EditRefusal::TooLarge { limit: MAX_HALL_SEATS });
        }
        Ok(())
    }

    /// Has the drawing hold all seats: what lies beyond its edges moves in, or the edges out.
    /// What is known of the plan afterwards is what its text says, to the last digit.
    fn fit(&mut self) -> Result<(), EditRefusal> {
        let Spacing { seat: margin, .. } = self.spacing();
        let least = |of: fn(&super::PlanSeat) -> f64, seats: &[super::PlanSeat]| {
            seats.iter().map(of).fold(f64::INFINITY, f64::min)
        };
        let beyond = |least: f64| if least < 0.0 { margin - least } else { 0.0 };
        let seats = &self.read.plan.seats;
        let (right, down) = (beyond(least(|seat| seat.x, seats)), beyond(least(|seat| seat.y, seats)));
        if right > 0.0 || down > 0.0 {
            for zone in self.zones().into_iter().flatten() {
                shift(zone, right, down);
            }
            self.read = pretix::read(&self.value).map_err(EditRefusal::Plan)?;
        }
        let most = |of: fn(&super::PlanSeat) -> f64| self.read.plan.seats.iter().map(of).fold(0.0, f64::max);
        let (width, height) = (most(|seat| seat.x) + margin, most(|seat| seat.y) + margin);
        if let Some(size) = self.value.get_mut("size").filter(|size| size.is_object()) {
            let plan = &mut self.read.plan;
            (plan.width, plan.height) = (fine(plan.width.max(width)), fine(plan.height.max(height)));
            size["width"] = number(plan.width);
            size["height"] = number(plan.height);
        }
        Ok(())
    }
}

/// Moves a zone, a row or a seat.
fn shift(thing: &mut Value, right: f64, down: f64) {
    let Some(thing) = thing.as_object_mut() else { return };
    let position = thing.entry("position").or_insert(Value::Null);
    if !position.is_object() {
        *position = json!({ "x": 0, "y": 0 });
    }
    for (axis, by) in [("x", right), ("y", down)] {
        if by != 0.0 {
            let was = position[axis].as_f64().unwrap_or_default();
            position[axis] = number(was + by);
        }
    }
}

/// As exact as any hall needs: sums carry no trail of digits.
fn fine(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// A number as people write it: whole where it is, and fine enough.
fn number(value: f64) -> Value {
    let value = fine(value);
    if value.fract() == 0.0 && value.abs() < 1e9 {
        // Whole and small.
        #[allow(clippy::cast_possible_truncation)]
        return json!(value as i64);
    }
    json!(value)
}
