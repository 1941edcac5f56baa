//! Redis, alone and as a cluster.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::guarded::Guarded;
use crate::ports::free_port;
use crate::program;

/// Nodes that together serve a cluster.
const MASTERS: usize = 3;
/// Hash slots of a cluster.
const SLOTS: usize = 16_384;

/// A private Redis server that keeps nothing on disk: a restart loses everything.
pub struct Redis {
    port: u16,
    settings: Vec<String>,
    folder: TempDir,
    running: Option<Guarded>,
}

impl Redis {
    /// Starts a server.
    ///
    /// # Panics
    /// Where Redis is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with more settings, `["--requirepass", "secret"]`.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[must_use]
    pub fn start_with(settings: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let mut server = Self { port: free_port(), settings, folder, running: None };
        server.restart();
        server
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Stops it.
    pub fn stop(&mut self) {
        self.running = None;
    }

    /// Starts it again, empty, on the same port.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&mut self) {
        self.running = None;
        let log = self.folder.path().join("log");
        let mut command = vec![program::find("redis-server", &[]).display().to_string()];
        let own =
            ["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        command.extend(own.map(str::to_owned));
        command.extend(["--dir".to_owned(), self.folder.path().display().to_string()]);
        command.extend(self.settings.iter().cloned());
        let mut running = Guarded::start("Redis", "TERM", &command, &log);
        running.wait_for_port(self.port, &log);
        self.running = Some(running);
    }

    /// Runs a command so many times from 50 connections, `__rand_int__` in it being a number each time.
    ///
    /// # Panics
    /// Where `redis-benchmark` fails.
    pub fn benchmark(&self, times: u64, command: &[&str]) {
        let mut program = Command::new(program::find("redis-benchmark", &[]));
        program.args(["-p", &self.port.to_string(), "-c", "50", "-n", &times.to_string()]);
        let output = program.args(["-r", "1000000000", "--csv"]).args(command).output().expect("it runs");
        assert!(output.status.success(), "{output:?}");
    }

    /// Runs a command as an operator would with `redis-cli`, and gives its output.
    ///
    /// # Panics
    /// Where it fails.
    pub fn cli(&self, arguments: &[&str]) -> String {
        let output = cli(self.port, arguments);
        assert!(output.status.success(), "redis-cli {arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

fn cli(port: u16, arguments: &[&str]) -> Output {
    let program: PathBuf = program::find("redis-cli", &[]);
    Command::new(program).args(["-p", &port.to_string()]).args(arguments).output().expect("redis-cli runs")
}

/// A private Redis Cluster of three masters with a replica each.
pub struct RedisCluster {
    nodes: Vec<Redis>,
}

impl RedisCluster {
    /// Starts the nodes and joins them.
    ///
    /// # Panics
    /// Where Redis is not installed or the cluster does not come together.
    #[must_use]
    pub fn start() -> Self {
        let settings = [
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            "1000",
            "--cluster-replica-validity-factor",
            "0",
        ];
        let nodes: Vec<Redis> = (0..MASTERS * 2).map(|_| Redis::start_with(&settings)).collect();
        let addresses: Vec<String> = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        let mut create = vec!["--cluster", "create"];
        create.extend(addresses.iter().map(String::as_str));
        create.extend(["--cluster-replicas", "1", "--cluster-yes"]);
        nodes[0].cli(&create);
        let cluster = Self { nodes };
        cluster.wait_until_whole();
        cluster
    }

    /// Its nodes; some are masters, the others their replicas.
    #[must_use]
    pub fn nodes(&self) -> &[Redis] {
        &self.nodes
    }

    /// URLs of its nodes.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(Redis::url).collect()
    }

    /// The node that serves a key.
    ///
    /// # Panics
    /// Where none does.
    #[must_use]
    pub fn master_of(&self, key: &str) -> usize {
        let slot: usize = self.alive().cli(&["cluster", "keyslot", key]).parse().expect("a slot number");
        assert!(slot < SLOTS);
        let began = Instant::now();
        let serving = loop {
            let shards = self.alive().cli(&["cluster", "nodes"]);
            if let Some(serving) = shards.lines().find(|line| serves(line, slot)) {
                break serving.to_owned();
            }
            // A master that has just ended is followed by its replica within seconds.
            assert!(began.elapsed() < Duration::from_secs(30), "slot {slot} is not served");
            std::thread::sleep(Duration::from_millis(50));
        };
        let port = serving.split([':', '@']).nth(1).expect("a line names host and port").to_owned();
        self.nodes.iter().position(|node| node.port.to_string() == port).expect("the node is ours")
    }

    /// Stops a node.
    pub fn stop(&mut self, node: usize) {
        self.nodes[node].stop();
    }

    /// Starts a node again.
    pub fn restart(&mut self, node: usize) {
        self.nodes[node].restart();
    }

    /// Waits until every slot is served.
    ///
    /// # Panics
    /// Where that does not come about within half a minute.
    pub fn wait_until_whole(&self) {
        let began = Instant::now();
        while !self.alive().cli(&["cluster", "info"]).contains("cluster_state:ok") {
            assert!(began.elapsed() < Duration::from_secs(30), "the cluster does not come together");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until every slot is served and every replica has what its master has.
    ///
    /// # Panics
    /// As [`wait_until_whole`](Self::wait_until_whole).
    pub fn wait_until_copied(&self) {
        self.wait_until_whole();
        let began = Instant::now();
        let copied = |node: &Redis| {
            let said = node.cli(&["info", "replication"]);
            !said.contains("role:slave") || said.contains("master_link_status:up")
        };
        while !self.nodes.iter().filter(|node| node.running.is_some()).all(copied) {
            assert!(began.elapsed() < Duration::from_secs(30), "the replicas do not come up");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn alive(&self) -> &Redis {
        self.nodes.iter().find(|node| node.running.is_some()).expect("a node runs")
    }
}

/// Whether a line of `CLUSTER NODES` is a master's that serves the slot.
fn serves(line: &str, slot: usize) -> bool {
    let fields: Vec<&str> = line.split(' ').collect();
    let healthy = fields.get(2).is_some_and(|flags| flags.contains("master") && !flags.contains("fail"));
    healthy
        && fields.iter().skip(8).any(|range| {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            matches!((from.parse::<usize>(), to.parse::<usize>()), (Ok(from), Ok(to)) if (from..=to).contains(&slot))
        })
}
