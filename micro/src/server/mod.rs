//! The way in: connections, and what happens to a request before its handler.

mod access;
mod connections;
mod content_type;
mod entry;
mod lingering;

pub(crate) use access::method;
pub use connections::{Limits, serve};
pub use entry::Entry;
