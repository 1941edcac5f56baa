//! The databases: there, of which version, and with which clock. Nothing is created or migrated.

use std::path::Path;
use std::time::{Duration, Instant};

use micro::BoxError;
use micro::database::{DatabaseConfig, primary_url};
use sqlx::{AnyConnection, Connection};

use super::skew::Reading;
use super::{Finding, chain};
use crate::config::Config;

/// How long a database may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    sqlx::any::install_default_drivers();
    let databases = [
        ("user database", &config.user.database, "user.db"),
        ("film database", &config.film.database, "film.db"),
        ("order database", &config.order.database, "order.db"),
    ];
    let mut findings = Vec::new();
    for (subject, database, file) in databases {
        findings.push(database_answers(subject, database, &config.data_dir.join(file)).await);
    }
    findings
}

async fn database_answers(subject: &'static str, config: &DatabaseConfig, file: &Path) -> Finding {
    let url = match config.url.as_str() {
        "" if !file.exists() => {
            return Finding::good(
                subject,
                format!("{} is not there yet; the first start makes it", file.display()),
            );
        }
        "" => format!("sqlite:{}?mode=ro", file.display()),
        url => url.to_owned(),
    };
    let name =
        if config.url.is_empty() { file.display().to_string() } else { "the configured URL".to_owned() };
    match tokio::time::timeout(PATIENCE, ask(&url)).await {
        Ok(Ok(seen)) => {
            let tables = match seen.tables {
                Some(version) => format!("{name} opens; its tables are of version {version}"),
                None => format!("{name} opens and is empty; the first start makes its tables"),
            };
            match seen.clock {
                Some(reading) => {
                    reading.judged(subject, format!("{tables}; {}, {}", seen.engine, reading.told()))
                }
                None => Finding::good(subject, format!("{tables}; {}", seen.engine)),
            }
        }
        Ok(Err(error)) => Finding::bad(
            subject,
            format!("{name} does not open: {}", chain(error.as_ref())),
            "check the `database.url` of the service, that the database runs, and its rights",
        ),
        Err(_) => Finding::bad(
            subject,
            format!("{name} does not answer within {} seconds", PATIENCE.as_secs()),
            "check that the database runs and can be reached from here",
        ),
    }
}

/// What a database says of itself.
struct Seen {
    /// The newest migration that was run; nothing where none was.
    tables: Option<i64>,
    /// Name and version.
    engine: String,
    /// Its clock, where it has one of its own.
    clock: Option<Reading>,
}

async fn ask(url: &str) -> Result<Seen, BoxError> {
    let sqlite = url.starts_with("sqlite:");
    let url = if sqlite { url.to_owned() } else { primary_url(url).await? };
    let mut connection = AnyConnection::connect(&url).await?;
    let tables = if sqlite {
        "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'"
    } else {
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = '_sqlx_migrations'"
    };
    let migrated: i64 = sqlx::query_scalar(tables).fetch_one(&mut connection).await?;
    let tables = if migrated == 0 {
        None
    } else {
        sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&mut connection).await?
    };
    let (engine, clock) = engine(&mut connection, sqlite).await?;
    connection.close().await?;
    Ok(Seen { tables, engine, clock })
}

async fn engine(connection: &mut AnyConnection, sqlite: bool) -> Result<(String, Option<Reading>), BoxError> {
    if sqlite {
        let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(connection).await?;
        return Ok((format!("SQLite {version}"), None));
    }
    let version: String = sqlx::query_scalar("SHOW server_version").fetch_one(&mut *connection).await?;
    let asked = Instant::now();
    let clock = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS DOUBLE PRECISION)";
    let seconds: f64 = sqlx::query_scalar(clock).fetch_one(connection).await?;
    let reading = Reading::just_now(seconds, asked.elapsed(), Duration::ZERO);
    Ok((format!("PostgreSQL {version}"), Some(reading)))
}
