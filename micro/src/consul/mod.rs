//! Consul: services of this process are registered there, others are found there,
//! in the way of go-micro v4.

mod client;
mod discovery;
mod endpoints;
mod follow;
mod health;
mod look;
mod names;
mod registration;
pub mod tags;

pub use client::Client;
pub use discovery::Discovery;
pub use health::{Instanced, Version};
pub use look::look;
pub use registration::{Registered, Registration};
