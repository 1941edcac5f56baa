//! The writing connection, made anew when it was lost.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};

use crate::store::StoreError;

/// How long to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// A statement that takes longer is given up, and so is a transaction that its owner forgot:
/// a process that hangs must not keep the rows of others.
const SETTINGS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; \
                        SET idle_in_transaction_session_timeout = '10s';";

/// The writing connection to PostgreSQL.
pub struct Postgres {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
}

impl Postgres {
    /// A store at this URL; connected when it is first used.
    ///
    /// # Errors
    /// A URL that cannot be read; it is not shown, since it may hold a password.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| StoreError::Failed("the database URL cannot be read".into()))?
            .application_name("marquee committer");
        Ok(Self { options, connection: None })
    }

    /// The connection, made anew where it was lost.
    pub(super) async fn connected(&mut self) -> Result<&mut PgConnection, StoreError> {
        if let Some(connection) = &mut self.connection
            && connection.ping().await.is_err()
        {
            self.connection = None;
        }
        if self.connection.is_none() {
            self.connection = Some(connect(&self.options).await?);
        }
        self.connection.as_mut().ok_or_else(|| StoreError::Gone("no connection".into()))
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    let connecting = tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(options));
    let mut connection =
        connecting.await.map_err(|_| StoreError::Gone("no answer in time".into()))?.map_err(gone)?;
    connection.execute(SETTINGS).await.map_err(gone)?;
    Ok(connection)
}

/// A server that is starting, stopping or full refuses with an error of its own.
fn gone(error: sqlx::Error) -> StoreError {
    StoreError::Gone(error.into())
}
