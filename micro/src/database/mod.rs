//! Databases: one pool, one dialect-neutral way to write.

mod ids;
mod migrating;
mod pool;
mod primary;
mod problem;
mod rows;
mod url;
mod watching;

use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, Weak};
use std::time::Instant;

use serde::Deserialize;
use sqlx::any::AnyConnectOptions;
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyPool, Transaction};
use tokio::sync::watch;
use tokio::time::Instant as Moment;
use tokio_util::task::AbortOnDropHandle;

pub use ids::Ids;
#[doc(hidden)]
pub use migrating::migrations;
pub use primary::{Moves, Primary, Writing, primary_url};
pub use problem::Trouble;

use primary::Place;
use url::display_name;

use crate::metrics::database::Pool as Watched;
use crate::trace;

/// Where a service keeps its data.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite:PATH` or `postgres://user:password@host:port/name`, also with several
    /// `host:port` between commas; a file in the data folder where empty.
    pub url: String,
    /// Connections at most; a number that suits the engine where 0.
    pub max_connections: u32,
}

impl DatabaseConfig {
    /// Which engine the URL names.
    ///
    /// # Errors
    /// [`DatabaseError::UrlUnknown`].
    pub fn kind(&self) -> Result<Kind, DatabaseError> {
        match self.url.split(':').next() {
            Some("" | "sqlite") => Ok(Kind::Sqlite),
            Some("postgres" | "postgresql") => Ok(Kind::Postgres),
            _ => Err(DatabaseError::UrlUnknown),
        }
    }
}

/// Connections where the configuration names no number: SQLite has one writer
/// and readers that never wait; PostgreSQL is shared by many processes.
const DEFAULT_CONNECTIONS: u32 = 8;

/// Which engine it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file of this process.
    Sqlite,
    /// PostgreSQL, or something that speaks as it does.
    Postgres,
}

impl Kind {
    /// Its name in traces, as OpenTelemetry's conventions have it.
    #[must_use]
    pub fn system(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL is of no engine we know. It is not shown: it may hold a password.
    #[error("the database URL begins with neither `sqlite:` nor `postgres:`")]
    UrlUnknown,
    /// It cannot be meant. It is not shown.
    #[error("the database URL cannot be used: {0}")]
    UrlWrong(&'static str),
    /// None of its servers takes writes.
    #[error("no server of the database {0} takes writes: {1}")]
    NoPrimary(String, String),
    /// It cannot be reached, or it refuses.
    #[error("cannot open the database {0}: {1}")]
    Open(String, #[source] sqlx::Error),
    /// Its tables cannot be brought up to date.
    #[error("cannot migrate the database {0}: {1}")]
    Migrate(String, #[source] sqlx::migrate::MigrateError),
}

/// A service's database.
#[derive(Clone)]
pub struct Database {
    pool: AnyPool,
    kind: Kind,
    url: Arc<str>,
    primary: Option<Primary>,
    /// How it is seen from outside.
    seen: Arc<Watched>,
    /// Ends with the last copy of this.
    _watching: Option<Arc<AbortOnDropHandle<()>>>,
}

impl Database {
    /// Opens the database, creating an SQLite file where there is none, and runs the migrations.
    ///
    /// # Errors
    /// A wrong URL, a database that cannot be reached, or a migration that fails.
    pub async fn open(
        config: &DatabaseConfig,
        file: &Path,
        migrations: &Migrator,
    ) -> Result<Self, DatabaseError> {
        sqlx::any::install_default_drivers();
        let (url, kind) = resolve(config, file)?;
        let connections =
            if config.max_connections == 0 { DEFAULT_CONNECTIONS } else { config.max_connections };
        // A name of ours, also where the database is a server's.
        let name = file.file_stem().map_or_else(|| "other".into(), |stem| stem.to_string_lossy());
        let database = match kind {
            Kind::Sqlite => Self::sqlite(&name, &url, connections).await?,
            Kind::Postgres => Self::postgres(&name, &url, connections).await?,
        };
        let migrated = migrating::migrate(&database.pool, kind, migrations).await;
        migrated.map_err(|error| DatabaseError::Migrate(display_name(&url), error))?;
        if kind == Kind::Postgres {
            trace::set_database(kind.system(), &database.peer());
        }
        Ok(database)
    }

    async fn sqlite(name: &str, url: &str, connections: u32) -> Result<Self, DatabaseError> {
        let open = |error| DatabaseError::Open(display_name(url), error);
        let options = AnyConnectOptions::from_str(url).map_err(open)?;
        let pool = pool::sqlite(options, connections).await.map_err(open)?;
        let seen = Watched::watched(name, pool.clone(), connections);
        Ok(Self { pool, kind: Kind::Sqlite, url: url.into(), primary: None, seen, _watching: None })
    }

    async fn postgres(name: &str, url: &str, connections: u32) -> Result<Self, DatabaseError> {
        let servers = primary::read(url)?;
        let found = match &*servers {
            [_] => None,
            several => Some(primary::find_at_start(url, several).await?),
        };
        let at = found.as_ref().map_or(0, |(at, _)| *at);
        let (sender, place) = watch::channel(Place { at, since: Instant::now() });
        let primary = Primary { servers: servers.clone(), place };
        let pool = match pool::postgres(&primary, connections).await {
            // It tried again and again, and does not say what stood in the way.
            Err(sqlx::Error::PoolTimedOut) => Err(pool::in_the_way(&primary).await),
            opened => opened,
        };
        let pool = pool.map_err(|error| DatabaseError::Open(display_name(url), error))?;
        let watching = found.map(|(_, connection)| {
            let watch = watching::watch(servers, sender, pool.clone(), connection);
            Arc::new(AbortOnDropHandle::new(tokio::spawn(watch)))
        });
        let primary = Some(primary);
        let seen = Watched::watched(name, pool.clone(), connections);
        Ok(Self { pool, kind: Kind::Postgres, url: url.into(), primary, seen, _watching: watching })
    }

    /// Where it is, as traces show it: hosts and ports, or the file's name.
    #[must_use]
    pub fn peer(&self) -> String {
        match self.sqlite_file() {
            Some(file) => file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            None => url::hosts(&self.url),
        }
    }

    /// Its connections.
    #[must_use]
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Which engine it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its server that takes writes, where it is one of PostgreSQL.
    #[must_use]
    pub fn primary(&self) -> Option<&Primary> {
        self.primary.as_ref()
    }

    /// Closes it: its connections, once they are given back, and so the files of an embedded one.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Asks it whether it answers, without keeping it open.
    pub(crate) fn probe(&self) -> Probe {
        Probe(Arc::downgrade(&self.seen))
    }

    /// The file it is in, where it is one of SQLite.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<&Path> {
        let rest = self.url.strip_prefix("sqlite:")?;
        let path = rest.split('?').next().unwrap_or_default();
        Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
    }

    /// Begins a transaction whose reads all see the same moment, and that writes nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_read(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        let asked = Moment::now();
        let begun = match self.kind {
            Kind::Sqlite => self.pool.begin().await,
            // By itself it would see another moment with each statement.
            Kind::Postgres => self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await,
        };
        self.seen.began(asked);
        begun
    }

    /// Begins a transaction that will write.
    ///
    /// On SQLite it takes the write lock at once: taking it at the first
    /// write, after a read, would fail instead of waiting.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_write(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        let asked = Moment::now();
        let begun = match self.kind {
            Kind::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await,
            Kind::Postgres => self.pool.begin().await,
        };
        self.seen.began(asked);
        begun
    }
}

/// Asks a database whether it answers, for as long as it is open.
#[derive(Clone)]
pub(crate) struct Probe(Weak<Watched>);

impl Probe {
    /// Whether it answers; else why not.
    pub async fn answers(self) -> Result<(), String> {
        let Some(database) = self.0.upgrade() else { return Err("it is closed".to_owned()) };
        sqlx::query("SELECT 1").execute(&database.pool).await.map(|_| ()).map_err(|error| error.to_string())
    }
}

fn resolve(config: &DatabaseConfig, file: &Path) -> Result<(String, Kind), DatabaseError> {
    let kind = config.kind()?;
    let url = match kind {
        Kind::Sqlite if config.url.is_empty() => format!("sqlite:{}?mode=rwc", file.display()),
        Kind::Sqlite if !config.url.contains('?') => format!("{}?mode=rwc", config.url),
        _ => config.url.clone(),
    };
    Ok((url, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_engine_is_refused_without_showing_the_url() {
        let config = DatabaseConfig { url: "mysql://a:secret@b/c".to_owned(), max_connections: 0 };
        let error = resolve(&config, Path::new("x")).unwrap_err();
        assert!(!error.to_string().contains("secret"));
    }
}
