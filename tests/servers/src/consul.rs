//! Consul.

use std::io::{Read, Write};
use std::net::TcpStream;

use tempfile::TempDir;

use crate::guarded::Guarded;
use crate::ports::free_port;
use crate::program;

/// A private Consul of one or three servers.
pub struct Consul {
    servers: Vec<Server>,
}

struct Server {
    ports: Ports,
    folder: TempDir,
    running: Option<Guarded>,
}

#[derive(Clone, Copy)]
struct Ports {
    http: u16,
    server: u16,
    serf_lan: u16,
    serf_wan: u16,
}

impl Consul {
    /// Starts one server.
    ///
    /// # Panics
    /// Where Consul is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::of(1)
    }

    /// Starts three servers that elect a leader.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[must_use]
    pub fn start_three() -> Self {
        Self::of(3)
    }

    fn of(count: usize) -> Self {
        let server = || {
            let ports = Ports {
                http: free_port(),
                server: free_port(),
                serf_lan: free_port(),
                serf_wan: free_port(),
            };
            Server { ports, folder: tempfile::tempdir().expect("a temporary folder"), running: None }
        };
        let mut consul = Self { servers: (0..count).map(|_| server()).collect() };
        (0..count).for_each(|at| consul.launch(at));
        consul.wait_for_leader();
        consul
    }

    /// How many servers there are.
    #[must_use]
    pub fn servers(&self) -> usize {
        self.servers.len()
    }

    /// Where the HTTP interface of a server is, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self, at: usize) -> String {
        format!("http://127.0.0.1:{}", self.servers[at].ports.http)
    }

    /// Stops a server.
    pub fn stop(&mut self, at: usize) {
        self.servers[at].running = None;
    }

    /// Has a server do nothing, as a machine that hangs does.
    ///
    /// # Panics
    /// Where it does not run.
    pub fn pause(&self, at: usize) {
        self.signal(at, "STOP");
    }

    /// Has a paused server go on.
    ///
    /// # Panics
    /// Where it does not run.
    pub fn go_on(&self, at: usize) {
        self.signal(at, "CONT");
    }

    fn signal(&self, at: usize, signal: &str) {
        self.servers[at].running.as_ref().expect("the server runs").signal(signal);
    }

    /// Starts a server again on its data.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&mut self, at: usize) {
        self.launch(at);
        self.wait_for_leader();
    }

    fn launch(&mut self, at: usize) {
        let count = self.servers.len();
        let join = self.servers[0].ports.serf_lan;
        let server = &mut self.servers[at];
        let log = server.folder.path().join("log");
        let data = server.folder.path().join("data");
        let mut command = vec![program::find("consul", &[]).display().to_string()];
        let own = [
            "agent".to_owned(),
            "-server".to_owned(),
            format!("-bootstrap-expect={count}"),
            "-bind=127.0.0.1".to_owned(),
            format!("-node=server-{at}"),
            format!("-data-dir={}", data.display()),
            format!("-http-port={}", server.ports.http),
            format!("-server-port={}", server.ports.server),
            format!("-serf-lan-port={}", server.ports.serf_lan),
            format!("-serf-wan-port={}", server.ports.serf_wan),
            "-dns-port=-1".to_owned(),
            "-grpc-port=-1".to_owned(),
            format!("-retry-join=127.0.0.1:{join}"),
            "-retry-interval=1s".to_owned(),
            "-hcl=performance { raft_multiplier = 1 } disable_update_check = true leave_on_terminate = false"
                .to_owned(),
        ];
        command.extend(own);
        let mut running = Guarded::start("Consul", "KILL", &command, &log);
        running.wait_for_port(server.ports.http, &log);
        server.running = Some(running);
    }

    fn wait_for_leader(&mut self) {
        let Some(server) = self.servers.iter_mut().find(|server| server.running.is_some()) else { return };
        let port = server.ports.http;
        let log = server.folder.path().join("log");
        let Some(running) = &mut server.running else { return };
        running.wait_until(&log, || leader(port).is_some_and(|leader| leader.len() > 2));
    }
}

/// The leader's address in quotes; `""` where there is none.
fn leader(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.write_all(b"GET /v1/status/leader HTTP/1.0\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split("\r\n\r\n").nth(1).map(|body| body.trim().to_owned())
}
