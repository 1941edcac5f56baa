//! The whole system in one process.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use gateway::Gateway;
use micro::{Clock, Kit, Service, StartError};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::data_dir::{self, DataDirError, Lock};

/// The process's name in its service tokens.
pub(crate) const PROCESS_NAME: &str = "marquee";
/// How long background work may take to end: a round of cleaning is far shorter.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long databases may take to close: what is not closed by then is safe all
/// the same, it only makes the next start look at its log.
const CLOSING: Duration = Duration::from_secs(1);

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
        match start_parts(&kit, config).await {
            Ok(gateway) => Ok(Self { kit, gateway, lock }),
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
        shut_down(&self.kit).await;
        drop(self.lock);
    }
}

/// A kit on the configured data folder.
pub(crate) fn kit(config: &Config, clock: Clock) -> Result<Kit, DataDirError> {
    let secret = data_dir::shared_secret(&config.secret, &config.data_dir)?;
    Ok(Kit::new(PROCESS_NAME, secret.reveal().as_bytes(), &config.data_dir, clock))
}

/// Ends the background work, and lets go of the services so that their databases close.
pub(crate) async fn shut_down(kit: &Kit) {
    if !kit.tasks.shut_down(PATIENCE).await {
        tracing::warn!(patience = ?PATIENCE, "background work was still going on at the end");
    }
    kit.registry.clear();
    data_dir::closed(&kit.data_dir, CLOSING).await;
}

async fn start_parts(kit: &Kit, config: &Config) -> Result<Gateway, SystemError> {
    // The gateway first: its port may be chosen by the system, and the sandbox calls back there.
    let gateway = part("gateway", gateway::start(kit, config.gateway.clone()).await)?;
    let mut order = config.order.clone();
    order.sandbox.webhook_url.get_or_insert_with(|| webhook_url(reachable(gateway.address())));
    let (user, film, order) = tokio::join!(
        service_user::start(kit, &config.user),
        service_film::start(kit, &config.film),
        service_order::start(kit, &order),
    );
    for service in [part("user service", user)?, part("film service", film)?, part("order service", order)?] {
        kit.register(&service);
    }
    Ok(gateway)
}

fn part<T>(part: &'static str, started: Result<T, StartError>) -> Result<T, SystemError> {
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
fn reachable(address: SocketAddr) -> SocketAddr {
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
