//! A running system for tests, and people who use it.
//!
//! [`TestCluster::start`] runs the real executable on a free port and a data
//! folder of its own. [`Person`]s call it by HTTP as any client would; [`grpc`]
//! has the typed clients. Nothing here looks into the process: what a test can
//! see is what a client, or an operator at the command line, can see.
#![allow(clippy::unwrap_used)]

pub mod audit;
pub mod binary;
pub mod buyer;
pub mod catalogue;
pub mod cluster;
pub mod crew;
pub mod dice;
pub mod engines;
pub mod events;
pub mod grpc;
pub mod http;
pub mod part;
pub mod person;
pub mod readme;
pub mod server;
pub mod settings;
pub mod view;
pub mod wait;

pub use catalogue::{Screening, ScreeningPlan};
pub use cluster::{Mode, TestCluster};
pub use dice::Dice;
pub use engines::Engines;
pub use http::{Answer, Client, Refused};
pub use part::Part;
pub use person::Person;
pub use settings::Settings;
pub use wait::eventually;
