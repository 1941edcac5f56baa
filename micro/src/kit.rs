//! What a service is given at its start.

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admin::Health;
use crate::auth::{ServiceTokens, Verifier};
use crate::database::Database;
use crate::server::Entry;
use crate::{BoxError, Clock, Closing, Registry, RegistryConfig, Service};

/// What a service needs of the process it runs in.
#[derive(Clone)]
pub struct Kit {
    /// What time it is.
    pub clock: Clock,
    /// Other services.
    pub registry: Registry,
    /// Work in the background.
    pub tasks: Tasks,
    /// Verifies access tokens.
    pub verifier: Arc<Verifier>,
    /// Verifies tokens between services.
    pub service_tokens: Arc<ServiceTokens>,
    /// What the process depends on.
    pub health: Health,
    /// What is closed at the end.
    pub closing: Closing,
    /// Where embedded engines keep their files.
    pub data_dir: PathBuf,
    secret: Arc<[u8]>,
}

impl Kit {
    /// A kit for a process named `name`; `secret` is what the system's services share.
    #[must_use]
    pub fn new(name: &str, secret: &[u8], data_dir: &Path, clock: Clock) -> Self {
        let service_tokens = Arc::new(ServiceTokens::new(clock.clone(), name, secret));
        let registry = Registry::new(service_tokens.clone());
        Self::on(registry, service_tokens, Tasks::default(), secret, data_dir, clock)
    }

    /// A kit like [`new`](Self::new) whose services find each other as configured.
    ///
    /// # Errors
    /// A configuration that cannot work.
    pub fn with_registry(
        name: &str,
        secret: &[u8],
        data_dir: &Path,
        clock: Clock,
        config: &RegistryConfig,
    ) -> Result<Self, StartError> {
        let service_tokens = Arc::new(ServiceTokens::new(clock.clone(), name, secret));
        let tasks = Tasks::default();
        let registry = Registry::configured(service_tokens.clone(), config, &tasks)?;
        Ok(Self::on(registry, service_tokens, tasks, secret, data_dir, clock))
    }

    fn on(
        registry: Registry,
        service_tokens: Arc<ServiceTokens>,
        tasks: Tasks,
        secret: &[u8],
        data_dir: &Path,
        clock: Clock,
    ) -> Self {
        let health = Health::default();
        registry.watch_health(&health);
        let verifier = Arc::new(Verifier::new(clock.clone(), registry.channel("user"), tasks.clone()));
        Self {
            clock,
            registry,
            tasks,
            verifier,
            service_tokens,
            health,
            closing: Closing::default(),
            data_dir: data_dir.to_owned(),
            secret: secret.into(),
        }
    }

    /// A kit for a test of one or several services in this process.
    #[must_use]
    pub fn for_tests(data_dir: &Path, clock: Clock) -> Self {
        Self::new("test", b"a secret that only tests share", data_dir, clock)
    }

    /// A secret for one purpose, the same in every process that shares the system's secret.
    #[must_use]
    pub fn derived_secret(&self, purpose: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Takes note of a database that a service cannot do without: readiness looks at it, and
    /// the end of the process closes it.
    pub fn depends_on(&self, name: &str, database: &Database) {
        self.health.add_database(name, database);
        self.closes(name, database);
    }

    /// Takes note of a database that the end of the process closes.
    pub fn closes(&self, name: &str, database: &Database) {
        let database = database.clone();
        self.closing.add(format!("database {name}"), async move { database.close().await });
    }

    /// Puts a service behind the entry layer and makes it callable; the answer can also be served on a port.
    pub fn register(&self, service: &Service) -> Entry {
        let entry = Entry::new(service.routes(), self);
        self.registry.register(service, &entry);
        entry
    }
}

/// The longest round of background work. What it waits for may never answer, such as a
/// database's server that hangs; the next round finds another.
pub const ROUND: Duration = Duration::from_secs(120);

/// Background work that ends with the process.
#[derive(Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Runs work until it ends by itself or, told by the token, stops.
    pub fn spawn<F, W>(&self, name: &'static str, work: W)
    where
        W: FnOnce(CancellationToken) -> F,
        F: Future<Output = ()> + Send + 'static,
    {
        let work = work(self.stop.clone());
        self.tracker.spawn(async move {
            work.await;
            tracing::debug!(task = name, "background task ended");
        });
    }

    /// Does work every so often until the process stops; a round under way is finished, but
    /// given up after [`ROUND`].
    pub fn every<W, F>(&self, name: &'static str, interval: Duration, work: W)
    where
        W: Fn() -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.spawn(name, move |stop| async move {
            while stop.run_until_cancelled(tokio::time::sleep(interval)).await.is_some() {
                if tokio::time::timeout(ROUND, work()).await.is_err() {
                    tracing::warn!(task = name, "a round of background work was given up: it took too long");
                }
            }
        });
    }

    /// Cancelled when the process is to stop.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Tells all work to stop and waits for it, at most `patience`. Says whether all of it ended.
    pub async fn shut_down(&self, patience: Duration) -> bool {
        self.stop.cancel();
        self.tracker.close();
        tokio::time::timeout(patience, self.tracker.wait()).await.is_ok()
    }
}

/// Why a service could not start.
#[derive(Debug)]
pub struct StartError(BoxError);

impl StartError {
    /// From whatever went wrong.
    pub fn new(error: impl Into<BoxError>) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}
