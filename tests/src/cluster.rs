//! A running system.

use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::{StreamExt, stream};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::http::Client;
use crate::person::PASSWORD;
use crate::server::{self, Server};
use crate::view::Hall;
use crate::{Person, Settings};

/// Accounts opened at a time.
const REGISTERING: usize = 32;

/// How the system runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Everything in one process, on SQLite.
    Embedded,
}

/// A running system on data of its own; it ends, and its data is removed, when it is dropped.
pub struct TestCluster {
    folder: TempDir,
    settings: Mutex<Settings>,
    server: Mutex<Option<Server>>,
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
        match mode {
            Mode::Embedded => {}
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let server =
            Server::start(folder.path(), &settings).await.unwrap_or_else(|error| panic!("{error:#}"));
        // The same port after a restart: clients keep it as they would keep a name.
        let settings = settings.with("gateway.listen", server.address);
        Self {
            client: Client::new(server.address),
            folder,
            settings: Mutex::new(settings),
            server: Mutex::new(Some(server)),
            admin: OnceCell::new(),
            numbers: AtomicU32::new(1),
        }
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

    /// What the server printed before it was ready.
    #[must_use]
    pub fn said(&self) -> Vec<String> {
        self.server.lock().unwrap().as_ref().map(|server| server.said.clone()).unwrap_or_default()
    }

    /// Ends the system at once, as a loss of power would.
    pub async fn kill(&self) {
        let server = self.server.lock().unwrap().take();
        if let Some(server) = server {
            server.kill().await;
        }
    }

    /// Starts the system on the data it had; kills it first where it runs.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn restart(&self) {
        self.kill().await;
        let settings = self.settings.lock().unwrap().clone();
        let server = Server::start(self.folder.path(), &settings).await;
        let server = server.unwrap_or_else(|error| panic!("{error:#}"));
        self.client.set_address(server.address);
        *self.server.lock().unwrap() = Some(server);
    }

    /// Asks the system to stop, as an operator does. Says whether it ended well.
    pub async fn stop(&self) -> bool {
        let server = self.server.lock().unwrap().take();
        server.expect("the server runs").stop().await
    }

    /// What the next start is set to.
    pub fn set(&self, key: &str, value: impl ToString) {
        let mut settings = self.settings.lock().unwrap();
        *settings = settings.clone().with(key, value);
    }

    /// Runs another command of the executable on the system's data.
    pub async fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> std::process::Output {
        let settings = self.settings.lock().unwrap().clone();
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

    /// A file of the data folder.
    #[must_use]
    pub fn data_file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("data").join(name)
    }

    /// Whether the server's process is still there.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.server.lock().unwrap().as_mut().is_some_and(Server::is_running)
    }
}
