//! The RPCs of `film.FilmService` and `film.FilmInternal`, one file for each group.

mod access;
mod change_screening;
mod changes;
mod cinemas;
mod films;
mod hall_info;
mod halls;
mod paging;
mod plan_screening;
mod plans;
mod price_lists;
mod programme;
mod rpc;
mod watch;

use std::sync::Arc;

use crate::catalogue::Catalogue;

/// Serves `film.FilmService` and `film.FilmInternal`.
#[derive(Clone)]
pub struct Handler {
    catalogue: Arc<Catalogue>,
}

impl Handler {
    /// A handler of the service with these parts.
    #[must_use]
    pub fn new(catalogue: Arc<Catalogue>) -> Self {
        Self { catalogue }
    }
}
