//! The service kit: what every service needs and none should write twice.
//!
//! A service gets a [`Kit`] at its start (clock, registry, background tasks) and
//! gives back a [`Service`]: its gRPC routes behind one entry layer that
//! verifies tokens, checks who may call what, keeps deadlines and writes one log
//! line for a request. [`Registry`] finds services by name, in this process or
//! elsewhere; callers do not know which.

pub mod admin;
pub mod auth;
mod balance;
pub mod clock;
pub mod closing;
pub mod config;
mod consul;
pub mod context;
pub mod current;
pub mod database;
pub mod deadline;
mod draining;
mod gathering;
mod go_micro;
pub mod kit;
pub mod logging;
pub mod metrics;
pub mod page;
pub mod problem;
pub mod redis;
pub mod registry;
pub mod seen;
pub mod server;
pub mod service;
pub mod telemetry;
pub mod trace;

pub use clock::Clock;
pub use closing::Closing;
pub use context::{Caller, Identity, RequestContext, accept};
pub use current::Current;
pub use draining::drain;
pub use kit::{Kit, StartError, Tasks};
pub use problem::Problem;
pub use registry::{Channel, ListenConfig, Registry, RegistryConfig};
pub use seen::Seen;
pub use service::Service;

/// An error of any kind.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
