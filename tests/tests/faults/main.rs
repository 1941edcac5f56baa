//! What happens to a sale while the ground moves: see `sale.rs` for what must hold of each fault.
#![allow(clippy::unwrap_used)]

mod consul;
mod postgres;
mod processes;
mod redis;
mod sale;
