//! The server of a database that takes writes, whichever that is at the moment.

use std::future;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use sqlx::any::AnyConnectOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::watch;
use tokio::time::timeout;

use super::{DatabaseError, url};

/// How long a server may take to give a connection or to say whether it takes writes:
/// much longer than across a country, and what a server that hangs costs whoever asks.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a start looks for a server that takes writes.
const STARTING: Duration = Duration::from_secs(5);
/// How long after none was found it is looked for again.
pub(super) const AGAIN: Duration = Duration::from_millis(200);

/// How much longer than another that takes writes the one that did so far may take to answer:
/// where an old one came back without having been told that it is replaced, nobody goes back to it.
const GRACE: Duration = Duration::from_millis(300);

/// One of the servers.
pub(super) struct Server {
    /// Host and port.
    pub name: String,
    pub any: AnyConnectOptions,
    url: String,
    options: PgConnectOptions,
}

/// Which server takes writes, and since when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub at: usize,
    pub since: Instant,
}

/// The server of a database that takes writes.
#[derive(Clone)]
pub struct Primary {
    pub(super) servers: Arc<[Server]>,
    pub(super) place: watch::Receiver<Place>,
}

/// A connection to the server that takes writes.
pub struct Writing {
    /// The connection.
    pub connection: PgConnection,
    /// Says when it is of no use any more.
    pub moves: Moves,
}

/// Says when another server takes writes than at the time of the connection.
pub struct Moves(watch::Receiver<Place>);

impl Moves {
    /// Whether another does.
    #[must_use]
    pub fn moved(&self) -> bool {
        // An error: there is one server, and nobody who watches it.
        self.0.has_changed().unwrap_or(false)
    }

    /// Waits until another does.
    pub async fn wait(&mut self) {
        if self.0.changed().await.is_err() {
            future::pending::<()>().await;
        }
    }
}

impl Primary {
    /// A new connection, with these settings; `name` is what the server's operator sees.
    ///
    /// # Errors
    /// The database's, or that the server does not take writes just now.
    pub async fn connect(&self, name: &str, settings: &'static str) -> Result<Writing, sqlx::Error> {
        let mut moves = self.place.clone();
        let Place { at, .. } = *moves.borrow_and_update();
        let mut connection = self.servers[at].connect(name).await?;
        timeout(PATIENCE, connection.execute(settings)).await.map_err(|_| late())??;
        Ok(Writing { connection, moves: Moves(moves) })
    }
}

impl Server {
    fn read(url: String) -> Result<Self, sqlx::Error> {
        let options = PgConnectOptions::from_str(&url)?;
        let name = format!("{}:{}", options.get_host(), options.get_port());
        Ok(Self { name, any: AnyConnectOptions::from_str(&url)?, url, options })
    }

    /// A connection, if it takes writes.
    async fn connect(&self, name: &str) -> Result<PgConnection, sqlx::Error> {
        let options = self.options.clone().application_name(name);
        let connecting = timeout(PATIENCE, PgConnection::connect_with(&options));
        let mut connection = connecting.await.map_err(|_| late())??;
        takes_writes(&mut connection).await?;
        Ok(connection)
    }
}

/// Asks the server again.
///
/// # Errors
/// The database's, or that it takes no writes.
pub(super) async fn takes_writes(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let asking = sqlx::query_scalar(READ_ONLY).fetch_one(connection);
    let read_only: String = timeout(PATIENCE, asking).await.map_err(|_| late())??;
    if read_only == "off" { Ok(()) } else { Err(standby()) }
}

/// `on` at a server that follows another, and at one that its operator has closed for writes.
pub(super) const READ_ONLY: &str = "SHOW transaction_read_only";

pub(super) fn standby() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::ReadOnlyFilesystem, "the server takes no writes"))
}

pub(super) fn late() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}

/// The servers that a URL names.
///
/// # Errors
/// A URL that cannot be read.
pub(super) fn read(url: &str) -> Result<Arc<[Server]>, DatabaseError> {
    let urls = url::servers(url).map_err(DatabaseError::UrlWrong)?;
    let servers: Result<Vec<_>, _> = urls.into_iter().map(Server::read).collect();
    Ok(servers.map_err(|error| DatabaseError::Open(url::display_name(url), error))?.into())
}

/// The server that takes writes, and a connection to it; the one at `current`, where several do.
///
/// # Errors
/// What each of them says, where none does.
pub(super) async fn find(
    servers: &[Server],
    current: Option<usize>,
) -> Result<(usize, PgConnection), String> {
    let ask = |at: usize| async move { (at, servers[at].connect("marquee watch").await) };
    let mut asked: FuturesUnordered<_> = (0..servers.len()).map(ask).collect();
    let (mut waiting_for, mut found, mut refused) = (current, None, Vec::new());
    loop {
        let next = if found.is_none() {
            asked.next().await
        } else if waiting_for.is_some() {
            timeout(GRACE, asked.next()).await.unwrap_or_default()
        } else {
            None
        };
        let Some((at, answer)) = next else { return found.ok_or_else(|| refused.join("; ")) };
        waiting_for = waiting_for.filter(|awaited| *awaited != at);
        match answer {
            Ok(connection) if found.is_none() || current == Some(at) => found = Some((at, connection)),
            Ok(_) => {}
            Err(error) => refused.push(format!("{}: {error}", servers[at].name)),
        }
    }
}

/// The server that takes writes, looked for as long as a start may take.
///
/// # Errors
/// [`DatabaseError::NoPrimary`].
pub(super) async fn find_at_start(
    url: &str,
    servers: &[Server],
) -> Result<(usize, PgConnection), DatabaseError> {
    let began = Instant::now();
    loop {
        match find(servers, None).await {
            Ok(found) => return Ok(found),
            Err(refused) if began.elapsed() > STARTING => {
                return Err(DatabaseError::NoPrimary(url::display_name(url), refused));
            }
            Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}

/// The URL of the server that takes writes, of a URL that may name several; asks only where it does.
///
/// # Errors
/// A URL that cannot be read, or no such server.
pub async fn primary_url(url: &str) -> Result<String, DatabaseError> {
    let servers = read(url)?;
    let at = match &*servers {
        [_] => 0,
        several => {
            let found = find(several, None).await;
            found.map_err(|refused| DatabaseError::NoPrimary(url::display_name(url), refused))?.0
        }
    };
    Ok(servers[at].url.clone())
}
