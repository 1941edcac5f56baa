//! PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::guarded::Guarded;
use crate::ports::free_port;
use crate::program;

/// How long a replica may take to follow.
const PATIENCE: Duration = Duration::from_secs(30);

/// A private PostgreSQL server, durable as one in production.
pub struct Postgres {
    port: u16,
    folder: TempDir,
    settings: Vec<String>,
    running: Option<Guarded>,
    frozen: bool,
}

impl Postgres {
    /// Starts a server with an empty cluster; its superuser is `marquee`, without a password.
    ///
    /// # Panics
    /// Where PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        let mut server = Self::empty(Vec::new());
        let data = server.data();
        server.run(
            "initdb",
            &["-D", &data, "-U", "marquee", "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8"],
        );
        server.restart();
        server
    }

    /// Starts a server that also takes encrypted connections, with this key and certificate.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[must_use]
    pub fn start_encrypted(key: &str, certificate: &str) -> Self {
        let mut server = Self::start();
        // The key must be the server's own.
        let own = server.folder.path().join("key.pem").display().to_string();
        let copied = server.folder.path().join("cert.pem").display().to_string();
        for (from, to) in [(key, &own), (certificate, &copied)] {
            std::fs::copy(from, to).expect("a file can be copied");
            if is_root() {
                run(Command::new("chown").args(["postgres", to]));
            }
            run(Command::new("chmod").args(["600", to]));
        }
        server.settings =
            ["ssl=on".to_owned(), format!("ssl_key_file={own}"), format!("ssl_cert_file={copied}")].into();
        server.restart();
        server
    }

    /// A server that follows this one and can take its place. From now on nothing is
    /// answered here before it is durable there too.
    ///
    /// # Panics
    /// Where it does not start or follow.
    #[must_use]
    pub fn replica(&self) -> Self {
        let mut replica = Self::empty(self.settings.clone());
        let (data, port) = (replica.data(), self.port.to_string());
        let from = ["-h", "127.0.0.1", "-p", &port, "-U", "marquee"];
        replica.run("pg_basebackup", &[&from[..], &["-D", &data, "-R", "-c", "fast", "-N"]].concat());
        replica.restart();
        // After the copy was made: in it, the setting would have the replica wait for one of its own.
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("SELECT pg_reload_conf()");
        let began = Instant::now();
        while self.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != "1" {
            assert!(began.elapsed() < PATIENCE, "the replica does not follow");
            std::thread::sleep(Duration::from_millis(20));
        }
        replica
    }

    /// A server without data, not started.
    fn empty(settings: Vec<String>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("data")).expect("a new folder");
        if is_root() {
            // PostgreSQL refuses to run as root.
            run(Command::new("chown").args(["-R", "postgres"]).arg(folder.path()));
            run(Command::new("chmod").arg("700").arg(folder.path().join("data")));
        }
        Self { port: free_port(), folder, settings, running: None, frozen: false }
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
        self.sql(&format!("CREATE DATABASE {name}"));
        self.url(name)
    }

    /// What a query finds: what `psql` prints.
    ///
    /// # Panics
    /// Where the server refuses it.
    #[must_use]
    pub fn query(&self, database: &str, query: &str) -> String {
        run(Command::new(bin("psql")).args(["-qAt", "-c", query, &self.url(database)]))
    }

    /// Has a statement run in the database `postgres`.
    ///
    /// # Panics
    /// Where the server refuses it.
    pub fn sql(&self, statement: &str) -> String {
        self.query("postgres", statement)
    }

    /// Makes a database with the tables of another, empty.
    ///
    /// # Panics
    /// Where the server does not make it.
    pub fn same_tables(&self, name: &str, of: &str) {
        let _ = self.database(name);
        let tables = self.folder.path().join("tables.sql");
        run(Command::new(bin("pg_dump")).args(["-s", "-f"]).arg(&tables).arg(self.url(of)));
        run(Command::new(bin("psql")).args(["-q", "-f"]).arg(&tables).arg(self.url(name)));
    }

    /// Runs a transaction again and again, prepared, with 32 clients; gives how often it was done.
    ///
    /// # Panics
    /// Where `pgbench` fails.
    #[must_use]
    pub fn pgbench(&self, database: &str, transaction: &str, seconds: u64) -> u64 {
        let file = self.folder.path().join("transaction.sql");
        std::fs::write(&file, transaction).expect("a file can be written");
        let mut pgbench = Command::new(bin("pgbench"));
        pgbench.args(["-n", "-M", "prepared", "-c", "32", "-j", "2", "-T", &seconds.to_string(), "-f"]);
        let said = run(pgbench.arg(&file).arg(self.url(database)));
        let line =
            said.lines().find_map(|line| line.strip_prefix("number of transactions actually processed: "));
        line.and_then(|count| count.split('/').next()?.trim().parse().ok()).expect("pgbench says how many")
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

    /// Ends it at once, as the loss of power would.
    ///
    /// # Panics
    /// Where it does not end.
    pub fn crash(&mut self) {
        self.run("pg_ctl", &["stop", "-D", &self.data(), "-m", "immediate"]);
        self.running = None;
    }

    /// Has it do nothing any more, its connections left open, as a machine that hangs.
    ///
    /// # Panics
    /// Where it does not run.
    pub fn freeze(&mut self) {
        self.signal("STOP");
        self.frozen = true;
    }

    /// Has it go on.
    ///
    /// # Panics
    /// Where it does not run.
    pub fn thaw(&mut self) {
        self.signal("CONT");
        self.frozen = false;
    }

    /// Signals its processes.
    fn signal(&self, signal: &str) {
        let pid = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid"));
        let pid = pid.expect("it runs").lines().next().unwrap_or_default().to_owned();
        run(Command::new("pkill").args(["-e", &format!("-{signal}"), "-P", &pid]));
        run(Command::new("kill").args([&format!("-{signal}"), &pid]));
    }

    /// Makes a replica a server of its own, which takes writes; it does once this is back.
    ///
    /// # Panics
    /// Where it does not.
    pub fn promote(&self) {
        self.run("pg_ctl", &["promote", "-D", &self.data()]);
    }

    /// Starts it again on the same data and port.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&mut self) {
        self.running = None;
        let log = self.folder.path().join("log");
        let mut command = unprivileged(&bin("postgres"));
        command.extend(["-D".to_owned(), self.data(), "-p".to_owned(), self.port.to_string()]);
        let own = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=1000"];
        for setting in own.into_iter().chain(self.settings.iter().map(String::as_str)) {
            command.extend(["-c".to_owned(), setting.to_owned()]);
        }
        let mut running = Guarded::start("PostgreSQL", "INT", &command, &log);
        let (ready, port) = (bin("pg_isready"), self.port.to_string());
        running.wait_until(&log, || {
            let asked = Command::new(&ready).args(["-q", "-h", "127.0.0.1", "-p", &port]).status();
            asked.is_ok_and(|status| status.success())
        });
        self.running = Some(running);
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// Runs one of its programs on its data.
    fn run(&self, program: &str, arguments: &[&str]) {
        let command = unprivileged(&bin(program));
        let mut command_line = Command::new(&command[0]);
        run(command_line.args(&command[1..]).args(arguments).current_dir(self.folder.path()));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.frozen {
            self.thaw();
        }
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

/// What it prints, without the last line's end.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}
