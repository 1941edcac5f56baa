//! The order service as its callers see it, on each engine.
//!
//! One executable: each more would link the whole product again.
#![allow(clippy::unwrap_used)]

mod audit;
mod common;
mod counter;
mod door;
mod fail_over;
mod finding;
mod money;
mod purchase;
mod redis_cluster;
mod redis_gate;
mod redis_upkeep;
mod redis_watch;
mod reports;
mod sandbox_shared;
mod settlement;
mod unwritable;
mod watch;
