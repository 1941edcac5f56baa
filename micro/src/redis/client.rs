//! Asking Redis, for a moment at most.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use redis::{Arg, Cmd, ErrorKind, FromRedisValue, RedisError, ServerErrorKind};
use tokio::sync::{Notify, watch};

use super::breaker::Breakers;
use super::connect::{Connection, Connector};
use super::{Failure, RedisConfig, supervisor};
use crate::Tasks;
use crate::metrics::{self, Answers, Count};
use crate::trace::Span;

/// A Redis, alone, behind sentinels or as a cluster.
#[derive(Clone)]
pub struct Redis(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub connector: Connector,
    /// Connections that calls take turns with; `None` while they are lost.
    pub links: Vec<ArcSwapOption<Connection>>,
    next: AtomicUsize,
    pub breakers: Arc<Breakers>,
    /// Whether the connections themselves must be made anew.
    pub lost: AtomicBool,
    /// Something failed: the supervisor has work.
    pub trouble: Notify,
    /// How often something came back that may have forgotten.
    pub losses: watch::Sender<u64>,
    prefix: String,
    timeout: Duration,
    /// Where it is, as traces show it.
    peer: Arc<str>,
    /// Times it began not to answer.
    failures: Count,
    _answers: Arc<Answers>,
}

/// Why a single command was not done.
pub(super) enum Trouble {
    /// The server does not know the script by its hash.
    ScriptUnknown,
    Failed(Failure),
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::ScriptUnknown => Self::Refused("the script is not known".to_owned()),
            Trouble::Failed(failure) => failure,
        }
    }
}

impl Redis {
    /// Connects. A Redis that cannot be reached is no reason not to start: it is looked for in the background.
    ///
    /// # Errors
    /// Settings that cannot work.
    pub async fn start(config: &RedisConfig, tasks: &Tasks) -> Result<Self, Failure> {
        let connector = Connector::new(config)?;
        let breakers = Arc::new(Breakers::new(connector.is_cluster()));
        let asked = breakers.clone();
        let answers: Arc<Answers> = Arc::new(move || asked.all_closed());
        let inner = Inner {
            links: (0..config.connections).map(|_| ArcSwapOption::empty()).collect(),
            next: AtomicUsize::new(0),
            breakers,
            failures: metrics::redis_known(&answers),
            _answers: answers,
            lost: AtomicBool::new(true),
            trouble: Notify::new(),
            losses: watch::Sender::new(0),
            prefix: config.prefix.clone(),
            timeout: Duration::from_millis(u64::from(config.response_timeout_ms)),
            peer: config.places().into(),
            connector,
        };
        let redis = Self(Arc::new(inner));
        supervisor::connect(&redis.0).await;
        let supervised = redis.0.clone();
        tasks.spawn("redis", |stop| supervisor::supervise(supervised, stop));
        Ok(redis)
    }

    /// What keys begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// Whether keys are spread over several masters.
    #[must_use]
    pub fn is_cluster(&self) -> bool {
        self.0.connector.is_cluster()
    }

    /// Whether the part that has a key is asked at the moment.
    #[must_use]
    pub fn is_there(&self, key: &str) -> bool {
        !self.0.breakers.is_open(key)
    }

    /// Whether every part is asked at the moment.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.0.breakers.all_closed()
    }

    /// Changes each time Redis, or a part of it, came back and may have forgotten
    /// what it was told last: it was restarted, or a replica has taken its place.
    #[must_use]
    pub fn losses(&self) -> watch::Receiver<u64> {
        self.0.losses.subscribe()
    }

    /// Runs a command about a key.
    ///
    /// # Errors
    /// [`Failure::Away`] at once while it is known to be away, and after the response timeout at the latest.
    pub async fn query<T: FromRedisValue>(&self, key: &str, command: &Cmd) -> Result<T, Failure> {
        Ok(self.ask(key, command).await?)
    }

    pub(super) async fn ask<T: FromRedisValue>(&self, key: &str, command: &Cmd) -> Result<T, Trouble> {
        if self.0.breakers.is_open(key) {
            return Err(Trouble::Failed(Failure::Away("it has not answered lately".to_owned())));
        }
        self.0.ask(key, command).await
    }
}

impl Inner {
    /// What keys begin with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Takes note that no connection could be made.
    pub fn unreachable(&self, error: &RedisError) {
        self.failed(&self.prefix, error.to_string(), true);
    }

    /// Asks whether or not the part is known to be away.
    pub async fn ask<T: FromRedisValue>(&self, key: &str, command: &Cmd) -> Result<T, Trouble> {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.links.len();
        let Some(mut connection) = self.links[at].load().as_deref().cloned() else {
            return Err(self.failed(key, "not connected".to_owned(), true));
        };
        let span = Span::exit(|| name(command).into(), &self.peer);
        span.set("db.system.name", "redis");
        let answer = tokio::time::timeout(self.timeout, command.query_async(&mut connection)).await;
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                span.fail(error.category().to_owned());
                Err(self.classify(key, &error))
            }
            Err(_) => {
                span.fail("no answer in time");
                Err(self.failed(key, "no answer in time".to_owned(), false))
            }
        }
    }

    fn classify(&self, key: &str, error: &RedisError) -> Trouble {
        use ServerErrorKind as Server;
        let of_code = || matches!(error.code(), Some("OOM" | "MISCONF" | "NOREPLICAS" | "NOAUTH"));
        match error.kind() {
            ErrorKind::Server(Server::NoScript) => Trouble::ScriptUnknown,
            ErrorKind::Io
            | ErrorKind::Parse
            | ErrorKind::AuthenticationFailed
            // The master has become a replica: the sentinels know the new one.
            | ErrorKind::Server(Server::ReadOnly) => self.failed(key, error.to_string(), true),
            ErrorKind::ClusterConnectionNotFound
            | ErrorKind::Server(
                Server::BusyLoading
                | Server::ClusterDown
                | Server::MasterDown
                | Server::TryAgain
                | Server::Moved
                | Server::Ask,
            ) => self.failed(key, error.to_string(), false),
            _ if of_code() => self.failed(key, error.to_string(), false),
            _ => Trouble::Failed(Failure::Refused(error.to_string())),
        }
    }

    /// Stops asking the part for now and has the supervisor look after it.
    fn failed(&self, key: &str, cause: String, connection_lost: bool) -> Trouble {
        // A cluster's connection mends itself.
        if connection_lost && !self.connector.is_cluster() {
            self.lost.store(true, Ordering::Release);
        }
        if self.breakers.open(key, connection_lost) {
            self.failures.add(1);
            tracing::warn!(%cause, "redis failed; it is not asked until it answers a probe");
        }
        self.trouble.notify_one();
        Trouble::Failed(Failure::Away(cause))
    }
}

/// What a command is called: its first word.
fn name(command: &Cmd) -> String {
    let first = command.args_iter().next();
    let word = first.and_then(|word| if let Arg::Simple(word) = word { Some(word) } else { None });
    word.map_or_else(String::new, |word| String::from_utf8_lossy(word).to_uppercase())
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redis").field("prefix", &self.0.prefix).finish_non_exhaustive()
    }
}
