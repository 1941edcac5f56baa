//! The page of the editor.

use std::collections::{HashMap, HashSet};

use askama::Template;
use contract::film::{CheckedPlan, EditedPlan, HallInfo, SeatKind};

use super::Place;
use super::action::{Action, KINDS};
use super::told::{self, Told};
use super::typed::Typed;
use crate::State;
use crate::chrome::Chrome;
use crate::hall::Hall;
use crate::once::form_key;
use crate::pages::manage::choices::{self, Choice};
use crate::pages::screening::drawing::{self, Drawing};
use crate::problem::Refused;
use crate::visitor::Visitor;

/// Seats named as chosen at most.
const MOST_NAMED: usize = 40;

/// What the form carries on.
pub struct Draft {
    pub edited: EditedPlan,
    pub typed: Typed,
    /// The plan before the last step.
    pub before: String,
}

/// The page.
#[derive(Template)]
#[template(path = "manage/plan_editor.html")]
pub struct Editor {
    chrome: Chrome,
    place: Place,
    hall_name: String,
    key: String,
    typed: Typed,
    json: String,
    before: String,
    can_draw: bool,
    is_preview: bool,
    drawing: Drawing,
    rows: Vec<ListRow>,
    /// How many are chosen, and which.
    chosen: usize,
    chosen_words: String,
    kinds: Vec<Choice>,
    categories: Vec<CategoryRow>,
    seats: usize,
    seats_for_sale: i32,
    findings: Vec<Told>,
    must_mend: bool,
    /// What saving changes; nothing for a new hall.
    changes: Option<Changes>,
    said: String,
    pub problem: Option<String>,
}

struct Changes {
    plan_version: i32,
    screenings: i32,
    told: Vec<String>,
}

/// A category with its seats.
struct CategoryRow {
    name: String,
    color: String,
    mark: usize,
    seats: usize,
}

/// A row of the list of seats.
struct ListRow {
    name: String,
    seats: Vec<ListSeat>,
}

struct ListSeat {
    seat: String,
    number: String,
    /// What is not ordinary about it.
    about: String,
    chosen: bool,
}

/// The page for a draft.
pub async fn page(state: &State, visitor: &Visitor, place: Place, draft: Draft) -> Result<Editor, Refused> {
    let Draft { edited, typed, before } = draft;
    let plan = edited.plan.unwrap_or_default();
    let hall = hall(&plan);
    let chosen: Vec<usize> = edited.selected.iter().filter_map(|seat| hall.find(seat)).collect();
    let is_preview = typed.action == Action::Preview;
    let used: Vec<String> = plan
        .categories
        .iter()
        .map(|category| category.category.clone())
        .filter(|name| {
            plan.seats.iter().any(|seat| seat.category == *name && seat.kind() != SeatKind::Blocked)
        })
        .collect();
    let prices = choices::price_lists(state, visitor, &place.cinema).await?;
    let findings = told::findings(visitor, &plan.findings, &prices, &used);
    let mut drawing = Drawing::of(visitor, &hall, "", &[]);
    if !is_preview {
        for_editing(visitor, &mut drawing, &hall, &plan, &chosen);
    }
    let title = match &place.hall {
        Some(hall) => visitor.language.text_with("plan-title", &[("hall", hall.name.as_str().into())]),
        None => visitor.language.text("plan-title-new"),
    };
    let changes = edited.changes.map(|changes| Changes {
        plan_version: changes.plan_version,
        screenings: changes.screenings_to_come,
        told: told::changes(visitor, &changes),
    });
    Ok(Editor {
        chrome: Chrome::titled(state, visitor, title),
        hall_name: place.hall.as_ref().map_or_else(|| plan.name.clone(), |hall| hall.name.clone()),
        key: if typed.key.is_empty() { form_key() } else { typed.key.clone() },
        json: edited.pretix_json,
        can_draw: !edited.drawing.is_empty(),
        rows: list(visitor, &hall, &chosen),
        chosen_words: names(visitor, &hall, &chosen),
        chosen: chosen.len(),
        kinds: kinds(visitor, &typed),
        categories: categories(&hall),
        seats: hall.places.len(),
        seats_for_sale: plan.seats_for_sale,
        must_mend: findings.iter().any(|finding| finding.must_mend),
        said: String::new(),
        problem: None,
        place,
        typed,
        before,
        is_preview,
        drawing,
        findings,
        changes,
    })
}

impl Editor {
    /// Says what was done.
    pub fn said(&mut self, visitor: &Visitor, action: Action) {
        let count = i32::try_from(self.chosen).unwrap_or(i32::MAX);
        self.said = visitor.language.text_with(action.said(), &[("count", count.into())]);
    }

    /// The version that saving makes.
    fn next_version(&self) -> i32 {
        self.changes.as_ref().map_or(1, |changes| changes.plan_version + 1)
    }
}

fn hall(plan: &CheckedPlan) -> Hall {
    Hall::of(&HallInfo {
        width: plan.width,
        height: plan.height,
        categories: plan.categories.clone(),
        seats: plan.seats.clone(),
        ..HallInfo::default()
    })
}

/// Every seat has its number, whatever it is, and says its category; what is found of it is said too.
fn for_editing(visitor: &Visitor, drawing: &mut Drawing, hall: &Hall, plan: &CheckedPlan, chosen: &[usize]) {
    let chosen: HashSet<usize> = chosen.iter().copied().collect();
    let mut minded: HashMap<&str, bool> = HashMap::new();
    for finding in &plan.findings {
        for seat in &finding.seats {
            *minded.entry(seat).or_default() |= finding.must_mend;
        }
    }
    let separator = visitor.language.text("hall-list-separator");
    for seat in drawing.rows.iter_mut().flat_map(|row| &mut row.seats) {
        let Some(index) = hall.find(&seat.name) else { continue };
        let place = &hall.places[index];
        seat.text.clone_from(&seat.number);
        let kind = seat.class.split(' ').next().unwrap_or_default();
        let is_chosen = chosen.contains(&index);
        let mut parts = vec![
            drawing::place_words(visitor, place),
            drawing::kind_words(visitor, place.kind),
            hall.categories.get(place.category).map(|category| category.name.clone()).unwrap_or_default(),
        ];
        let mut class = format!("{kind} {}", if is_chosen { "chosen" } else { "free" });
        if let Some(must_mend) = minded.get(&*seat.name) {
            class = format!("{} {class}", if *must_mend { "mend" } else { "mind" });
            parts.push(visitor.language.text("plan-seat-minded"));
        }
        seat.class = class;
        seat.title = parts.join(&separator);
    }
}

fn names(visitor: &Visitor, hall: &Hall, chosen: &[usize]) -> String {
    let some = hall.names(chosen.iter().copied().take(MOST_NAMED));
    let mut words = some.join(&visitor.language.text("hall-list-separator"));
    if chosen.len() > MOST_NAMED {
        words.push_str(" …");
    }
    words
}

fn kinds(visitor: &Visitor, typed: &Typed) -> Vec<Choice> {
    let offered = KINDS.iter();
    offered.map(|(name, kind)| Choice::new(*name, words_of(visitor, *kind), typed.field("kind"))).collect()
}

/// Kinds of seats as managers call them.
fn words_of(visitor: &Visitor, kind: SeatKind) -> String {
    match kind {
        SeatKind::Blocked => visitor.language.text("plan-kind-blocked"),
        SeatKind::CoupleHalf => visitor.language.text("plan-kind-couple"),
        kind => drawing::kind_words(visitor, kind),
    }
}

fn categories(hall: &Hall) -> Vec<CategoryRow> {
    let counted = |index: usize| hall.places.iter().filter(|place| place.category == index).count();
    let all = hall.categories.iter().enumerate();
    all.map(|(index, category)| CategoryRow {
        name: category.name.clone(),
        color: category.color.clone(),
        mark: index % drawing::MARKS,
        seats: counted(index),
    })
    .collect()
}

fn list(visitor: &Visitor, hall: &Hall, chosen: &[usize]) -> Vec<ListRow> {
    let chosen: HashSet<usize> = chosen.iter().copied().collect();
    let rows = hall.rows.iter().map(|row| ListRow {
        name: drawing::row_words(visitor, &row.zone, &row.name),
        seats: row
            .seats
            .iter()
            .map(|seat| {
                let place = &hall.places[*seat];
                let kind = match place.kind {
                    SeatKind::Standard => String::new(),
                    kind => words_of(visitor, kind),
                };
                let category = match place.category {
                    0 => String::new(),
                    index => hall.categories.get(index).map(|one| one.name.clone()).unwrap_or_default(),
                };
                let about: Vec<String> =
                    [kind, category].into_iter().filter(|part| !part.is_empty()).collect();
                ListSeat {
                    seat: place.name.clone(),
                    number: place.number.clone(),
                    about: about.join(&visitor.language.text("hall-list-separator")),
                    chosen: chosen.contains(seat),
                }
            })
            .collect(),
    });
    rows.collect()
}
