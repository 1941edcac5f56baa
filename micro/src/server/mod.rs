//! The way in: connections, and what happens to a request before its handler.

mod access;
mod connections;
mod entry;

pub use connections::{Limits, serve};
pub use entry::Entry;
