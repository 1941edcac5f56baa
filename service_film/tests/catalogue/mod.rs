//! What the service does, whichever database it keeps the catalogue in.

mod changes;
mod hall;
mod management;
mod plan_edits;
mod plans;
mod programme;
mod screenings;
