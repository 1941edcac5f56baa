//! A service on a port of its own, where others find it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use axum::Router;
use http::{Request, Uri};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::{RegistryConfig, Remote};
use crate::consul::{Registered, Registration};
use crate::server::{self, Limits};
use crate::{Kit, Service, StartError};

/// Version of the services, as others see it.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where a service listens.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListenConfig {
    /// Address and port; port 0 takes any free one.
    pub listen: String,
    /// Limits of the port.
    pub limits: Limits,
}

impl Default for ListenConfig {
    fn default() -> Self {
        Self { listen: "0.0.0.0:0".to_owned(), limits: Limits::default() }
    }
}

/// A service that is being served.
pub struct Serving {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Serving {
    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until it has been told to stop, has left the registry and has ended its requests.
    pub async fn ended(self) {
        if let Err(error) = self.task.await {
            tracing::error!(%error, "a service's port has failed");
        }
    }
}

impl Kit {
    /// Makes a service callable in this process and on a port of its own, and
    /// registers it where others find it.
    ///
    /// Told to `stop`, it leaves the registry first, still takes the calls of those
    /// who have not noticed, and then ends those that are open.
    ///
    /// # Errors
    /// A port that cannot be listened on, an address that cannot be advertised.
    /// A Consul that is away is none: the service is registered when it comes back.
    pub async fn serve(
        &self,
        service: &Service,
        config: &ListenConfig,
        stop: CancellationToken,
    ) -> Result<Serving, StartError> {
        let listening = |error| StartError::new(format!("cannot listen on {}: {error}", config.listen));
        let listener = TcpListener::bind(&config.listen).await.map_err(listening)?;
        let address = listener.local_addr().map_err(listening)?;
        let registration = match &self.registry.remote {
            Some(remote) => Some((remote.client.clone(), remote.registration(service.name(), address)?)),
            None => None,
        };
        let entry = self.register(service);
        let entry =
            entry.map_request(|request: Request<axum::body::Body>| request.map(tonic::body::Body::new));
        let router = Router::new().fallback_service(entry);
        let ending = CancellationToken::new();
        let port = tokio::spawn(server::serve(listener, router, config.limits.clone(), ending.clone()));
        let mut registered =
            registration.map(|(client, registration)| Registered::keep(client, registration));
        if let Some(registered) = &mut registered {
            registered.is_known().await;
        }
        let farewell = service.farewell();
        let task = tokio::spawn(async move {
            stop.cancelled().await;
            if let Some(registered) = registered {
                registered.withdraw().await;
            }
            farewell.say().await;
            // Others learn of it within milliseconds; what they send until then is still taken.
            ending.cancel();
            if let Err(error) = port.await {
                tracing::error!(%error, "a service's port has failed");
            }
        });
        Ok(Serving { address, task })
    }
}

impl Remote {
    fn registration(&self, service: &str, listening: SocketAddr) -> Result<Registration, StartError> {
        let (host, port) = advertised(&self.config, listening, self.client.address())?;
        let ttl = Duration::from_millis(self.config.ttl_ms);
        Registration::new(service, VERSION, &host, port, ttl).map_err(StartError::new)
    }
}

/// What others call a process at that listens there.
fn advertised(
    config: &RegistryConfig,
    listening: SocketAddr,
    consul: &Uri,
) -> Result<(String, u16), StartError> {
    let (host, port) = config.advertised()?;
    let own = || if listening.ip().is_unspecified() { address_towards(consul) } else { listening.ip() };
    Ok((host.unwrap_or_else(|| own().to_string()), port.unwrap_or(listening.port())))
}

/// The address this machine has in the network where Consul is; nothing is sent.
fn address_towards(consul: &Uri) -> IpAddr {
    let target =
        (consul.host().unwrap_or("127.0.0.1").trim_matches(['[', ']']), consul.port_u16().unwrap_or(8500));
    let find = |own: &str| {
        let socket = UdpSocket::bind((own, 0))?;
        socket.connect(target)?;
        Ok::<_, std::io::Error>(socket.local_addr()?.ip())
    };
    find("0.0.0.0").or_else(|_| find("::")).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_advertised_and_otherwise_what_is_listened_on() {
        let consul: Uri = "http://127.0.0.1:8500".parse().unwrap();
        for (set, listening, host, port) in [
            ("", "192.0.2.7:9001", "192.0.2.7", 9001),
            ("", "0.0.0.0:9001", "127.0.0.1", 9001),
            ("film-1", "0.0.0.0:9001", "film-1", 9001),
            ("10.0.0.5:80", "0.0.0.0:9001", "10.0.0.5", 80),
        ] {
            let config = RegistryConfig { advertise: set.to_owned(), ..RegistryConfig::default() };
            let found = advertised(&config, listening.parse().unwrap(), &consul).unwrap();
            assert_eq!(found, (host.to_owned(), port));
        }
    }
}
