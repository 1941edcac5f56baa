//! The way in: connections, and what happens to a request before its handler.

mod access;
mod activity;
mod addresses;
mod asked;
mod connections;
mod content_type;
mod entry;
mod lingering;

pub(crate) use access::method;
pub use addresses::network;
pub(crate) use asked::is_failure;
pub use connections::{Limits, serve};
pub use entry::Entry;
