//! What the form of the editor says.

use std::collections::HashMap;

use contract::film::plan_source::Source;

use super::action::Action;
use crate::pages::manage::plan_source::{self, Grid};
use crate::pages::manage::whole;

/// Longest plan that goes along a second time, for the step back, bytes: with the draft, both
/// fit in a form.
const MAX_BEFORE: usize = 1_500_000;

/// The fields of the form.
#[derive(Debug, Default)]
pub struct Typed {
    pub action: Action,
    pub key: String,
    /// Of a new hall.
    pub name: String,
    pub cleaning: String,
    /// The version of the hall's plan that the draft was made from.
    pub based_on: i32,
    /// The draft.
    pub json: String,
    pub drawing: String,
    pub grid: Grid,
    /// The draft before the last step.
    pub before: String,
    /// Which seats are meant: those of a finding, else those typed, else those ticked.
    pub seats: String,
    /// Whether they stay in their field, since they were not found.
    pub keep_seats: bool,
    /// What is to be done with them.
    pub fields: HashMap<String, String>,
}

impl Typed {
    /// From the fields of the form.
    pub fn of(fields: &[(String, String)]) -> Self {
        let mut named: HashMap<String, String> = fields.iter().cloned().collect();
        let mut take = |name: &str| named.remove(name).unwrap_or_default();
        let grid = Grid::of(&mut take);
        let (file, drawing, json) = (take("file"), take("drawing"), take("json"));
        // In the form of a hall a file wins, then what is drawn.
        let json = match (file.trim(), drawing.trim()) {
            ("", "") => json,
            ("", _) => String::new(),
            _ => file,
        };
        let pick = take("pick");
        let seats = if pick.is_empty() { meant(fields) } else { pick };
        Self {
            action: Action::named(&take("do")),
            key: take("key"),
            name: take("name"),
            cleaning: take("cleaning"),
            based_on: take("based_on").parse().unwrap_or_default(),
            before: take("before"),
            json,
            drawing,
            grid,
            seats,
            keep_seats: false,
            fields: named,
        }
    }

    /// A field of what is to be done.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |value| value.trim())
    }

    /// What takes a number, and is needed for what is to be done.
    pub fn numbers(&self) -> impl Iterator<Item = whole::Typed<'_>> {
        let needed: &[(&str, &str)] = match self.action {
            Action::AddSeats => &[("count", "add_count")],
            Action::Number => &[("first", "number_first"), ("step", "number_step")],
            _ => &[],
        };
        let fields = needed.iter().map(|(name, field)| (*name, self.field(field)));
        std::iter::once(("cleaning", &*self.cleaning)).chain(self.grid.numbers()).chain(fields)
    }

    /// The plan that something is done to.
    pub fn source(&self) -> Option<Source> {
        match self.action {
            Action::Undo | Action::Redo if !self.before.is_empty() => {
                Some(Source::PretixJson(self.before.clone()))
            }
            _ => self.draft(),
        }
    }

    /// The plan that was sent.
    pub fn draft(&self) -> Option<Source> {
        plan_source::of(&self.json, &self.drawing, &self.grid)
    }

    /// What the next step goes back to, where that came of this one.
    pub fn before_after(&self, json: &str) -> String {
        let same = self.json == json || self.json.is_empty();
        let before = if same { &self.before } else { &self.json };
        if before.len() + json.len() > 2 * MAX_BEFORE { String::new() } else { before.clone() }
    }
}

/// The seats that are typed, else those that are ticked.
fn meant(fields: &[(String, String)]) -> String {
    let of = |wanted: &str| {
        let values = fields.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.trim());
        values.filter(|value| !value.is_empty()).collect::<Vec<_>>().join(", ")
    };
    let typed = of("seats");
    if typed.is_empty() { of("seat") } else { typed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(fields: &[(&str, &str)]) -> Typed {
        let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Typed::of(&fields)
    }

    #[test]
    fn seats_are_typed_ticked_or_picked() {
        assert_eq!(typed(&[("seats", " A1-A4 "), ("seat", "B1")]).seats, "A1-A4");
        assert_eq!(typed(&[("seats", " "), ("seat", "B1"), ("seat", "B2")]).seats, "B1, B2");
        assert_eq!(typed(&[("seats", "A1"), ("pick", "C3")]).seats, "C3");
        assert_eq!(typed(&[("seats", " ")]).seats, "");
    }

    #[test]
    fn a_step_back_goes_to_the_plan_before() {
        let step = typed(&[("json", "2"), ("before", "1"), ("do", "undo")]);
        assert_eq!(step.source(), Some(Source::PretixJson("1".into())));
        // And from there forward again.
        assert_eq!(step.before_after("1"), "2");
        let nothing = typed(&[("json", "2"), ("before", "1"), ("do", "select")]);
        assert_eq!(nothing.before_after("2"), "1");
        assert_eq!(typed(&[("drawing", "A: s"), ("json", "2")]).before_after("3"), "");
    }
}
