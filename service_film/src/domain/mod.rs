//! The rules of the catalogue: plain functions and types, no I/O.

pub mod cinema_time;
pub mod hall_map;
pub mod language;
pub mod prices;
mod refusal;
pub mod release_date;
pub mod sales_facts;
pub mod sales_window;
pub mod schedule;
pub mod seating_plan;
pub mod title_search;
pub mod wording;

pub use refusal::Refusal;
