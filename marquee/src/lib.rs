//! The parts of the executable: configuration, the whole system in one process,
//! and what an operator does with it.

pub mod admin;
pub mod config;
pub mod data_dir;
pub mod demo;
pub mod doctor;
pub mod film_import;
pub mod healthz;
pub mod open_files;
pub mod operator;
pub mod role;
pub mod system;

use contract::film::film_service_client::FilmServiceClient;
use contract::user::user_service_client::UserServiceClient;
use micro::{Channel, Kit, Problem};
use thiserror::Error;
use tonic::Status;

/// A client of the film service.
pub type FilmClient = FilmServiceClient<Channel>;
/// A client of the user service.
pub type UserClient = UserServiceClient<Channel>;

/// Clients of the services that an operator's commands call, in the system's own name.
#[derive(Clone)]
pub struct Clients {
    /// The catalogue.
    pub films: FilmClient,
    /// The accounts.
    pub users: UserClient,
}

impl Clients {
    /// Clients that call through the kit's registry.
    #[must_use]
    pub fn new(kit: &Kit) -> Self {
        Self {
            films: FilmServiceClient::new(kit.registry.channel("film")),
            users: UserServiceClient::new(kit.registry.channel("user")),
        }
    }
}

/// A call that a service refused.
#[derive(Debug, Error)]
#[error("{what}: {problem}")]
pub struct CallFailed {
    /// What was to be done.
    pub what: String,
    /// What the service said.
    pub problem: Problem,
}

impl CallFailed {
    fn new(what: impl Into<String>, status: &Status) -> Self {
        Self { what: what.into(), problem: Problem::from_status(status) }
    }
}
