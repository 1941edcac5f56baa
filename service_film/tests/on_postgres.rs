//! The same tests on PostgreSQL: one text of SQL, two databases.
//!
//! The harness sees from this file's name where to keep the catalogue.
#![allow(clippy::unwrap_used)]

mod catalogue;
mod common;
