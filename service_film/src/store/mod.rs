//! The catalogue in the database. Reads are methods of [`Store`], writes of [`Change`].

mod change;
mod changes;
mod cinemas;
mod conditions;
mod films;
mod halls;
mod once;
mod plans;
mod price_lists;
mod programme;
mod recorded;
mod rows;
mod screening_changes;
mod screenings;
mod to_come;

use micro::database::{Database, Ids};

pub use change::{Begun, Change};
pub use changes::{By, Wanted};
pub use once::Once;
pub use plans::PlanSummary;
pub use price_lists::PriceList;
pub use programme::{FilmPage, ScreeningSearch, ShowingPage};
pub use screenings::{Place, Position, Screening};
pub use to_come::{NewVersion, ToCome};

/// Ids leased at a time: a process that ends wastes fewer than this.
const ID_BLOCK: i64 = 1_000;

/// The service's database.
#[derive(Clone)]
pub struct Store {
    database: Database,
    /// Ids of cinemas.
    pub cinema_ids: Ids,
    /// Ids of halls.
    pub hall_ids: Ids,
    /// Ids of films.
    pub film_ids: Ids,
    /// Ids of price lists.
    pub price_list_ids: Ids,
    /// Ids of screenings.
    pub screening_ids: Ids,
}

impl Store {
    /// A store on an opened, migrated database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        let ids = |kind| Ids::new(database.clone(), kind, ID_BLOCK);
        Self {
            cinema_ids: ids("cinema"),
            hall_ids: ids("hall"),
            film_ids: ids("film"),
            price_list_ids: ids("price_list"),
            screening_ids: ids("screening"),
            database,
        }
    }
}
