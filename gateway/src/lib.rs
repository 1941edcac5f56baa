//! The edge: HTTP and gRPC in, routing, limits, API documents.
//!
//! One port takes everything a client may call:
//!
//! - JSON by `POST /{service}/{Service}/{Method}` or `POST /{service}/{Method}`,
//!   for the contract's services and, through gRPC reflection, any other in the registry;
//! - JSON by the REST paths of the `google.api.http` annotations;
//! - gRPC and gRPC-Web, passed on without decoding;
//! - documents (`/openapi.json`, `/docs`) and health (`/healthz`, `/readyz`).
//!
//! The way of a request: `edge` finds out who asks and how often, `directory`
//! what the path means, `transcode` turns JSON into protobuf, and the service,
//! which alone decides who may do what, is called. The client's address goes
//! along, so that the call has the client's rights and not the gateway's.

pub mod config;
pub mod openapi;

mod directory;
mod edge;
mod grpc;
mod layers;
mod limits;
mod metrics;
mod status;
mod transcode;

use std::net::SocketAddr;
use std::sync::Arc;

use micro::{Kit, StartError};
use prost_reflect::DescriptorPool;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use config::Config;

use directory::Directory;
use edge::{Pages, State};
use grpc::Readiness;
use limits::{Memory, Proxies, Rate};
use web::Site;

/// A gateway that listens and is ready to serve.
pub struct Gateway {
    listener: TcpListener,
    address: SocketAddr,
    state: Arc<State>,
}

/// Compiles the contract and opens the port.
///
/// Services may start before or after: they are looked up at each call.
///
/// # Errors
/// A setting that cannot be used, or an address that cannot be listened on.
pub async fn start(kit: &Kit, config: Config) -> Result<Gateway, StartError> {
    config.check()?;
    let pool = DescriptorPool::decode(contract::DESCRIPTORS).map_err(StartError::new)?;
    // The first question begins to follow the names of services elsewhere.
    let _ = kit.registry.names();
    let closing = CancellationToken::new();
    let required = config.required_services.clone();
    let readiness = Arc::new(Readiness::new(kit.registry.clone(), required, closing.clone()));
    readiness.watch(&kit.health);
    let state = State {
        directory: Directory::new(&pool, &kit.registry)?,
        registry: kit.registry.clone(),
        verifier: kit.verifier.clone(),
        proxies: Proxies::new(&config.trusted_proxies).map_err(StartError::new)?,
        rate: Rate::new(&config.rate),
        memory: Memory::new(config.max_buffered_bytes),
        site: site(kit, &config, &closing),
        pages: Pages::new(&pool, config.public_url.as_deref()),
        own: grpc::routes(&readiness)?,
        readiness,
        closing,
        config,
    };
    let cannot = |error| StartError::new(format!("cannot listen on {}: {error}", state.config.listen));
    let listener = TcpListener::bind(&state.config.listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    Ok(Gateway { listener, address, state: Arc::new(state) })
}

/// The site, where it is wanted.
fn site(kit: &Kit, config: &Config, closing: &CancellationToken) -> Option<Site> {
    let mut site = config.site.clone();
    site.secure_cookies |= config.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    site.enabled
        .then(|| Site::new(&kit.registry, kit.verifier.clone(), kit.clock.clone(), site, closing.clone()))
}

impl Gateway {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until told to stop; then streams end and open requests are answered.
    pub async fn serve(self, stop: CancellationToken) {
        let limits = self.state.config.limits.clone();
        let closing = self.state.closing.clone();
        let router = layers::router(&self.state);
        let end_streams = async {
            stop.cancelled().await;
            closing.cancel();
        };
        tokio::join!(micro::server::serve(self.listener, router, limits, stop.clone()), end_streams);
    }
}
