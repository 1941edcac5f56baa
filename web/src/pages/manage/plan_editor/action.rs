//! What the buttons of the editor do.

use contract::film::plan_edit::Edit;
use contract::film::{AddRow, AddSeats, MoveSeats, NumberSeats, PlanEdit, PutCategory, SeatKind};

use super::typed::Typed;
use crate::pages::manage::plan_source::side;
use crate::pages::manage::whole;

/// A button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Action {
    /// Finds the seats that are meant, and shows the draft.
    #[default]
    Select,
    Kind,
    Category,
    Remove,
    Left,
    Right,
    Front,
    Back,
    AddSeats,
    AddRow,
    NameRow,
    Number,
    PutCategory,
    RemoveCategory,
    /// Back to the plan before the last step.
    Undo,
    /// To the plan after it, which the module sends in its place.
    Redo,
    /// As buyers will see it.
    Preview,
    Save,
    /// The draft as a file.
    Pretix,
    Drawing,
}

const NAMES: &[(&str, Action)] = &[
    ("kind", Action::Kind),
    ("category", Action::Category),
    ("remove", Action::Remove),
    ("left", Action::Left),
    ("right", Action::Right),
    ("front", Action::Front),
    ("back", Action::Back),
    ("add_seats", Action::AddSeats),
    ("add_row", Action::AddRow),
    ("name_row", Action::NameRow),
    ("number", Action::Number),
    ("put_category", Action::PutCategory),
    ("remove_category", Action::RemoveCategory),
    ("undo", Action::Undo),
    ("redo", Action::Redo),
    ("preview", Action::Preview),
    ("save", Action::Save),
    ("pretix", Action::Pretix),
    ("drawing", Action::Drawing),
];

/// Kinds of seats as forms call them, in the order in which they are offered.
pub const KINDS: &[(&str, SeatKind)] = &[
    ("standard", SeatKind::Standard),
    ("wheelchair", SeatKind::Wheelchair),
    ("companion", SeatKind::Companion),
    ("couple", SeatKind::CoupleHalf),
    ("blocked", SeatKind::Blocked),
];

impl Action {
    /// By the button's value; the form shows the draft where there is none.
    pub fn named(name: &str) -> Self {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, action)| *action).unwrap_or_default()
    }

    /// What the page says was done.
    pub fn said(self) -> &'static str {
        match self {
            Self::Select | Self::Preview | Self::Save | Self::Pretix | Self::Drawing => "plan-said-selected",
            Self::Kind | Self::Category | Self::NameRow | Self::Number => "plan-said-set",
            Self::Remove => "plan-said-removed",
            Self::Left | Self::Right | Self::Front | Self::Back => "plan-said-moved",
            Self::AddSeats | Self::AddRow => "plan-said-added",
            Self::PutCategory | Self::RemoveCategory => "plan-said-categories",
            Self::Undo => "plan-said-undone",
            Self::Redo => "plan-said-redone",
        }
    }
}

/// What is done to the plan.
pub fn edits(action: Action, typed: &Typed) -> Vec<PlanEdit> {
    let number = |name: &str| whole::read(typed.field(name));
    let text = |name: &str| typed.field(name).to_owned();
    let step = |right, back| Some(Edit::Move(MoveSeats { right, back }));
    let edit = match action {
        Action::Kind => {
            let kind = KINDS.iter().find(|(name, _)| *name == typed.field("kind"));
            Some(Edit::Kind(kind.map_or(SeatKind::Standard, |(_, kind)| *kind).into()))
        }
        Action::Category => Some(Edit::Category(text("category"))),
        Action::Remove => Some(Edit::Remove(true)),
        Action::Left => step(-1, 0),
        Action::Right => step(1, 0),
        Action::Front => step(0, -1),
        Action::Back => step(0, 1),
        Action::AddSeats => {
            let count = number("add_count").max(1);
            Some(Edit::AddSeats(AddSeats { side: side(typed.field("add_side")).into(), count }))
        }
        Action::AddRow => {
            let in_front = typed.field("new_row_at") == "front";
            Some(Edit::AddRow(AddRow { in_front, name: text("new_row") }))
        }
        Action::NameRow => Some(Edit::RowName(text("row_name"))),
        Action::Number => {
            let (first, step) = (number("number_first"), number("number_step"));
            Some(Edit::Number(NumberSeats { side: side(typed.field("number_side")).into(), first, step }))
        }
        Action::PutCategory => {
            let (category, name) = (text("put_category"), text("category_name"));
            Some(Edit::PutCategory(PutCategory { category, name, color: text("category_color") }))
        }
        Action::RemoveCategory => Some(Edit::RemoveCategory(text("put_category"))),
        Action::Select
        | Action::Undo
        | Action::Redo
        | Action::Preview
        | Action::Save
        | Action::Pretix
        | Action::Drawing => None,
    };
    // The step back shows another plan, which may not have these seats.
    if matches!(action, Action::Undo | Action::Redo) {
        return Vec::new();
    }
    vec![PlanEdit { seats: typed.seats.clone(), edit }]
}
