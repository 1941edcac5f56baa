//! What is done to rows.

use std::collections::{HashMap, HashSet};

use contract::film::{AddRow, NumberSeats, Side};
use serde_json::{Value, json};

use super::super::pretix::is_readable;
use super::super::{grid, spacing};
use super::seats::{between, read_as, renamed};
use super::{Draft, EditRefusal, shift};

/// Longest name of a row, characters: with a number it makes a name of a seat.
const MAX_ROW_NAME: usize = 16;
/// Rows at most a quarter of the usual distance apart are beside each other.
const SAME_LINE: f64 = 0.25;

impl Draft {
    /// Names the seats' row, and the seats with it.
    pub(super) fn name_row(&mut self, seats: &[usize], name: &str) -> Result<Vec<String>, EditRefusal> {
        let name = row_name(name)?;
        let rows = self.rows_of(seats);
        let [row] = rows.as_slice() else { return Err(EditRefusal::RowMissing) };
        let plan = &self.read.plan.seats;
        let first = &plan[row[0]];
        if first.row != name && plan.iter().any(|seat| seat.zone == first.zone && seat.row == name) {
            return Err(EditRefusal::RowExists(name));
        }
        let named = row.iter().map(|seat| (*seat, name.clone(), plan[*seat].number.clone())).collect();
        self.rename(named)?;
        let at = self.read.at[row[0]];
        if let Some(row) = self.rows(at.zone).and_then(|rows| rows.get_mut(at.row)?.as_object_mut()) {
            row.insert("row_number".to_owned(), json!(name));
        }
        Ok(self.guids(seats))
    }

    /// Numbers the seats of their rows.
    pub(super) fn number(
        &mut self,
        seats: &[usize],
        number: &NumberSeats,
    ) -> Result<Vec<String>, EditRefusal> {
        let first = if number.first == 0 { 1 } else { number.first };
        let step = if number.step == 0 { 1 } else { number.step };
        let mut numbered = Vec::new();
        for mut row in self.rows_of(seats) {
            if number.side() == Side::Right {
                row.reverse();
            }
            let mut next = i64::from(first);
            for seat in row {
                numbered.push((seat, self.read.plan.seats[seat].row.clone(), next.to_string()));
                next += i64::from(step);
            }
        }
        self.rename(numbered)?;
        Ok(self.guids(seats))
    }

    /// Gives seats the names that come from their row and number.
    fn rename(&mut self, named: Vec<(usize, String, String)>) -> Result<(), EditRefusal> {
        let new: HashMap<usize, String> = named
            .iter()
            .filter_map(|(seat, row, number)| {
                let was = &self.read.plan.seats[*seat];
                let guid = self.guid(self.read.at[*seat])?;
                Some((*seat, renamed(guid, (&was.row, &was.number), (row, number))))
            })
            .collect();
        let mut names = HashSet::new();
        let targets: HashMap<usize, (&String, &String)> =
            named.iter().map(|(seat, row, number)| (*seat, (row, number))).collect();
        for (index, seat) in self.read.plan.seats.iter().enumerate() {
            let name = match (new.get(&index), targets.get(&index)) {
                (Some(guid), Some((row, number))) => read_as(guid, row, number),
                _ => seat.seat.clone(),
            };
            if !is_readable(&name) {
                return Err(EditRefusal::NameInvalid(name));
            }
            if !names.insert(name.clone()) {
                return Err(EditRefusal::SeatTwice(name));
            }
        }
        for (seat, _, number) in named {
            let guid = new.get(&seat).cloned();
            let Some(members) = self.seat(seat) else { continue };
            members.insert("seat_number".to_owned(), json!(number));
            if let Some(guid) = guid {
                members.insert("seat_guid".to_owned(), json!(guid));
            }
        }
        Ok(())
    }

    /// Adds a row in front of or behind the seats' row; of the last row where none is named.
    pub(super) fn add_row(&mut self, add: &AddRow, seats: &[usize]) -> Result<Vec<String>, EditRefusal> {
        let rows = if seats.is_empty() { self.all_rows() } else { self.rows_of(seats) };
        let front = |row: &Vec<usize>| spacing::front(&self.read.plan.seats, row);
        let order = |one: &&Vec<usize>, other: &&Vec<usize>| front(one).total_cmp(&front(other));
        let model = if add.in_front { rows.iter().min_by(order) } else { rows.iter().max_by(order) };
        let model = model.ok_or(EditRefusal::Empty)?.clone();
        self.room_for(model.len())?;
        let name = self.new_row_name(&add.name, model[0])?;
        let row = self.row_like(&model, &name)?;
        let guids = row["seats"].as_array().into_iter().flatten();
        let guids = guids.filter_map(|seat| Some(seat["seat_guid"].as_str()?.to_owned())).collect();
        let step = self.spacing().row;
        let at = self.read.at[model[0]];
        self.make_room(spacing::front(&self.read.plan.seats, &model), add.in_front, step);
        let mut row = row;
        if !add.in_front {
            shift(&mut row, 0.0, step);
        }
        if let Some(rows) = self.rows(at.zone) {
            rows.insert((at.row + usize::from(!add.in_front)).min(rows.len()), row);
        }
        Ok(guids)
    }

    /// A row with seats in the places of another's.
    fn row_like(&mut self, model: &[usize], name: &str) -> Result<Value, EditRefusal> {
        let at = self.read.at[model[0]];
        let mut listed = model.to_vec();
        listed.sort_unstable();
        let known: HashSet<String> = self.read.plan.seats.iter().map(|seat| seat.seat.clone()).collect();
        let mut seats = Vec::new();
        for (place, seat) in listed.into_iter().enumerate() {
            let was = &self.read.plan.seats[seat];
            let number = if was.number.is_empty() { (place + 1).to_string() } else { was.number.clone() };
            let middle = between(&was.seat, &was.row, &was.number).unwrap_or_default().to_owned();
            let guid = format!("{name}{middle}{number}");
            if !is_readable(&guid) {
                return Err(EditRefusal::NameInvalid(name.to_owned()));
            }
            if known.contains(&guid) {
                return Err(EditRefusal::SeatTwice(guid));
            }
            let members = self.seat(seat).cloned().unwrap_or_default();
            seats.push(json!({
                "seat_guid": guid, "seat_number": number,
                "category": members.get("category"), "position": members.get("position"),
            }));
        }
        let position = self.rows(at.zone).and_then(|rows| rows.get(at.row)?.get("position").cloned());
        Ok(
            json!({ "row_number": name, "position": position.unwrap_or(json!({ "x": 0, "y": 0 })), "seats": seats }),
        )
    }

    /// Moves rows away from where a new one is to be, where there is one.
    fn make_room(&mut self, front: f64, in_front: bool, step: f64) {
        let near = step * SAME_LINE;
        let begins = if in_front { front - near } else { front + near };
        let rows: Vec<(f64, _)> = self
            .all_rows()
            .iter()
            .map(|row| (spacing::front(&self.read.plan.seats, row), self.read.at[row[0]]))
            .filter(|(at, _)| *at >= begins)
            .collect();
        // Behind, there may be room already.
        if !in_front && !rows.iter().any(|(at, _)| *at < front + step * 2.0 - near) {
            return;
        }
        for (_, at) in rows {
            if let Some(row) = self.rows(at.zone).and_then(|rows| rows.get_mut(at.row)) {
                shift(row, 0.0, step);
            }
        }
    }

    fn new_row_name(&self, wanted: &str, model: usize) -> Result<String, EditRefusal> {
        let plan = &self.read.plan.seats;
        let taken: HashSet<&str> = plan.iter().map(|seat| seat.row.as_str()).collect();
        if !wanted.trim().is_empty() {
            let name = row_name(wanted)?;
            return if taken.contains(name.as_str()) { Err(EditRefusal::RowExists(name)) } else { Ok(name) };
        }
        // A plan has fewer rows than names are tried.
        let numbers =
            plan[model].row.bytes().all(|byte| byte.is_ascii_digit()) && !plan[model].row.is_empty();
        let name = |index: usize| if numbers { (index + 1).to_string() } else { grid::letters(index) };
        let free = (0..=taken.len()).map(name).find(|name| !taken.contains(name.as_str()));
        free.ok_or(EditRefusal::RowMissing)
    }
}

fn row_name(name: &str) -> Result<String, EditRefusal> {
    let name = name.trim();
    let fits = name.is_empty() || (is_readable(name) && name.chars().count() <= MAX_ROW_NAME);
    if fits { Ok(name.to_owned()) } else { Err(EditRefusal::NameInvalid(name.to_owned())) }
}
