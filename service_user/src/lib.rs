//! Accounts, credentials, tokens and roles.
//!
//! [`start`] opens the database and gives back the service `user`. Passwords are
//! kept as Argon2id hashes, refresh tokens as SHA-256 digests; access tokens are
//! signed with Ed25519 keys that every process of the service shares through the
//! database. Neither passwords nor tokens nor keys appear in logs, errors or
//! `Debug` output.

mod attempts;
mod cinemas;
pub mod config;
pub mod domain;
mod error;
mod handler;
mod hasher;
mod key_ring;
mod known_password;
mod limiter;
mod metrics;
mod revocations;
mod store;
mod upkeep;
mod users;

use std::sync::{Arc, LazyLock};

use contract::user::user_internal_server::UserInternalServer;
use contract::user::user_service_server::UserServiceServer;
use micro::database::Database;
use micro::{Kit, Service, StartError};
use sqlx::migrate::Migrator;

pub use config::Config;
pub use known_password::accounts_with;

use attempts::AttemptLimits;
use cinemas::Cinemas;
use handler::Handler;
use hasher::Hasher;
use key_ring::KeyRing;
use revocations::Revocations;
use store::Store;
use users::Users;

/// The database's tables.
static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    micro::migrations![
        "../migrations": "0001_accounts", "0002_revoked_tokens", "0003_changes", "0004_successors",
    ]
});

/// The database's file in the data folder, where no URL is configured.
const DATABASE_FILE: &str = "user.db";

/// Opens the database, makes the first signing key where there is none, starts
/// the background work, and gives back the service for the kit to register.
///
/// # Errors
/// A configuration that cannot work, or a database that cannot be opened.
pub async fn start(kit: &Kit, config: &Config) -> Result<Service, StartError> {
    config.check()?;
    metrics::begin();
    let file = kit.data_dir.join(DATABASE_FILE);
    let database = Database::open(&config.database, &file, &MIGRATIONS).await.map_err(StartError::new)?;
    kit.depends_on("user", &database);
    let store = Store::new(database);
    let keys = KeyRing::open(kit.clock.clone(), config.key_schedule(), &store).await;
    let keys = Arc::new(keys.map_err(StartError::new)?);
    let revocations =
        Revocations::open(kit.clock.clone(), store.clone(), config.tokens.access_life_ms()).await;
    let revocations = Arc::new(revocations.map_err(StartError::new)?);
    upkeep::spawn(kit, config, &store, &keys, &revocations);
    let users = Users {
        clock: kit.clock.clone(),
        store,
        hasher: Hasher::new(config).map_err(StartError::new)?,
        keys,
        verifier: kit.verifier.clone(),
        revocations,
        cinemas: Cinemas::new(kit.registry.channel("film")),
        attempts: AttemptLimits::new(&config.attempts, &kit.clock),
        tokens: config.tokens.clone(),
    };
    let handler = Handler::new(Arc::new(users));
    let service = Service::new("user")?.add(UserServiceServer::new(handler.clone())).await;
    Ok(service.add(UserInternalServer::new(handler)).await)
}
