//! The databases: there, and they answer. Nothing is created or migrated.

use std::path::Path;
use std::time::Duration;

use micro::database::DatabaseConfig;
use sqlx::{AnyConnection, Connection};

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
        Ok(Ok(Some(version))) => {
            Finding::good(subject, format!("{name} opens; its tables are of version {version}"))
        }
        Ok(Ok(None)) => {
            Finding::good(subject, format!("{name} opens and is empty; the first start makes its tables"))
        }
        Ok(Err(error)) => Finding::bad(
            subject,
            format!("{name} does not open: {}", chain(&error)),
            "check the `database.url` of the service, that the database runs, and its rights",
        ),
        Err(_) => Finding::bad(
            subject,
            format!("{name} does not answer within {} seconds", PATIENCE.as_secs()),
            "check that the database runs and can be reached from here",
        ),
    }
}

/// The newest migration that was run; nothing where none was.
async fn ask(url: &str) -> Result<Option<i64>, sqlx::Error> {
    let mut connection = AnyConnection::connect(url).await?;
    let tables = if url.starts_with("sqlite:") {
        "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'"
    } else {
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = '_sqlx_migrations'"
    };
    let migrated: i64 = sqlx::query_scalar(tables).fetch_one(&mut connection).await?;
    let version = if migrated == 0 {
        None
    } else {
        sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&mut connection).await?
    };
    connection.close().await?;
    Ok(version)
}
