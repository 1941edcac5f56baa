//! What the log of changes says of each thing: the fields that were set.

use std::collections::BTreeMap;

use contract::film::change::Thing;
use contract::film::{Cinema, Film, Hall};
use serde_json::{Map, Value, json};

use super::{PriceList, Screening};

/// Longest text of a field in the log, characters: who needs all of a synopsis looks at the film.
const LONGEST: usize = 400;

/// Something of the catalogue whose changes are written down.
pub trait Recorded {
    /// What it is.
    const THING: Thing;

    /// Its id.
    fn id(&self) -> i64;

    /// Its cinema; 0 where it is of none.
    fn cinema_id(&self) -> i64;

    /// Its fields by their names in the contract.
    fn fields(&self) -> Value;
}

/// The fields that a change sets, as JSON; `None` where it sets none.
pub fn set<T: Recorded>(before: Option<&T>, after: &T, reason: &str) -> Option<String> {
    let mut set = object(after.fields());
    match before {
        None => set.retain(|_, value| !is_empty(value)),
        Some(before) => {
            let before = object(before.fields());
            set.retain(|field, value| before.get(field) != Some(&*value));
        }
    }
    if set.is_empty() {
        return None;
    }
    if !reason.is_empty() {
        set.insert("reason".to_owned(), reason.into());
    }
    set.values_mut().for_each(shorten);
    Some(Value::Object(set).to_string())
}

fn object(fields: Value) -> Map<String, Value> {
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// A value that is too long becomes the beginning of its text.
fn shorten(value: &mut Value) {
    let text = match &*value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() > LONGEST {
        *value = format!("{}…", text.chars().take(LONGEST).collect::<String>()).into();
    }
}

impl Recorded for Cinema {
    const THING: Thing = Thing::Cinema;

    fn id(&self) -> i64 {
        self.cinema_id
    }

    fn cinema_id(&self) -> i64 {
        self.cinema_id
    }

    fn fields(&self) -> Value {
        json!({
            "name": self.name, "city": self.city, "address": self.address, "time_zone": self.time_zone,
            "currency": self.currency, "retired": self.retired,
        })
    }
}

impl Recorded for Hall {
    const THING: Thing = Thing::Hall;

    fn id(&self) -> i64 {
        self.hall_id
    }

    fn cinema_id(&self) -> i64 {
        self.cinema_id
    }

    fn fields(&self) -> Value {
        json!({
            "name": self.name, "cleaning_minutes": self.cleaning_minutes, "plan_version": self.plan_version,
            "seats": self.seats, "categories": self.categories, "retired": self.retired,
        })
    }
}

impl Recorded for Film {
    const THING: Thing = Thing::Film;

    fn id(&self) -> i64 {
        self.film_id
    }

    fn cinema_id(&self) -> i64 {
        0
    }

    fn fields(&self) -> Value {
        let titles: BTreeMap<_, _> = self.titles.iter().collect();
        json!({
            "title": self.title, "titles": titles, "minutes": self.minutes, "release_date": self.release_date,
            "rating": self.rating, "genres": self.genres, "director": self.director,
            "distributor": self.distributor, "synopsis": self.synopsis, "popularity": self.popularity,
            "retired": self.retired,
        })
    }
}

impl Recorded for PriceList {
    const THING: Thing = Thing::PriceList;

    fn id(&self) -> i64 {
        self.id
    }

    fn cinema_id(&self) -> i64 {
        self.cinema_id
    }

    fn fields(&self) -> Value {
        let mut prices = BTreeMap::<String, BTreeMap<&str, i64>>::new();
        for price in self.prices.to_prices() {
            let ticket_type = price.ticket_type().as_str_name();
            prices.entry(price.category).or_default().insert(ticket_type, price.amount);
        }
        json!({ "name": self.name, "prices": prices, "retired": self.retired })
    }
}

impl Recorded for Screening {
    const THING: Thing = Thing::Screening;

    fn id(&self) -> i64 {
        self.film_sid
    }

    fn cinema_id(&self) -> i64 {
        self.cinema_id
    }

    fn fields(&self) -> Value {
        json!({
            "film_id": self.film_id, "hall_id": self.hall_id, "price_list_id": self.price_list_id,
            "starts_at": self.starts_at, "ends_at": self.ends_at, "sales_open_at": self.sales_open_at,
            "sales_close_at": self.sales_close_at, "language": self.language, "subtitles": self.subtitles,
            "format": self.format, "cancelled": self.is_cancelled(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film() -> Film {
        Film { film_id: 3, title: "Metropolis".into(), synopsis: "é".repeat(1_000), ..Film::default() }
    }

    #[test]
    fn what_is_new_is_told_without_what_is_empty() {
        let what: Value = serde_json::from_str(&set(None, &film(), "").unwrap()).unwrap();
        assert_eq!(what["title"], "Metropolis");
        assert_eq!(what["synopsis"].as_str().unwrap().chars().count(), LONGEST + 1);
        assert!(what.get("director").is_none() && what.get("retired").is_none(), "{what}");
    }

    #[test]
    fn of_a_change_only_what_differs_is_told() {
        let retired = Film { retired: true, ..film() };
        assert_eq!(set(Some(&film()), &retired, "").unwrap(), r#"{"retired":true}"#);
        let emptied = Film { synopsis: String::new(), ..film() };
        assert_eq!(set(Some(&film()), &emptied, "why").unwrap(), r#"{"reason":"why","synopsis":""}"#);
        assert_eq!(set(Some(&film()), &film(), "why"), None);
    }
}
