//! PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::guarded::Guarded;
use crate::ports::free_port;
use crate::program;

/// A private PostgreSQL server, durable as one in production.
pub struct Postgres {
    port: u16,
    folder: TempDir,
    running: Option<Guarded>,
}

impl Postgres {
    /// Starts a server with an empty cluster; its superuser is `marquee`, without a password.
    ///
    /// # Panics
    /// Where PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        let log = folder.path().join("log");
        std::fs::create_dir(&data).expect("a new folder");
        if is_root() {
            // PostgreSQL refuses to run as root.
            run(Command::new("chown").args(["-R", "postgres"]).arg(folder.path()));
        }
        let mut initdb = unprivileged(&bin("initdb"));
        initdb.extend(
            ["-D", &data.display().to_string(), "-U", "marquee", "-A", "trust", "-N"].map(str::to_owned),
        );
        initdb.extend(["-E", "UTF8", "--locale=C.UTF-8"].map(str::to_owned));
        run(Command::new(&initdb[0]).args(&initdb[1..]).current_dir(folder.path()));
        drop(log);
        let mut server = Self { port: free_port(), folder, running: None };
        server.restart();
        server
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes a new database and gives its URL.
    ///
    /// # Panics
    /// Where the server does not make it.
    #[must_use]
    pub fn database(&self, name: &str) -> String {
        let text = format!("CREATE DATABASE {name}");
        run(Command::new(bin("psql")).args(["-q", "-c", &text, &self.url("postgres")]));
        self.url(name)
    }

    /// The URL of a database.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        format!("postgres://marquee@127.0.0.1:{}/{name}", self.port)
    }

    /// Stops it as its operator would, ending every connection.
    pub fn stop(&mut self) {
        self.running = None;
    }

    /// Starts it again on the same data and port.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&mut self) {
        self.running = None;
        let log = self.folder.path().join("log");
        let mut command = unprivileged(&bin("postgres"));
        let settings = [
            "-D".to_owned(),
            self.folder.path().join("data").display().to_string(),
            "-p".to_owned(),
            self.port.to_string(),
            "-c".to_owned(),
            "listen_addresses=127.0.0.1".to_owned(),
            "-c".to_owned(),
            "unix_socket_directories=".to_owned(),
            "-c".to_owned(),
            "max_connections=200".to_owned(),
        ];
        command.extend(settings);
        let mut running = Guarded::start("PostgreSQL", "INT", &command, &log);
        let (ready, url) = (bin("pg_isready"), self.port.to_string());
        running.wait_until(&log, || {
            let asked = Command::new(&ready).args(["-q", "-h", "127.0.0.1", "-p", &url]).status();
            asked.is_ok_and(|status| status.success())
        });
        self.running = Some(running);
    }
}

fn bin(name: &str) -> PathBuf {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    program::find(name, &folders)
}

/// The command that runs a program as somebody who is not root.
fn unprivileged(program: &Path) -> Vec<String> {
    let program = program.display().to_string();
    if is_root() {
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", &program]
            .map(str::to_owned)
            .to_vec()
    } else {
        vec![program]
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("`id` runs");
    id.stdout.starts_with(b"0\n")
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
