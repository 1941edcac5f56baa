//! Tables brought up to date at the start of a process.

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::{AnyPool, Connection, Executor};

use super::Kind;

/// While another process migrates: its work may take as long as a statement may, below.
const WAITING: &str = "SET statement_timeout = '15min'; SET lock_timeout = '15min';";
/// While migrating. An index on a large table takes minutes; but who waits for the lock of a
/// table keeps all waiting who come later, so that wait is short, and the start fails instead.
const MIGRATING: &str = "SET lock_timeout = '10s';";

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
