//! The catalogue in an SQLite file.
#![allow(clippy::unwrap_used)]

mod catalogue;
mod common;
