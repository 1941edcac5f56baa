//! The parts of the system that run in this process: all of them, or one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use gateway::Gateway;
use micro::registry::{RegistryKind, Serving};
use micro::{Clock, Kit, Service, StartError};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::data_dir::{self, DataDirError, Lock};

/// The process's name in its service tokens.
pub(crate) const PROCESS_NAME: &str = "marquee";
/// How long background work may take to end: a round of cleaning is far shorter.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long databases may take to close, which on a slow disk is a matter of seconds.
const CLOSING: Duration = Duration::from_secs(10);

/// Why the system did not start.
#[derive(Debug, Error)]
pub enum SystemError {
    /// The data folder.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// One of its parts.
    #[error("the {part} did not start")]
    Part {
        /// Which.
        part: &'static str,
        /// Why.
        #[source]
        cause: StartError,
    },
}

/// All services and the gateway, started in this process.
pub struct System {
    kit: Kit,
    gateway: Gateway,
    lock: Lock,
    /// Services that also have ports of their own, where others find them.
    ports: Vec<Serving>,
    stop_ports: CancellationToken,
}

impl System {
    /// Starts everything on the configured data; requests are answered from [`serve`](Self::serve) on.
    ///
    /// # Errors
    /// A data folder that another server uses, or the part that does not start and why.
    pub async fn start(config: &Config, clock: Clock) -> Result<Self, SystemError> {
        data_dir::prepare(&config.data_dir)?;
        let lock = Lock::take(&config.data_dir)?;
        let kit = kit(config, clock)?;
        let stop_ports = CancellationToken::new();
        match start_parts(&kit, config, &stop_ports).await {
            Ok((gateway, ports)) => Ok(Self { kit, gateway, lock, ports, stop_ports }),
            Err(error) => {
                shut_down(&kit).await;
                Err(error)
            }
        }
    }

    /// What the parts share.
    #[must_use]
    pub fn kit(&self) -> &Kit {
        &self.kit
    }

    /// Where requests of this machine go: the gateway's address, with a number even if none was set.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        reachable(self.gateway.address())
    }

    /// Answers requests until told to stop; then lets open ones end, ends the
    /// background work and closes the databases.
    pub async fn serve(self, stop: CancellationToken) {
        self.gateway.serve(stop).await;
        self.stop_ports.cancel();
        for port in self.ports {
            port.ended().await;
        }
        shut_down(&self.kit).await;
        drop(self.lock);
    }
}

/// A kit on the configured data folder.
pub(crate) fn kit(config: &Config, clock: Clock) -> Result<Kit, SystemError> {
    let secret = data_dir::shared_secret(&config.secret, &config.data_dir)?;
    let secret = secret.reveal().as_bytes();
    part("registry", Kit::with_registry(PROCESS_NAME, secret, &config.data_dir, clock, &config.registry))
}

/// Ends the background work, lets go of the services, and closes their databases.
pub(crate) async fn shut_down(kit: &Kit) {
    if !kit.tasks.shut_down(PATIENCE).await {
        tracing::warn!(patience = ?PATIENCE, "background work was still going on at the end");
    }
    kit.registry.clear();
    kit.closing.close(CLOSING).await;
}

async fn start_parts(
    kit: &Kit,
    config: &Config,
    stop: &CancellationToken,
) -> Result<(Gateway, Vec<Serving>), SystemError> {
    // The gateway first: its port may be chosen by the system, and the sandbox calls back there.
    let gateway = part("gateway", gateway::start(kit, config.gateway.clone()).await)?;
    let order = calling_back(&config.order, gateway.address());
    let (user, film, order) = tokio::join!(
        service_user::start(kit, &config.user),
        service_film::start(kit, &config.film),
        service_order::start(kit, &order),
    );
    let services = [
        (part("user service", user)?, &config.ports.user),
        (part("film service", film)?, &config.ports.film),
        (part("order service", order)?, &config.ports.order),
    ];
    let mut ports = Vec::new();
    for (service, listen) in services {
        if config.registry.kind == RegistryKind::Embedded {
            kit.register(&service);
        } else {
            ports.push(part("port of a service", kit.serve(&service, listen, stop.clone()).await)?);
        }
    }
    Ok((gateway, ports))
}

/// The order service's settings with the address that the sandbox calls back at.
pub(crate) fn calling_back(config: &service_order::Config, gateway: SocketAddr) -> service_order::Config {
    let mut config = config.clone();
    config.sandbox.webhook_url.get_or_insert_with(|| webhook_url(reachable(gateway)));
    config
}

pub(crate) fn part<T>(part: &'static str, started: Result<T, StartError>) -> Result<T, SystemError> {
    started.map_err(|cause| SystemError::Part { part, cause })
}

pub(crate) async fn start_user(kit: &Kit, config: &Config) -> Result<Service, SystemError> {
    part("user service", service_user::start(kit, &config.user).await)
}

pub(crate) async fn start_film(kit: &Kit, config: &Config) -> Result<Service, SystemError> {
    part("film service", service_film::start(kit, &config.film).await)
}

fn webhook_url(gateway: SocketAddr) -> String {
    format!("http://{gateway}/v1/payments/webhooks/{}", service_order::provider::sandbox::NAME)
}

/// Who listens on all addresses is reached on the machine's own.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn an_address_of_all_becomes_one_that_can_be_called() {
        for (listening, reached) in
            [("0.0.0.0:8080", "127.0.0.1:8080"), ("[::]:8080", "[::1]:8080"), ("192.0.2.1:1", "192.0.2.1:1")]
        {
            assert_eq!(reachable(listening.parse().unwrap()).to_string(), reached);
        }
    }
}
