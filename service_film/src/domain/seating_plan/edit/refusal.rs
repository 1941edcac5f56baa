//! Why a plan is not edited so.

use thiserror::Error;

use super::super::PlanError;

/// Why an edit is not done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditRefusal {
    /// No seat, row or zone is called so.
    #[error("the plan has no seats {0:?}")]
    SeatsUnknown(String),
    /// No seats are named.
    #[error("name the seats that are meant")]
    SeatsMissing,
    /// Two seats would have one name.
    #[error("there would be two seats {0}")]
    SeatTwice(String),
    /// The seats are not of one row.
    #[error("name seats of one row")]
    RowMissing,
    /// The zone has a row of that name.
    #[error("there is a row {0:?}")]
    RowExists(String),
    /// A row's name that seats cannot be called by.
    #[error("{0:?} cannot be the name of a row: it has letters, digits, `-`, `_`, `.`, at most 16")]
    NameInvalid(String),
    /// The plan has no such category.
    #[error("the plan has no category {0:?}")]
    CategoryUnknown(String),
    /// The plan has such a category.
    #[error("the plan has a category {0:?}")]
    CategoryExists(String),
    /// Seats are of the category.
    #[error("{seats} seats are of category {category:?}")]
    CategoryInUse {
        /// The category.
        category: String,
        /// How many seats.
        seats: usize,
    },
    /// A category needs a name.
    #[error("a category needs a name")]
    CategoryNameless,
    /// Not `#rrggbb`.
    #[error("{0:?} is no colour: write it as #3b82f6")]
    ColorInvalid(String),
    /// No seat would be left.
    #[error("no seat would be left")]
    Empty,
    /// More than a hall takes.
    #[error("a hall takes at most {limit}")]
    TooLarge {
        /// Seats, or categories.
        limit: usize,
    },
    /// What comes out is no plan.
    #[error("{0}")]
    Plan(PlanError),
}
