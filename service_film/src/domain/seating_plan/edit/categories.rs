//! What is done to categories.

use contract::film::PutCategory;
use serde_json::{Value, json};

use super::super::MAX_CATEGORIES;
use super::super::pretix::plain_color;
use super::{Draft, EditRefusal};

impl Draft {
    /// Adds a category, or changes one and with it the seats that name it.
    pub(super) fn put_category(&mut self, put: &PutCategory) -> Result<(), EditRefusal> {
        let (was, name) = (put.category.as_str(), put.name.trim());
        let color = color(&put.color)?;
        let known = |wanted: &str| self.read.plan.categories.iter().any(|category| category.name == wanted);
        if !was.is_empty() && !known(was) {
            return Err(EditRefusal::CategoryUnknown(was.to_owned()));
        }
        if name != was && known(name) {
            return Err(EditRefusal::CategoryExists(name.to_owned()));
        }
        if was.is_empty() {
            return self.new_category(name, color);
        }
        let name = if name.is_empty() { was } else { name };
        for seat in 0..self.read.at.len() {
            if let Some(seat) =
                self.seat(seat).filter(|seat| seat.get("category").is_some_and(|of| of == was))
            {
                seat.insert("category".to_owned(), json!(name));
            }
        }
        if let Some(category) =
            self.categories().and_then(|all| all.iter_mut().find(|one| one["name"] == was))
        {
            category["name"] = json!(name);
            if let Some(color) = color {
                category["color"] = json!(color);
            }
        }
        Ok(())
    }

    fn new_category(&mut self, name: &str, color: Option<String>) -> Result<(), EditRefusal> {
        if name.is_empty() {
            return Err(EditRefusal::CategoryNameless);
        }
        if self.read.plan.categories.len() >= MAX_CATEGORIES {
            return Err(EditRefusal::TooLarge { limit: MAX_CATEGORIES });
        }
        let mut category = json!({ "name": name });
        if let Some(color) = color {
            category["color"] = json!(color);
        }
        self.categories().into_iter().for_each(|all| all.push(category.take()));
        Ok(())
    }

    /// Takes a category out that no seat is of.
    pub(super) fn remove_category(&mut self, name: &str) -> Result<(), EditRefusal> {
        let plan = &self.read.plan;
        let index = plan.categories.iter().position(|category| category.name == name);
        let index = index.ok_or_else(|| EditRefusal::CategoryUnknown(name.to_owned()))?;
        let seats = plan.seats.iter().filter(|seat| seat.category == index).count();
        if seats > 0 {
            return Err(EditRefusal::CategoryInUse { category: name.to_owned(), seats });
        }
        self.categories().into_iter().for_each(|all| all.retain(|one| one["name"] != name));
        Ok(())
    }

    fn categories(&mut self) -> Option<&mut Vec<Value>> {
        self.value.get_mut("categories")?.as_array_mut()
    }
}

fn color(text: &str) -> Result<Option<String>, EditRefusal> {
    let text = text.trim();
    match plain_color(text) {
        color if !color.is_empty() => Ok(Some(color)),
        _ if text.is_empty() => Ok(None),
        _ => Err(EditRefusal::ColorInvalid(text.to_owned())),
    }
}
