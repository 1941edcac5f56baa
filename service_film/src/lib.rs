//! The catalogue: cinemas, halls, seating plans, films, screenings, prices.
//!
//! [`start`] opens the database and gives back the service `film`. The rules are
//! in [`domain`]; the handlers tell the story of each RPC; `store` reads and
//! writes rows. Plans and prices have versions that never change, so they are
//! remembered; everything else is read from the database at each request.

mod catalogue;
pub mod config;
pub mod domain;
mod error;
mod frozen;
mod handler;
mod orders;
mod rounds;
mod store;
mod upkeep;

use std::sync::{Arc, LazyLock};

use contract::film::film_internal_server::FilmInternalServer;
use contract::film::film_service_server::FilmServiceServer;
use micro::database::Database;
use micro::{Kit, Service, StartError};
use sqlx::migrate::Migrator;
use tokio::sync::Semaphore;

pub use config::Config;

use catalogue::{Catalogue, MAX_WATCHERS};
use domain::seating_plan::MAX_PLAN_BYTES;
use frozen::Frozen;
use handler::Handler;
use orders::Orders;
use rounds::Rounds;
use store::Store;

/// The database's tables.
static MIGRATIONS: LazyLock<Migrator> =
    LazyLock::new(|| micro::migrations!["../migrations": "0001_catalogue", "0002_changes"]);

/// The database's file in the data folder, where no URL is configured.
const DATABASE_FILE: &str = "film.db";
/// Longest request, bytes: a plan and what is around it.
const MAX_REQUEST_BYTES: usize = MAX_PLAN_BYTES + 64 * 1024;

/// Opens the database, starts the background work, and gives back the service
/// for the kit to register.
///
/// # Errors
/// A configuration that cannot work, or a database that cannot be opened.
pub async fn start(kit: &Kit, config: &Config) -> Result<Service, StartError> {
    config.check()?;
    let file = kit.data_dir.join(DATABASE_FILE);
    let database = Database::open(&config.database, &file, &MIGRATIONS).await.map_err(StartError::new)?;
    kit.depends_on("film", &database);
    let store = Store::new(database);
    let catalogue = Arc::new(Catalogue {
        clock: kit.clock.clone(),
        frozen: Frozen::new(store.clone()),
        store,
        orders: Orders::new(kit.registry.channel("order")),
        halls: Rounds::default(),
        watchers: Arc::new(Semaphore::new(MAX_WATCHERS)),
        tasks: kit.tasks.clone(),
    });
    upkeep::spawn(kit, config, &catalogue);
    let handler = Handler::new(catalogue);
    let films = FilmServiceServer::new(handler.clone()).max_decoding_message_size(MAX_REQUEST_BYTES);
    Ok(Service::new("film")?.add(films).await.add(FilmInternalServer::new(handler)).await)
}
