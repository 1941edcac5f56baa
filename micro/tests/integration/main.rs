//! The service kit against real servers: databases, Redis, Consul, connections.
//!
//! One executable: each more would link the whole product again.
#![allow(clippy::unwrap_used)]

mod connections;
mod database;
mod kit;
mod messages;
mod redis_client;
mod redis_lock;
mod redis_sentinel;
mod registry;
