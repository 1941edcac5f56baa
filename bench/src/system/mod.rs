//! The system under load: every service and the gateway, behind ports of their own.

mod buyers;
mod catalogue;
mod preload;
mod stock;

pub use buyers::{anybody, open_accounts};
pub use catalogue::{Catalogue, SEATS};
pub use preload::preload;
pub use stock::{SoldOut, Stock, Unpaid, Unpaids};

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;
use http::Request;
use micro::server::{Entry, Limits};
use micro::{Clock, Kit};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::engines::Engines;

/// Long enough that no order, token or hold ends during a run.
const DAY_MINUTES: u32 = 24 * 60;
/// How long the system may take to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running system.
pub struct System {
    /// What its parts share.
    pub kit: Kit,
    /// The order service, gRPC.
    pub order: SocketAddr,
    /// The film service, gRPC.
    pub film: SocketAddr,
    /// The gateway.
    pub gateway: SocketAddr,
    dir: PathBuf,
    stop: CancellationToken,
    serving: TaskTracker,
}

impl System {
    /// Starts everything in a folder, or on these servers, on the runtime this is called in.
    ///
    /// Durability is as always. What differs from the defaults is named in [`order_config`] and beside it.
    ///
    /// # Errors
    /// The part that does not start.
    pub async fn start(dir: &Path, engines: Option<&Engines>) -> anyhow::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let kit = Kit::new("bench", b"a secret of the load generator", dir, Clock::system());
        let gateway = gateway::start(&kit, gateway_config()).await?;
        let gateway_address = gateway.address();
        let (mut user, mut film, mut order) =
            (user_config(), service_film::Config::default(), order_config());
        if let Some(engines) = engines {
            engines.configure(&mut user, &mut film, &mut order);
        }
        let user = service_user::start(&kit, &user).await?;
        let film = service_film::start(&kit, &film).await?;
        let order = service_order::start(&kit, &order).await?;
        let (stop, serving) = (CancellationToken::new(), TaskTracker::new());
        kit.register(&user);
        let film = serve(kit.register(&film), &stop, &serving).await?;
        let order = serve(kit.register(&order), &stop, &serving).await?;
        serving.spawn(gateway.serve(stop.clone()));
        Ok(Self { kit, order, film, gateway: gateway_address, dir: dir.to_owned(), stop, serving })
    }

    /// The file orders are in.
    #[must_use]
    pub fn order_file(&self) -> PathBuf {
        self.dir.join("order.db")
    }

    /// Ends everything and closes the databases.
    pub async fn stop(self) {
        self.stop.cancel();
        self.serving.close();
        // What does not end in time ends with the process.
        let _ = tokio::time::timeout(PATIENCE, self.serving.wait()).await;
        self.kit.tasks.shut_down(PATIENCE).await;
        self.kit.registry.clear();
        self.kit.closing.close(PATIENCE).await;
    }
}

/// Holds do not end during a run. The limit of unpaid orders is as always; staff have none.
/// The crowd has no accounts: it stands for customers, who are not looked up either.
fn order_config() -> service_order::Config {
    let hold_ms = DAY_MINUTES * 60 * 1000;
    service_order::Config { hold_ms, buyers_must_exist: false, ..service_order::Config::default() }
}

/// Tokens last, and passwords that nobody types are hashed cheaply.
fn user_config() -> service_user::Config {
    let mut config = service_user::Config::default();
    config.tokens.access_minutes = DAY_MINUTES;
    config.passwords.memory_kib = 8;
    config.passwords.iterations = 1;
    config.attempts.registration_free = u32::MAX;
    config
}

/// Any port, and no limit for the one address all calls come from.
fn gateway_config() -> gateway::Config {
    let mut config = gateway::Config { listen: "127.0.0.1:0".to_owned(), ..gateway::Config::default() };
    config.rate.per_second = 0;
    config.limits.max_connections_per_address = 0;
    config
}

/// Serves one service on a port of its own.
async fn serve(entry: Entry, stop: &CancellationToken, serving: &TaskTracker) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let entry = entry.map_request(|request: Request<axum::body::Body>| request.map(tonic::body::Body::new));
    let router = Router::new().fallback_service(entry);
    let limits = Limits { max_connections_per_address: 0, ..Limits::default() };
    serving.spawn(micro::server::serve(listener, router, limits, stop.clone()));
    Ok(address)
}
