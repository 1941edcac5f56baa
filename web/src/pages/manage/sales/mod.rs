//! How cinemas sell: figures, charts and tables of a range of days, and files of the tables.
//!
//! What is added up and for whom is the order service's to say ([docs/staff.md], Sales). Days
//! are those of each cinema's clock; currencies are never added together.

mod asked;
mod before;
mod body;
mod by_cinema;
mod by_film;
mod by_screening;
mod change;
mod csv;
mod days;
mod facts;
mod figures;
mod file;
mod houses;
mod names;
mod occupancy;
mod over_time;
mod page;
mod ranked;
mod report;
mod section;
mod stretches;
mod table;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::State;

/// The pages of sales.
pub fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/manage/sales", get(page::show))
        .route("/manage/sales/now", get(page::now))
        .route("/manage/sales.csv", get(file::send))
}
