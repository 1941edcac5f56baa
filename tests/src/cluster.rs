//! A running system.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard};

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use servers::free_port;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::http::Client;
use crate::person::PASSWORD;
use crate::server::{self, Server};
use crate::view::Hall;
use crate::{Engines, Part, Person, Settings};

/// Accounts opened at a time.
const REGISTERING: usize = 32;

/// How the system runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything in one process, on SQLite.
    Embedded,
    /// Two processes of each kind, on PostgreSQL, Redis and Consul.
    Distributed,
}

/// A running system on data of its own; it ends, and its data is removed, when it is dropped.
pub struct TestCluster {
    // Dropped in this order: processes before what they run on.
    running: Mutex<BTreeMap<Part, Server>>,
    engines: Option<Mutex<Engines>>,
    folder: TempDir,
    mode: Mode,
    settings: Mutex<Settings>,
    /// The same after a restart: clients keep it as they would keep a name.
    gateways: BTreeMap<Part, SocketAddr>,
    client: Client,
    admin: OnceCell<Person>,
    /// Makes names different.
    numbers: AtomicU32,
}

impl TestCluster {
    /// Starts a system with the settings tests usually have.
    pub async fn start(mode: Mode) -> Self {
        Self::start_with(mode, Settings::default()).await
    }

    /// Starts a system.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn start_with(mode: Mode, settings: Settings) -> Self {
        let engines = match mode {
            Mode::Embedded => None,
            Mode::Distributed => Some(tokio::task::spawn_blocking(Engines::start).await.unwrap()),
        };
        Self::launch(mode, engines, settings).await
    }

    /// Starts a system of several processes on these servers.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn start_on(engines: Engines, settings: Settings) -> Self {
        Self::launch(Mode::Distributed, Some(engines), settings).await
    }

    async fn launch(mode: Mode, engines: Option<Engines>, mut settings: Settings) -> Self {
        let edges = Part::of(mode).into_iter().filter(|part| part.is_edge());
        let gateways: BTreeMap<_, _> =
            edges.map(|part| (part, SocketAddr::from(([127, 0, 0, 1], free_port())))).collect();
        let addresses: Vec<_> = gateways.values().copied().collect();
        let with_demo = settings.demo;
        if let Some(engines) = &engines {
            let webhook = format!("http://{}/v1/payments/webhooks/sandbox", addresses[0]);
            settings = engines.settings(settings).with("order.sandbox.webhook_url", webhook);
            // Only everything in one process sets it up by itself.
            settings.demo = false;
        }
        let cluster = Self {
            running: Mutex::default(),
            engines: engines.map(Mutex::new),
            folder: tempfile::tempdir().expect("a temporary folder"),
            mode,
            settings: Mutex::new(settings),
            gateways,
            client: Client::new(&addresses),
            admin: OnceCell::new(),
            numbers: AtomicU32::new(1),
        };
        cluster.start_all().await;
        if with_demo && mode == Mode::Distributed {
            let made = cluster.command(&["demo"], &[]).await;
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        }
        cluster
    }

    /// Starts what does not run.
    async fn start_all(&self) {
        let parts = Part::of(self.mode).into_iter().filter(|part| !self.runs(*part));
        // What others call first: a gateway that is ready serves.
        let (edges, services): (Vec<_>, Vec<_>) = parts.partition(|part| part.is_edge());
        for parts in [services, edges] {
            join_all(parts.into_iter().map(|part| self.start_part(part))).await;
        }
    }

    /// Starts one process.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn start_part(&self, part: Part) {
        let mut settings = self.settings.lock().unwrap().clone();
        if let Some(address) = self.gateways.get(&part) {
            settings = settings.with("gateway.listen", address);
        }
        let server = Server::start(self.folder.path(), &settings, part).await;
        let server = server.unwrap_or_else(|error| panic!("{part}: {error:#}"));
        self.running.lock().unwrap().insert(part, server);
    }

    /// Ends one process at once.
    pub async fn kill_part(&self, part: Part) {
        let server = self.running.lock().unwrap().remove(&part);
        if let Some(server) = server {
            server.kill().await;
        }
    }

    /// Asks one process to stop, as an operator does. Says whether it ended well.
    ///
    /// # Panics
    /// Where it does not run.
    pub async fn stop_part(&self, part: Part) -> bool {
        let server = self.running.lock().unwrap().remove(&part);
        server.expect("the process runs").stop().await
    }

    fn runs(&self, part: Part) -> bool {
        self.running.lock().unwrap().contains_key(&part)
    }

    /// The servers the processes run on.
    ///
    /// # Panics
    /// Where there is one process, which has none.
    pub fn engines(&self) -> MutexGuard<'_, Engines> {
        self.engines.as_ref().expect("a system of several processes").lock().unwrap()
    }

    /// How it runs.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// A client that is nobody in particular.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.client.address())
    }

    /// Ends the system at once, as a loss of power would.
    pub async fn kill(&self) {
        let running = std::mem::take(&mut *self.running.lock().unwrap());
        let (edges, services): (Vec<_>, Vec<_>) = running.into_iter().partition(|(part, _)| part.is_edge());
        // The edge first: nobody outside sees the others go one after the other.
        for parts in [edges, services] {
            join_all(parts.into_iter().map(|(_, server)| server.kill())).await;
        }
    }

    /// Starts the system on the data it had; kills it first where it runs.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn restart(&self) {
        self.kill().await;
        self.start_all().await;
    }

    /// Asks the system to stop, as an operator does. Says whether it ended well.
    pub async fn stop(&self) -> bool {
        let running = std::mem::take(&mut *self.running.lock().unwrap());
        let (edges, services): (Vec<_>, Vec<_>) = running.into_iter().partition(|(part, _)| part.is_edge());
        let mut well = true;
        // The gateways first: what they have taken in is still answered by the services.
        for parts in [edges, services] {
            let stopped = join_all(parts.into_iter().map(|(_, server)| server.stop())).await;
            well &= stopped.into_iter().all(|well| well);
        }
        well
    }

    /// What the next start is set to.
    pub fn set(&self, key: &str, value: impl ToString) {
        let mut settings = self.settings.lock().unwrap();
        *settings = settings.clone().with(key, value);
    }

    /// Runs another command of the executable on the system's data.
    pub async fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> std::process::Output {
        let gateway = self.gateways.iter().find(|(part, _)| self.runs(**part));
        let gateway = gateway.map_or(self.client.address(), |(_, address)| *address);
        let settings = self.settings.lock().unwrap().clone().with("gateway.listen", gateway);
        let mut command = server::command(self.folder.path(), &settings);
        command.args(arguments).envs(variables.iter().copied());
        command.output().await.expect("the executable can be run")
    }

    /// An administrator, made at the command line.
    pub async fn admin(&self) -> &Person {
        let made = self.admin.get_or_init(|| async {
            let made = self.command(&["admin", "create", "chief"], &[("MARQUEE_PASSWORD", PASSWORD)]).await;
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
            Person::sign_in(&self.client, "chief", PASSWORD).await
        });
        made.await
    }

    /// A customer with a new account.
    pub async fn customer(&self) -> Person {
        let number = self.next_number();
        Person::register(&self.client, &format!("person{number}")).await
    }

    /// A number that was not given before.
    pub(crate) fn next_number(&self) -> u32 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Many customers with new accounts.
    pub async fn customers(&self, count: usize) -> Vec<Person> {
        stream::iter(0..count).map(|_| self.customer()).buffered(REGISTERING).collect().await
    }

    /// The hall of a screening as anybody sees it.
    pub async fn hall(&self, film_sid: i64) -> Hall {
        self.client.get(&format!("/v1/screenings/{film_sid}/seats")).await.ok()
    }

    /// All that the server has logged since its first start.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(server::log_file(self.folder.path())).expect("the log can be read")
    }

    /// A folder that goes with the system.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// What a query of the user service's database finds: one text.
    ///
    /// # Panics
    /// Where it finds nothing.
    #[must_use]
    pub fn in_user_database(&self, query: &str) -> String {
        match self.mode {
            Mode::Embedded => {
                let file = self.folder.path().join("data").join("user.db");
                let database = rusqlite::Connection::open(file).expect("the database");
                database.query_row(query, [], |row| row.get(0)).expect("a row with a text")
            }
            Mode::Distributed => self.engines().postgres.query("users", query),
        }
    }

    /// Whether all of the system's processes are still there.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let mut running = self.running.lock().unwrap();
        running.len() == Part::of(self.mode).len() && running.values_mut().all(Server::is_running)
    }
}
