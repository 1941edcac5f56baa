//! Seats, orders, payments, refunds and tickets: the money and the seats.
//!
//! [`start`] opens the database and gives back the service `order`. A purchase
//! goes: facts (cached, from the film service), gate (in memory or in Redis),
//! committer (many purchases in one transaction), and only then the answer. The rules are
//! in [`domain`]; `committer` runs them in batches; `store` only reads and
//! writes rows.

pub mod audit;
mod buyers;
mod committer;
pub mod config;
pub mod domain;
mod facts;
mod gate;
mod handler;
mod keyed;
mod metrics;
pub mod provider;
mod settlement;
mod store;
pub mod ticket_code;
mod tickets;
mod upkeep;

use std::path::Path;
use std::sync::{Arc, LazyLock};

use contract::order::order_internal_server::OrderInternalServer;
use contract::order::order_service_server::OrderServiceServer;
use micro::database::{Database, DatabaseConfig, Ids, Kind};
use micro::redis::{Election, Redis};
use micro::{Kit, Service, StartError};
use sqlx::migrate::Migrator;

pub use config::Config;

use buyers::Buyers;
use committer::Committer;
use config::GateKind;
use facts::FactsCache;
use gate::Gate;
use handler::{Orders, Parts};
use provider::{PaymentProvider, Providers, Sandbox};
use settlement::Settlement;
use store::postgres::Postgres;
use store::reads::Reads;
use store::sqlite::Sqlite;
use store::upkeep::Cleaning;
use tickets::TicketOffice;
use upkeep::Upkeep;

/// The migrations of a folder; each has all of them.
macro_rules! migrations_of {
    ($folder:literal) => {
        LazyLock::new(|| {
            micro::migrations![
                $folder: "0001_orders", "0002_orders_by_time", "0003_tickets_used",
                "0004_money_at_the_counter", "0005_orders_for_staff",
            ]
        })
    };
}

/// The database's tables, as SQLite lays them out.
static SQLITE_MIGRATIONS: LazyLock<Migrator> = migrations_of!("../migrations/sqlite");
/// The same tables, as PostgreSQL lays them out.
static POSTGRES_MIGRATIONS: LazyLock<Migrator> = migrations_of!("../migrations/postgres");
/// The database's file in the data folder, where no URL is configured.
const DATABASE_FILE: &str = "order.db";
/// Ids leased at a time: one lease lasts for seconds even in an on-sale.
const ID_LEASE: i64 = 4_096;

/// Opens the database, starts the committer and the background work, and gives
/// back the service for the kit to register.
///
/// # Errors
/// A configuration that cannot work, or a database that cannot be opened.
pub async fn start(kit: &Kit, config: &Config) -> Result<Service, StartError> {
    config.check()?;
    metrics::begin();
    let database = open_database(&config.database, &kit.data_dir).await?;
    kit.depends_on("order", &database);
    let reads = Reads::new(database.clone());
    let (gate, election) = gate(kit, config, &reads).await?;
    let committer = committer(kit, &database, &gate)?;
    let remembered = provider::sandbox::open_database(&config.database, &kit.data_dir).await;
    let provider = sandbox(kit, config, remembered.map_err(StartError::new)?)?;
    let ids = |name| Ids::new(database.clone(), name, ID_LEASE);
    let refund_ids = ids("refund");
    let settlement =
        Settlement::new(Providers::new(provider), committer.clone(), refund_ids.clone(), kit.clock.clone());
    Upkeep {
        clock: kit.clock.clone(),
        reads: reads.clone(),
        settlement: settlement.clone(),
        cleaning: Cleaning::new(database.clone()),
        election,
    }
    .spawn(kit);
    let orders = Orders(Arc::new(Parts {
        config: config.clone(),
        clock: kit.clock.clone(),
        buyers: Buyers::new(kit.registry.channel("user")),
        facts: FactsCache::new(kit.registry.channel("film"), kit.clock.clone()),
        gate,
        committer,
        reads,
        turns: keyed::KeyTurns::default(),
        order_ids: ids("order"),
        payment_ids: ids("payment"),
        refund_ids,
        tickets: TicketOffice::open(&database).await.map_err(StartError::new)?,
        settlement,
    }));
    let service = Service::new("order")?.add(OrderServiceServer::new(orders.clone())).await;
    Ok(service.add(OrderInternalServer::new(orders)).await)
}

async fn open_database(config: &DatabaseConfig, data_dir: &Path) -> Result<Database, StartError> {
    let migrations = match config.kind().map_err(StartError::new)? {
        Kind::Sqlite => &SQLITE_MIGRATIONS,
        Kind::Postgres => &POSTGRES_MIGRATIONS,
    };
    Database::open(config, &data_dir.join(DATABASE_FILE), migrations).await.map_err(StartError::new)
}

/// The gate, and who of several processes does what one is enough for.
async fn gate(kit: &Kit, config: &Config, reads: &Reads) -> Result<(Gate, Election), StartError> {
    match config.gate.kind {
        GateKind::Embedded => {
            if config.database.kind().map_err(StartError::new)? == Kind::Postgres {
                tracing::warn!(
                    "the seat gate is embedded: this must be the only order process of its database; \
                     several need order.gate.kind = redis"
                );
            }
            Ok((Gate::embedded(reads.clone()), Election::Alone))
        }
        GateKind::Redis => {
            let redis = Redis::start(&config.gate.redis, &kit.tasks).await.map_err(StartError::new)?;
            let asked = redis.clone();
            let check = move || {
                let away = "it has not answered lately; the database decides alone";
                let found = if asked.answers() { Ok(()) } else { Err(away.to_owned()) };
                Box::pin(async { found }) as _
            };
            kit.health.add("redis", false, Box::new(check));
            let election = Election::shared(redis.clone(), "order", &kit.tasks);
            Ok((Gate::redis(redis, reads.clone(), kit.clock.clone(), &kit.tasks), election))
        }
    }
}

fn committer(kit: &Kit, database: &Database, gate: &Gate) -> Result<Committer, StartError> {
    let closing = &kit.closing;
    let gate = gate.clone();
    let committed = move |committed| gate.committed(committed);
    let started = match (database.primary(), database.sqlite_file()) {
        (Some(primary), _) => Committer::start(closing, database, Postgres::new(primary.clone()), committed),
        (None, Some(file)) => {
            Committer::start(closing, database, Sqlite::open(file).map_err(StartError::new)?, committed)
        }
        (None, None) => return Err(StartError::new("a database that is neither a file nor a server")),
    };
    let committer = started.map_err(StartError::new)?;
    let asked = committer.clone();
    // The process is of use without it: orders can be read.
    kit.health.add("committer", false, Box::new(move || Box::pin(std::future::ready(asked.writes()))));
    Ok(committer)
}

/// The sandbox, with a secret of the system's where none is set.
fn sandbox(kit: &Kit, config: &Config, remembered: Database) -> Result<Arc<dyn PaymentProvider>, StartError> {
    kit.closes("sandbox", &remembered);
    let mut settings = config.sandbox.clone();
    if settings.webhook_secrets.is_empty() {
        settings.webhook_secrets.push(kit.derived_secret("sandbox webhooks").to_vec().into());
    }
    let sandbox = Sandbox::start(&settings, remembered, kit.clock.clone()).map_err(StartError::new)?;
    let sandbox = Arc::new(sandbox);
    let calling_back = sandbox.clone();
    kit.tasks.spawn("order.sandbox", |stop| async move {
        calling_back.call_back(stop.cancelled_owned()).await;
    });
    Ok(sandbox)
}
