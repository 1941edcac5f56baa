//! Tables brought up to date at the start of a process.

use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Connection, Executor, SqlSafeStr};

use super::Kind;

/// While another process migrates: its work may take as long as a statement may, below.
const WAITING: &str = "SET statement_timeout = '15min'; SET lock_timeout = '15min';";
/// While migrating. An index on a large table takes minutes; but who waits for the lock of a
/// table keeps all waiting who come later, so that wait is short, and the start fails instead.
const MIGRATING: &str = "SET lock_timeout = '10s';";

/// A service's migrations: a folder as seen from this file, and its files without their ending,
/// in the order of their numbers, which are 1, 2, 3 and so on.
///
/// The executable carries their texts. What sqlx has for this is a macro that builds sqlx, with
/// all its databases, a second time for the compiler.
#[macro_export]
macro_rules! migrations {
    [$folder:literal: $($name:literal),+ $(,)?] => {
        $crate::database::migrations(&[$(($name, include_str!(concat!($folder, "/", $name, ".sql")))),+])
    };
}

/// What [`migrations!`](crate::migrations) makes of names and texts.
///
/// # Panics
/// Where a name is not that of its place.
#[doc(hidden)]
#[must_use]
pub fn migrations(files: &[(&'static str, &'static str)]) -> Migrator {
    let migration = |(version, (name, text)): (i64, &(&'static str, &'static str))| {
        let (number, about) = name.split_once('_').unwrap_or_default();
        assert_eq!(number.parse(), Ok(version), "migrations are in order: {name}");
        Migration::new(
            version,
            about.replace('_', " ").into(),
            MigrationType::Simple,
            text.into_sql_str(),
            false,
        )
    };
    Migrator::with_migrations((1..).zip(files).map(migration).collect())
}

/// Runs the migrations that were not run yet; of several processes, one at a time.
///
/// Tables that a newer executable has migrated are taken as they are: migrations only
/// add, so the older one works on with them.
///
/// # Errors
/// A migration that fails, one that was changed after it was run, or a lock that does not come free.
pub(super) async fn migrate(pool: &AnyPool, kind: Kind, migrations: &Migrator) -> Result<(), MigrateError> {
    let mut known = Migrator::with_migrations(migrations.iter().cloned().collect());
    known.set_ignore_missing(true);
    // Two who share a database count their migrations apart.
    known.dangerous_set_table_name(migrations.table_name.clone());
    // Not one of the pool's: its limits are others, and its lock ends with it, whatever happens.
    let mut connection = pool.acquire().await?.detach();
    if kind == Kind::Postgres {
        connection.execute(WAITING).await?;
        // The session's lock: taken once more below, which does not wait.
        connection.lock().await?;
        connection.execute(MIGRATING).await?;
    }
    // `run` takes connections in a way that makes the future of every start not `Send` for the compiler.
    known.run_direct(None, &mut connection, false).await?;
    Ok(connection.close().await?)
}
