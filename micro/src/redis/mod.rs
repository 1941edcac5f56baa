//! Redis: a client that never keeps anybody waiting, scripts, locks, and messages.
//!
//! What is kept in Redis can be lost at any moment and be made anew. So every
//! call is short or fails ([`Failure::Away`]), a part of Redis that failed is not
//! asked again before it has answered a probe, and connections are made anew in
//! the background. Callers carry on without it.

mod breaker;
mod client;
mod config;
mod connect;
mod election;
mod lock;
mod look;
mod presence;
mod script;
mod subscriber;
mod supervisor;

pub use ::redis::{Cmd, FromRedisValue, cmd};
pub use client::Redis;
pub use config::{Mode, Password, RedisConfig};
pub use election::Election;
pub use lock::{Lock, Locks};
pub use look::Seen;
pub use presence::Presence;
pub use script::Script;
pub use subscriber::{Message, Subscriptions};

/// Why Redis did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It cannot be reached, or not in time; whether it has done it is not known.
    #[error("Redis is away: {0}")]
    Away(String),
    /// It refused: a defect of ours, or a right that the account does not have.
    #[error("Redis refused: {0}")]
    Refused(String),
    /// The settings cannot work.
    #[error("the Redis settings cannot work: {0}")]
    Config(String),
}
