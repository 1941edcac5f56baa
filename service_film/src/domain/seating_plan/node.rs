//! A value of a plan together with its place, so that every refusal names it.

use serde_json::{Map, Value};

use super::{Fault, MAX_NAME, PlanError};

/// Furthest position from its parent's, in the plan's units; sums of three stay exact.
const MAX_COORDINATE: i32 = 1_000_000;

/// An object of the plan and where it stands.
#[derive(Clone)]
pub(super) struct Node<'a> {
    members: &'a Map<String, Value>,
    place: String,
}

impl<'a> Node<'a> {
    pub(super) fn new(value: &'a Value, place: impl Into<String>) -> Result<Self, PlanError> {
        let place = place.into();
        match value.as_object() {
            Some(members) => Ok(Self { members, place }),
            None => Err(PlanError::new(place, Fault::WrongType("an object"))),
        }
    }

    pub(super) fn place(&self, member: &str) -> String {
        if self.place.is_empty() { member.to_owned() } else { format!("{}.{member}", self.place) }
    }

    pub(super) fn error(&self, member: &str, problem: Fault) -> PlanError {
        PlanError::new(self.place(member), problem)
    }

    pub(super) fn get(&self, member: &str) -> Option<&'a Value> {
        self.members.get(member).filter(|value| !value.is_null())
    }

    /// The objects of a list.
    pub(super) fn list(&self, member: &str) -> Result<Vec<Node<'a>>, PlanError> {
        let list = self.get(member).and_then(Value::as_array);
        let list = list.ok_or_else(|| self.error(member, Fault::WrongType("a list")))?;
        let place = self.place(member);
        list.iter().enumerate().map(|(index, value)| Node::new(value, format!("{place}[{index}]"))).collect()
    }

    /// A text that may be missing: then it is empty.
    pub(super) fn text(&self, member: &str) -> Result<&'a str, PlanError> {
        let Some(value) = self.get(member) else { return Ok("") };
        let text = value.as_str().ok_or_else(|| self.error(member, Fault::WrongType("text")))?;
        if text.chars().count() > MAX_NAME {
            return Err(self.error(member, Fault::NameLength(MAX_NAME)));
        }
        if text.chars().any(char::is_control) {
            return Err(self.error(member, Fault::ControlCharacter));
        }
        Ok(text)
    }

    /// A text that must be there.
    pub(super) fn required_text(&self, member: &str) -> Result<&'a str, PlanError> {
        let text = self.text(member)?;
        if text.trim().is_empty() { Err(self.error(member, Fault::ValueMissing)) } else { Ok(text) }
    }

    /// A number within reach.
    pub(super) fn number(&self, member: &str) -> Result<f64, PlanError> {
        let number = self.get(member).and_then(Value::as_f64);
        let number = number.ok_or_else(|| self.error(member, Fault::WrongType("a number")))?;
        if number.is_finite() && number.abs() <= f64::from(MAX_COORDINATE) {
            Ok(number)
        } else {
            Err(self.error(member, Fault::NumberRange(MAX_COORDINATE)))
        }
    }

    /// A position; where it may be missing, that of the parent.
    pub(super) fn position(&self, required: bool) -> Result<(f64, f64), PlanError> {
        match self.get("position") {
            None if required => Err(self.error("position", Fault::ValueMissing)),
            None => Ok((0.0, 0.0)),
            Some(value) => {
                let position = Node::new(value, self.place("position"))?;
                Ok((position.number("x")?, position.number("y")?))
            }
        }
    }
}
