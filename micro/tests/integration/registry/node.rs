//! Nodes: each with a runtime of its own, so that it can die like a process.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use contract::order::order_service_client::OrderServiceClient;
use micro::registry::{RegistryKind, Serving};
use micro::{Channel, Clock, Kit, ListenConfig, RegistryConfig, Service};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use super::callee::Callee;

/// What the processes of one system share.
const SECRET: &[u8] = b"a secret that only these tests share";
/// Short, so that tests need not wait long for what depends on it.
pub const TTL: Duration = Duration::from_secs(3);

static STARTED: AtomicUsize = AtomicUsize::new(0);

/// Settings of a process that finds others in these Consuls.
pub fn config(consul: &[String]) -> RegistryConfig {
    RegistryConfig {
        kind: RegistryKind::Consul,
        address: consul.to_vec(),
        ttl_ms: u64::try_from(TTL.as_millis()).unwrap(),
        ..RegistryConfig::default()
    }
}

/// A process that calls others, in the test's own runtime.
pub struct Caller {
    pub kit: Kit,
    _dir: TempDir,
}

impl Caller {
    pub fn new(consul: &[String]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let kit =
            Kit::with_registry("gateway", SECRET, dir.path(), Clock::system(), &config(consul)).unwrap();
        Self { kit, _dir: dir }
    }

    /// A client of the service that nodes offer.
    pub fn orders(&self) -> OrderServiceClient<Channel> {
        OrderServiceClient::new(self.kit.registry.channel("order"))
    }

    /// Waits until it knows this many nodes.
    pub async fn knows(&self, count: usize) {
        let began = std::time::Instant::now();
        loop {
            let versions = self.kit.registry.versions("order").await.unwrap_or_default();
            if versions.iter().map(|version| version.nodes.len()).sum::<usize>() == count {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{count} nodes are not known: {versions:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A process with one service.
pub struct Node {
    pub callee: Callee,
    pub name: String,
    pub address: SocketAddr,
    stop: CancellationToken,
    running: Option<(Runtime, Serving)>,
    _dir: TempDir,
}

impl Node {
    /// Starts the service `order`.
    pub async fn start(consul: &[String]) -> Self {
        let consul = consul.to_vec();
        // Runtimes are not made within runtimes.
        tokio::task::spawn_blocking(move || Self::start_blocking(&consul)).await.unwrap()
    }

    fn start_blocking(consul: &[String]) -> Self {
        let name = format!("node-{}", STARTED.fetch_add(1, Ordering::SeqCst));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (dir, stop) = (tempfile::tempdir().unwrap(), CancellationToken::new());
        let callee = Callee::new(&name);
        let serving = runtime.block_on(async {
            let kit =
                Kit::with_registry(&name, SECRET, dir.path(), Clock::system(), &config(consul)).unwrap();
            let service = Service::new("order").unwrap().add(callee.clone()).await;
            let listen = ListenConfig { listen: "127.0.0.1:0".to_owned(), ..ListenConfig::default() };
            kit.serve(&service, &listen, stop.clone()).await.unwrap()
        });
        let address = serving.address();
        Self { callee, name, address, stop, running: Some((runtime, serving)), _dir: dir }
    }

    /// Ends as a process does that is told to.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let (runtime, serving) = self.running.take().unwrap();
        tokio::task::spawn_blocking(move || runtime.block_on(serving.ended())).await.unwrap();
    }

    /// Ends as a process does that is killed: nothing is said to anybody.
    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some((runtime, _)) = self.running.take() {
            runtime.shutdown_background();
        }
    }
}
