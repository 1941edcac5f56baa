//! Reads the seating plan JSON that pretix publishes.
//!
//! Members that are not understood are left alone: the text is what is kept.
//! One member is ours: `marquee_kind` of a seat, one of `standard`,
//! `wheelchair`, `companion`, `couple_half` and `blocked`.

use std::collections::HashMap;

use contract::film::SeatKind;
use serde_json::Value;

use super::node::Node;
use super::{
    Category, Fault, MAX_CATEGORIES, MAX_HALL_SEATS, MAX_PLAN_BYTES, MAX_PLAN_SEATS, MAX_SEAT_ID, Plan,
    PlanError, PlanSeat,
};

/// Space around the seats where the plan names no size, in the plan's units.
const MARGIN: f64 = 20.0;

/// Reads a plan from JSON text.
///
/// # Errors
/// Text that is no JSON, and everything the format or our halls do not allow,
/// with the place: see `docs/seating-plans.md`.
pub fn import(json: &str) -> Result<Plan, PlanError> {
    if json.len() > MAX_PLAN_BYTES {
        return Err(PlanError::new("plan", Fault::TooLong(MAX_PLAN_BYTES)));
    }
    let value: Value = serde_json::from_str(json).map_err(|error| {
        PlanError::in_text(error.line(), error.column(), Fault::NotJson(error.to_string()))
    })?;
    let root = Node::new(&value, "")?;
    let categories = read_categories(&root)?;
    let seats = Reader::new(&categories).read(&root)?;
    if !seats.iter().any(PlanSeat::for_sale) {
        return Err(root.error("zones", Fault::NoSeatsForSale));
    }
    let (width, height) = size(&root, &seats)?;
    Ok(Plan { name: root.text("name")?.to_owned(), categories, seats, width, height })
}

fn read_categories(root: &Node) -> Result<Vec<Category>, PlanError> {
    let nodes = root.list("categories")?;
    if nodes.len() > MAX_CATEGORIES {
        return Err(root.error("categories", Fault::CategoriesTooMany(MAX_CATEGORIES)));
    }
    let mut categories: Vec<Category> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let name = node.required_text("name")?;
        if categories.iter().any(|category| category.name == name) {
            return Err(node.error("name", Fault::CategoryTwice(name.to_owned())));
        }
        let color = node.get("color").and_then(Value::as_str).map(plain_color).unwrap_or_default();
        categories.push(Category { name: name.to_owned(), color });
    }
    Ok(categories)
}

/// `#rrggbb` in lower case, or nothing: other notations are kept in the text but not drawn.
fn plain_color(color: &str) -> String {
    let Some(digits) = color.trim().strip_prefix('#') else { return String::new() };
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return String::new();
    }
    match digits.len() {
        6 => format!("#{}", digits.to_ascii_lowercase()),
        3 => digits
            .to_ascii_lowercase()
            .chars()
            .fold("#".to_owned(), |full, digit| full + digit.encode_utf8(&mut [0; 4]).repeat(2).as_str()),
        _ => String::new(),
    }
}

fn size(root: &Node, seats: &[PlanSeat]) -> Result<(f64, f64), PlanError> {
    if let Some(value) = root.get("size") {
        let size = Node::new(value, "size")?;
        return Ok((size.number("width")?, size.number("height")?));
    }
    let furthest = |of: fn(&PlanSeat) -> f64| seats.iter().map(of).fold(0.0, f64::max) + MARGIN;
    Ok((furthest(|seat| seat.x), furthest(|seat| seat.y)))
}

/// Collects the seats, row by row, and sees that no two are called the same.
struct Reader<'a> {
    categories: HashMap<&'a str, usize>,
    guids: HashMap<String, String>,
    ids: HashMap<String, String>,
    seats: Vec<PlanSeat>,
}

impl<'a> Reader<'a> {
    fn new(categories: &'a [Category]) -> Self {
        let names = categories.iter().enumerate();
        Self {
            categories: names.map(|(index, category)| (category.name.as_str(), index)).collect(),
            guids: HashMap::new(),
            ids: HashMap::new(),
            seats: Vec::new(),
        }
    }

    fn read(mut self, root: &Node) -> Result<Vec<PlanSeat>, PlanError> {
        for zone in root.list("zones")? {
            let zone_name = zone.text("name")?;
            let zone_at = zone.position(false)?;
            for row in zone.list("rows")? {
                let row_name = row.text("row_number")?;
                let row_at = row.position(false)?;
                let at = (zone_at.0 + row_at.0, zone_at.1 + row_at.1);
                let first = self.seats.len();
                for seat in row.list("seats")? {
                    self.add(&seat, zone_name, row_name, at)?;
                }
                pair_couples(&mut self.seats, first, &row)?;
            }
        }
        match self.seats.len() {
            0 => Err(root.error("zones", Fault::NoSeats)),
            seats if seats > MAX_HALL_SEATS => {
                Err(root.error("zones", Fault::SeatsTooMany { seats, limit: MAX_HALL_SEATS }))
            }
            _ => Ok(self.seats),
        }
    }

    fn add(&mut self, node: &Node, zone: &str, row: &str, at: (f64, f64)) -> Result<(), PlanError> {
        if self.seats.len() == MAX_PLAN_SEATS {
            let fault = Fault::SeatsTooMany { seats: MAX_PLAN_SEATS + 1, limit: MAX_PLAN_SEATS };
            return Err(PlanError::new("zones", fault));
        }
        let guid = node.required_text("seat_guid")?;
        let place = node.place("seat_guid");
        if let Some(first) = self.guids.insert(guid.to_owned(), place.clone()) {
            return Err(PlanError::new(place, Fault::SeatTwice { seat: guid.to_owned(), first }));
        }
        let number = node.text("seat_number")?;
        let seat =
            readable_id(guid, row, number).ok_or_else(|| PlanError::new(&place, Fault::SeatUnreadable))?;
        if let Some(first) = self.ids.insert(seat.clone(), place.clone()) {
            return Err(PlanError::new(place, Fault::SeatTwice { seat, first }));
        }
        let name = node.required_text("category")?;
        let category = self.categories.get(name).copied();
        let category =
            category.ok_or_else(|| node.error("category", Fault::CategoryUnknown(name.to_owned())))?;
        let (x, y) = node.position(true)?;
        self.seats.push(PlanSeat {
            seat,
            zone: zone.to_owned(),
            row: row.to_owned(),
            number: number.to_owned(),
            category,
            kind: kind(node)?,
            partner: None,
            x: at.0 + x,
            y: at.1 + y,
        });
        Ok(())
    }
}

/// The `seat_guid` where it is fit to be read, otherwise row and number: `F12`.
fn readable_id(guid: &str, row: &str, number: &str) -> Option<String> {
    if is_readable(guid) {
        return Some(guid.to_owned());
    }
    Some(format!("{row}{number}")).filter(|id| !number.is_empty() && is_readable(id))
}

fn is_readable(id: &str) -> bool {
    id.chars().count() <= MAX_SEAT_ID
        && id.trim() == id
        && !id.is_empty()
        && id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' '))
}

fn kind(node: &Node) -> Result<SeatKind, PlanError> {
    match node.text("marquee_kind")? {
        "" | "standard" => Ok(SeatKind::Standard),
        "wheelchair" => Ok(SeatKind::Wheelchair),
        "companion" => Ok(SeatKind::Companion),
        "couple_half" => Ok(SeatKind::CoupleHalf),
        "blocked" => Ok(SeatKind::Blocked),
        other => Err(node.error("marquee_kind", Fault::KindUnknown(other.to_owned()))),
    }
}

/// Pairs halves of couple seats with their neighbours, from the row's beginning.
fn pair_couples(seats: &mut [PlanSeat], first: usize, row: &Node) -> Result<(), PlanError> {
    let mut index = first;
    while index < seats.len() {
        if seats[index].kind != SeatKind::CoupleHalf {
            index += 1;
            continue;
        }
        let other = index + 1;
        if seats.get(other).is_none_or(|seat| seat.kind != SeatKind::CoupleHalf) {
            let place = format!("seats[{}].marquee_kind", index - first);
            return Err(row.error(&place, Fault::CoupleAlone));
        }
        seats[index].partner = Some(other);
        seats[other].partner = Some(index);
        index += 2;
    }
    Ok(())
}
