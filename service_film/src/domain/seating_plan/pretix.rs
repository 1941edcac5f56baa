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

/// Where a seat stands in the JSON: position of its zone, of its row there, and in the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) zone: usize,
    pub(super) row: usize,
    pub(super) seat: usize,
}

/// A plan that may still have what it cannot be saved with.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub(super) plan: Plan,
    /// Where each seat stands.
    pub(super) at: Vec<At>,
    /// Halves of couple seats without their other half.
    pub(super) lonely: Vec<usize>,
}

/// Reads a plan from JSON text.
///
/// # Errors
/// Text that is no JSON, and everything the format or our halls do not allow,
/// with the place: see `docs/seating-plans.md`.
pub fn import(json: &str) -> Result<Plan, PlanError> {
    let Read { plan, at, lonely } = read(&parse(json)?)?;
    if let Some(seat) = lonely.first() {
        let At { zone, row, seat } = at[*seat];
        let place = format!("zones[{zone}].rows[{row}].seats[{seat}].marquee_kind");
        return Err(PlanError::new(place, Fault::CoupleAlone));
    }
    if plan.seats.iter().any(PlanSeat::for_sale) {
        Ok(plan)
    } else {
        Err(PlanError::new("zones", Fault::NoSeatsForSale))
    }
}

/// The JSON of a plan.
pub(super) fn parse(json: &str) -> Result<Value, PlanError> {
    if json.len() > MAX_PLAN_BYTES {
        return Err(PlanError::new("plan", Fault::TooLong(MAX_PLAN_BYTES)));
    }
    serde_json::from_str(json)
        .map_err(|error| PlanError::in_text(error.line(), error.column(), Fault::NotJson(error.to_string())))
}

/// Reads a plan as far as that can be done while it is worked on.
pub(super) fn read(value: &Value) -> Result<Read, PlanError> {
    let root = Node::new(value, "")?;
    let categories = read_categories(&root)?;
    let Reader { seats, at, lonely, .. } = Reader::new(&categories).read(&root)?;
    let (width, height) = size(&root, &seats)?;
    let plan = Plan { name: root.text("name")?.to_owned(), categories, seats, width, height };
    Ok(Read { plan, at, lonely })
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
pub(super) fn plain_color(color: &str) -> String {
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
    at: Vec<At>,
    lonely: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn new(categories: &'a [Category]) -> Self {
        let names = categories.iter().enumerate();
        Self {
            categories: names.map(|(index, category)| (category.name.as_str(), index)).collect(),
            guids: HashMap::new(),
            ids: HashMap::new(),
            seats: Vec::new(),
            at: Vec::new(),
            lonely: Vec::new(),
        }
    }

    fn read(mut self, root: &Node) -> Result<Self, PlanError> {
        for (zone_index, zone) in root.list("zones")?.into_iter().enumerate() {
            let zone_name = zone.text("name")?;
            let zone_at = zone.position(false)?;
            for (row_index, row) in zone.list("rows")?.into_iter().enumerate() {
                let row_name = row.text("row_number")?;
                let row_at = row.position(false)?;
                let at = (zone_at.0 + row_at.0, zone_at.1 + row_at.1);
                let first = self.seats.len();
                for (seat_index, seat) in row.list("seats")?.into_iter().enumerate() {
                    self.add(&seat, zone_name, row_name, at)?;
                    self.at.push(At { zone: zone_index, row: row_index, seat: seat_index });
                }
                pair_couples(&mut self.seats, first, &mut self.lonely);
            }
        }
        match self.seats.len() {
            0 => Err(root.error("zones", Fault::NoSeats)),
            seats if seats > MAX_HALL_SEATS => {
                Err(root.error("zones", Fault::SeatsTooMany { seats, limit: MAX_HALL_SEATS }))
            }
            _ => Ok(self),
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
pub(super) fn readable_id(guid: &str, row: &str, number: &str) -> Option<String> {
    if is_readable(guid) {
        return Some(guid.to_owned());
    }
    Some(format!("{row}{number}")).filter(|id| !number.is_empty() && is_readable(id))
}

pub(super) fn is_readable(id: &str) -> bool {
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

/// Pairs halves of couple seats with their neighbours, from the row's beginning, and collects
/// those that have none.
fn pair_couples(seats: &mut [PlanSeat], first: usize, lonely: &mut Vec<usize>) {
    let mut index = first;
    while index < seats.len() {
        let other = index + 1;
        if seats[index].kind != SeatKind::CoupleHalf {
            index += 1;
        } else if seats.get(other).is_some_and(|seat| seat.kind == SeatKind::CoupleHalf) {
            seats[index].partner = Some(other);
            seats[other].partner = Some(index);
            index += 2;
        } else {
            lonely.push(index);
            index += 1;
        }
    }
}
