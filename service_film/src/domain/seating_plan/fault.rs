//! What can be wrong in a seating plan.

use thiserror::Error;

/// What is wrong at a place of a plan. Its text is English; callers who speak another language
/// go by [`Fault::code`] and [`Fault::value`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// Neither a file nor a drawing nor a grid.
    #[error("give `pretix_json`, `drawing` or `grid`")]
    PlanMissing,
    /// A grid without rows, or rows without seats.
    #[error("must be 1 or more")]
    GridSize,
    /// More bytes than are read.
    #[error("is longer than {0} bytes")]
    TooLong(usize),
    /// Text that cannot be read as JSON.
    #[error("is not JSON: {0}")]
    NotJson(String),
    /// A value of another kind than the format has there.
    #[error("must be {0}")]
    WrongType(&'static str),
    /// A value that has to be there.
    #[error("is missing or empty")]
    ValueMissing,
    /// A name with no character, or too many.
    #[error("must have 1 to {0} characters")]
    NameLength(usize),
    /// A character that cannot be printed.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// A number out of reach.
    #[error("must be between -{0} and {0}")]
    NumberRange(i32),
    /// A line that begins with `@` and another word.
    #[error("@{0} is not known; use `@name`, `@category`, `@zone` or `@numbers`")]
    HeadingUnknown(String),
    /// `@numbers` with something else.
    #[error("say `@numbers left` or `@numbers right`")]
    NumbersForm,
    /// `@category` with too little.
    #[error("say `@category LETTER #rrggbb NAME`")]
    CategoryForm,
    /// A letter that means something else.
    #[error("{0:?} cannot stand for a category")]
    CategoryLetter(char),
    /// A category that was named before.
    #[error("category {0} is there twice")]
    CategoryTwice(String),
    /// More categories than a price list can name.
    #[error("there are more than {0} categories")]
    CategoriesTooMany(usize),
    /// A row before the first category.
    #[error("name a `@category` before the first row")]
    CategoryMissing,
    /// A seat of a category that the plan does not name.
    #[error("{0:?} is not one of the plan's categories")]
    CategoryUnknown(String),
    /// A line that is neither a row nor a heading.
    #[error("a row is `A: ssss`; a heading begins with `@`")]
    RowForm,
    /// A row's name that nobody could read from a ticket.
    #[error("a row's name has letters, digits, `-`, `_`, `.`, at most 16")]
    RowName,
    /// A row with no seat.
    #[error("a row needs at least one seat")]
    RowEmpty,
    /// Brackets around something else than two seats.
    #[error("a couple seat is two ordinary seats in brackets: `(ss)`")]
    CoupleForm,
    /// Half of a couple seat on its own.
    #[error("is half of a couple seat without its other half beside it")]
    CoupleAlone,
    /// Two seats of the same name.
    #[error("seat {seat} is there twice: also at {first}")]
    SeatTwice {
        /// Their name.
        seat: String,
        /// Where the first one is.
        first: String,
    },
    /// A seat that cannot be named on a ticket.
    #[error("gives no seat id people can read")]
    SeatUnreadable,
    /// A kind of seat that there is not.
    #[error("{0:?} is not a kind of seat")]
    KindUnknown(String),
    /// More seats than there may be.
    #[error("there are {seats} seats, and at most {limit} can be taken")]
    SeatsTooMany {
        /// Seats there are, or were when counting ended.
        seats: usize,
        /// Seats that can be taken.
        limit: usize,
    },
    /// No seat at all.
    #[error("there is no seat; a row is drawn as `A: ssss`")]
    NoSeats,
    /// Blocked seats alone.
    #[error("there is no seat that can be sold")]
    NoSeatsForSale,
}

impl Fault {
    /// What kind of fault it is: stable, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PlanMissing => "PLAN_MISSING",
            Self::GridSize => "GRID_SIZE",
            Self::TooLong(_) => "TOO_LONG",
            Self::NotJson(_) => "NOT_JSON",
            Self::WrongType(_) => "WRONG_TYPE",
            Self::ValueMissing => "VALUE_MISSING",
            Self::NameLength(_) => "NAME_LENGTH",
            Self::ControlCharacter => "CONTROL_CHARACTER",
            Self::NumberRange(_) => "NUMBER_RANGE",
            Self::HeadingUnknown(_) => "HEADING_UNKNOWN",
            Self::NumbersForm => "NUMBERS_FORM",
            Self::CategoryForm => "CATEGORY_FORM",
            Self::CategoryLetter(_) => "CATEGORY_LETTER",
            Self::CategoryTwice(_) => "CATEGORY_TWICE",
            Self::CategoriesTooMany(_) => "CATEGORIES_TOO_MANY",
            Self::CategoryMissing => "CATEGORY_MISSING",
            Self::CategoryUnknown(_) => "CATEGORY_UNKNOWN",
            Self::RowForm => "ROW_FORM",
            Self::RowName => "ROW_NAME",
            Self::RowEmpty => "ROW_EMPTY",
            Self::CoupleForm => "COUPLE_FORM",
            Self::CoupleAlone => "COUPLE_ALONE",
            Self::SeatTwice { .. } => "SEAT_TWICE",
            Self::SeatUnreadable => "SEAT_UNREADABLE",
            Self::KindUnknown(_) => "KIND_UNKNOWN",
            Self::SeatsTooMany { .. } => "SEATS_TOO_MANY",
            Self::NoSeats => "NO_SEATS",
            Self::NoSeatsForSale => "NO_SEATS_FOR_SALE",
        }
    }

    /// What it is about: the limit that is passed, or what stands there. Empty where the code says all.
    #[must_use]
    pub fn value(&self) -> String {
        match self {
            Self::TooLong(limit) | Self::NameLength(limit) | Self::CategoriesTooMany(limit) => {
                limit.to_string()
            }
            Self::SeatsTooMany { limit, .. } => limit.to_string(),
            Self::NumberRange(limit) => limit.to_string(),
            Self::CategoryLetter(letter) => letter.to_string(),
            Self::HeadingUnknown(text)
            | Self::CategoryTwice(text)
            | Self::CategoryUnknown(text)
            | Self::KindUnknown(text)
            | Self::SeatTwice { seat: text, .. } => text.clone(),
            _ => String::new(),
        }
    }
}
