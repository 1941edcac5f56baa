//! Pools of connections, and what every connection is set to.

use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Connection, Executor};
use tokio::time::timeout;

use super::primary::{Primary, READ_ONLY, late, standby};

/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an idle connection may take to say that it is there.
const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// FULL: an answer once given survives the loss of power.
const SQLITE: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000; \
                      PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";
/// Who changes something locks its rows. So no transaction needs, or is to fail for, more
/// isolation, whatever the server's default is.
const POSTGRES: &str = "SET statement_timeout = '15s'; SET lock_timeout = '10s'; \
                        SET default_transaction_isolation = 'read committed';";

/// A pool on a file of SQLite.
///
/// # Errors
/// A file that cannot be opened.
pub(super) async fn sqlite(options: AnyConnectOptions, connections: u32) -> Result<AnyPool, sqlx::Error> {
    let pool = AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // SQLite ends a transaction by itself where the disk is full; the library then takes
        // the connection to be in one for ever.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }));
    pool.after_connect(|connection, _| Box::pin(async move { connection.execute(SQLITE).await.map(|_| ()) }))
        .connect_with(options)
        .await
}

/// A pool on the server that takes writes.
///
/// # Errors
/// A server that cannot be reached, or refuses.
pub(super) async fn postgres(primary: &Primary, connections: u32) -> Result<AnyPool, sqlx::Error> {
    let several = primary.servers.len() > 1;
    let place = primary.place.clone();
    let options = primary.servers[place.borrow().at].any.clone();
    let mut pool = AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_connect(move |connection, _| Box::pin(async move { set(connection, several).await }))
        // Below, with a limit: a server that hangs would never answer.
        .test_before_acquire(false)
        .before_acquire(move |connection, known| {
            // Made when another server took writes.
            let stale = place.borrow().since.elapsed() < known.age;
            Box::pin(async move { Ok(!stale && answers(connection).await) })
        });
    if several {
        // A request may have been given up because its server hangs. The pool waits for the
        // connection without a limit before it makes another; here that wait has one.
        pool = pool.after_release(|connection, _| Box::pin(async move { Ok(answers(connection).await) }));
    }
    pool.connect_with(options).await
}

/// Why no connection could be made: one more attempt, outside of a pool, tells.
pub(super) async fn in_the_way(primary: &Primary) -> sqlx::Error {
    let options = &primary.servers[primary.place.borrow().at].any.clone();
    match timeout(PING_TIMEOUT, AnyConnection::connect_with(options)).await {
        Ok(Err(error)) => error,
        Ok(Ok(_)) => sqlx::Error::PoolTimedOut,
        Err(_) => late(),
    }
}

async fn set(connection: &mut AnyConnection, several: bool) -> Result<(), sqlx::Error> {
    connection.execute(POSTGRES).await?;
    if several {
        let read_only: String = sqlx::query_scalar(READ_ONLY).fetch_one(connection).await?;
        if read_only != "off" {
            return Err(standby());
        }
    }
    Ok(())
}

async fn answers(connection: &mut AnyConnection) -> bool {
    let answer = timeout(PING_TIMEOUT, connection.ping()).await.unwrap_or_else(|_| Err(late()));
    if let Err(error) = &answer {
        tracing::info!(%error, "a connection to the database was lost");
    }
    answer.is_ok()
}
