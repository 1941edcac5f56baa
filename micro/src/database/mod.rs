//! Databases: one pool, one dialect-neutral way to write.

mod ids;

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyPool, Executor, Transaction};

pub use ids::Ids;

/// Where a service keeps its data.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite:PATH` or `postgres://user:password@host:port/name`; a file in the data folder where empty.
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
/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Which engine it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file of this process.
    Sqlite,
    /// PostgreSQL, or something that speaks as it does.
    Postgres,
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL is of no engine we know. It is not shown: it may hold a password.
    #[error("the database URL begins with neither `sqlite:` nor `postgres:`")]
    UrlUnknown,
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
        let name = display_name(&url);
        let open = |error| DatabaseError::Open(name.clone(), error);
        let connections =
            if config.max_connections == 0 { DEFAULT_CONNECTIONS } else { config.max_connections };
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    connection.execute(settings(kind)).await?;
                    Ok(())
                })
            })
            .connect_with(AnyConnectOptions::from_str(&url).map_err(open)?)
            .await
            .map_err(open)?;
        migrations.run(&pool).await.map_err(|error| DatabaseError::Migrate(name, error))?;
        Ok(Self { pool, kind, url: url.into() })
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

    /// Where it is; may hold a password, so it is not for showing.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file it is in, where it is one of SQLite.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<&Path> {
        let rest = self.url.strip_prefix("sqlite:")?;
        let path = rest.split('?').next().unwrap_or_default();
        Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
    }

    /// Begins a transaction that will write.
    ///
    /// On SQLite it takes the write lock at once: taking it at the first
    /// write, after a read, would fail instead of waiting.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_write(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        match self.kind {
            Kind::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await,
            Kind::Postgres => self.pool.begin().await,
        }
    }
}

fn settings(kind: Kind) -> &'static str {
    match kind {
        // FULL: an answer once given survives the loss of power.
        Kind::Sqlite => {
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000; \
             PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
        }
        Kind::Postgres => "SET statement_timeout = '15s'; SET lock_timeout = '10s';",
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

/// The URL without user and password.
fn display_name(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.split('?').next().unwrap_or_default();
            format!("{scheme}://{}", host.rsplit('@').next().unwrap_or_default())
        }
        None => url.split('?').next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(
            display_name("postgres://marquee:se@cret@db:5432/orders?sslmode=x"),
            "postgres://db:5432/orders"
        );
    }

    #[test]
    fn an_unknown_engine_is_refused_without_showing_the_url() {
        let config = DatabaseConfig { url: "mysql://a:secret@b/c".to_owned(), max_connections: 0 };
        let error = resolve(&config, Path::new("x")).unwrap_err();
        assert!(!error.to_string().contains("secret"));
    }
}
