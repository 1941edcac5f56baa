//! The writing connection, made anew when it was lost or its server no longer takes writes.

use std::cell::Cell;
use std::time::{Duration, Instant};

use micro::database::{Moves, Primary, Writing};
use sqlx::{Connection, PgConnection};

use crate::store::StoreError;

/// Used so lately, a connection is taken to be there; where it is not, the batch is tried again.
const FRESH: Duration = Duration::from_secs(1);
/// How long the connection may take to say that it is there, after it was idle.
const PING_TIMEOUT: Duration = Duration::from_secs(2);
/// What the server shows its operator.
const NAME: &str = "marquee committer";
/// A statement that takes longer is given up, and so is a transaction that its owner forgot:
/// a process that hangs must not keep the rows of others.
const SETTINGS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; \
                        SET idle_in_transaction_session_timeout = '10s'; \
                        SET default_transaction_isolation = 'read committed';";

/// The writing connection to PostgreSQL.
pub struct Postgres {
    primary: Primary,
    connection: Option<Connected>,
}

/// A connection, and whether it is of use.
pub(super) struct Connected {
    pub connection: PgConnection,
    pub moves: Moves,
    /// Set where it turned out to be of no use.
    pub lost: Cell<bool>,
    /// When it was last asked for.
    used: Instant,
}

impl Postgres {
    /// A store at this server; connected when it is first used.
    #[must_use]
    pub fn new(primary: Primary) -> Self {
        Self { primary, connection: None }
    }

    /// The connection, made anew where it was lost.
    pub(super) async fn connected(&mut self) -> Result<&mut Connected, StoreError> {
        if let Some(mut connected) = self.connection.take()
            && connected.is_there().await
        {
            return Ok(self.connection.insert(connected));
        }
        let connected = self.connect().await?;
        Ok(self.connection.insert(connected))
    }

    async fn connect(&self) -> Result<Connected, StoreError> {
        // A server that is starting, stopping or full refuses with an error of its own.
        let gone = |error: sqlx::Error| StoreError::Gone(error.into());
        let Writing { connection, moves } = self.primary.connect(NAME, SETTINGS).await.map_err(gone)?;
        Ok(Connected { connection, moves, lost: Cell::new(false), used: Instant::now() })
    }
}

impl Connected {
    async fn is_there(&mut self) -> bool {
        if self.lost.get() || self.moves.moved() {
            return false;
        }
        let fresh = self.used.elapsed() < FRESH;
        self.used = Instant::now();
        fresh || matches!(tokio::time::timeout(PING_TIMEOUT, self.connection.ping()).await, Ok(Ok(())))
    }
}
