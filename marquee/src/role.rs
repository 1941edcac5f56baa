//! One part of the system in a process of its own, found by the others through the registry.

use std::net::SocketAddr;

use gateway::Gateway;
use micro::registry::{RegistryKind, Serving};
use micro::{Clock, Kit, StartError};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::data_dir::{self, Lock};
use crate::system::{self, SystemError, part, reachable};

/// What a process can be besides everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The edge.
    Gateway,
    /// The user service.
    User,
    /// The film service.
    Film,
    /// The order service.
    Order,
}

impl Role {
    /// Its name at the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::User => "user",
            Self::Film => "film",
            Self::Order => "order",
        }
    }
}

enum Running {
    Gateway(Gateway),
    Service(Serving),
}

/// A part that runs in this process.
pub struct Part {
    kit: Kit,
    running: Running,
    stop_port: CancellationToken,
    _lock: Option<Lock>,
}

impl Part {
    /// Starts one part; requests are answered from [`serve`](Self::serve) on.
    ///
    /// # Errors
    /// A registry that is embedded, since nobody would find the part; or what does not start and why.
    pub async fn start(role: Role, config: &Config, clock: Clock) -> Result<Self, SystemError> {
        if config.registry.kind == RegistryKind::Embedded {
            let cause = "a part in a process of its own is found through Consul: set registry.kind to consul";
            return Err(SystemError::Part { part: "registry", cause: StartError::new(cause) });
        }
        data_dir::prepare(&config.data_dir)?;
        // An embedded gate knows what its own process sold, so there must be no other one.
        let alone =
            role == Role::Order && config.order.gate.kind == service_order::config::GateKind::Embedded;
        let lock = if alone { Some(Lock::take(&config.data_dir)?) } else { None };
        let kit = system::kit(config, clock)?;
        let stop_port = CancellationToken::new();
        match start(role, &kit, config, &stop_port).await {
            Ok(running) => Ok(Self { kit, running, stop_port, _lock: lock }),
            Err(error) => {
                system::shut_down(&kit).await;
                Err(error)
            }
        }
    }

    /// What it shares with the rest of the process.
    #[must_use]
    pub fn kit(&self) -> &Kit {
        &self.kit
    }

    /// Where it listens, as it is called from this machine.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        reachable(match &self.running {
            Running::Gateway(gateway) => gateway.address(),
            Running::Service(serving) => serving.address(),
        })
    }

    /// Answers requests until told to stop; then leaves the registry, lets open
    /// requests end, and ends the background work.
    pub async fn serve(self, stop: CancellationToken) {
        match self.running {
            Running::Gateway(gateway) => gateway.serve(stop).await,
            Running::Service(serving) => {
                stop.cancelled().await;
                self.stop_port.cancel();
                serving.ended().await;
            }
        }
        system::shut_down(&self.kit).await;
    }
}

async fn start(
    role: Role,
    kit: &Kit,
    config: &Config,
    stop: &CancellationToken,
) -> Result<Running, SystemError> {
    let (service, listen) = match role {
        Role::Gateway => {
            return Ok(Running::Gateway(part("gateway", gateway::start(kit, config.gateway.clone()).await)?));
        }
        Role::User => (system::start_user(kit, config).await?, &config.ports.user),
        Role::Film => (system::start_film(kit, config).await?, &config.ports.film),
        Role::Order => (start_order(kit, config).await?, &config.ports.order),
    };
    Ok(Running::Service(part("port", kit.serve(&service, listen, stop.clone()).await)?))
}

async fn start_order(kit: &Kit, config: &Config) -> Result<micro::Service, SystemError> {
    // A gateway on this machine is a good guess; others are named by `order.sandbox.webhook_url`.
    let order = match config.gateway.listen.parse::<SocketAddr>() {
        Ok(gateway) if gateway.port() != 0 => system::calling_back(&config.order, gateway),
        _ => config.order.clone(),
    };
    part("order service", service_order::start(kit, &order).await)
}
