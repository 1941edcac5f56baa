//! Where services are, in this process or elsewhere, and how to call them.

mod channel;
mod config;
mod listen;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::admin::Health;
use crate::auth::ServiceTokens;
use crate::consul::{Client, Discovery};
use crate::server::Entry;
use crate::{Problem, Service, StartError, Tasks};

pub use crate::consul::{Instanced, Version, look};
pub use channel::Channel;
pub use config::{RegistryConfig, RegistryKind, RegistryToken};
pub use listen::{ListenConfig, Serving};

/// Header with the token between services.
pub const SERVICE_TOKEN: &str = "x-marquee-service";
/// Header with the client's address, believed only beside a good service token.
pub const CLIENT_ADDRESS: &str = "x-marquee-client";

/// The services this process knows.
///
/// A service of this process is called directly; any other is looked up in
/// Consul, where that is configured.
#[derive(Clone)]
pub struct Registry {
    local: Arc<ArcSwap<HashMap<String, Entry>>>,
    tokens: Arc<ServiceTokens>,
    remote: Option<Arc<Remote>>,
}

/// What is needed for services elsewhere, and to be found by them.
struct Remote {
    config: RegistryConfig,
    client: Arc<Client>,
    discovery: Arc<Discovery>,
}

impl Registry {
    /// A registry of the services of this process alone, whose calls carry its service token.
    #[must_use]
    pub fn new(tokens: Arc<ServiceTokens>) -> Self {
        Self { local: Arc::default(), tokens, remote: None }
    }

    /// A registry as configured; `tasks` keep it up to date.
    ///
    /// # Errors
    /// A configuration that cannot work. Whether Consul is there is found out later.
    pub fn configured(
        tokens: Arc<ServiceTokens>,
        config: &RegistryConfig,
        tasks: &Tasks,
    ) -> Result<Self, StartError> {
        config.check()?;
        let mut registry = Self::new(tokens);
        if config.kind == RegistryKind::Consul {
            let client = Arc::new(Client::new(config.addresses()?, config.token_header()?));
            let ttl = Duration::from_millis(config.ttl_ms);
            let discovery = Discovery::new(client.clone(), tasks.clone(), ttl);
            registry.remote = Some(Arc::new(Remote { config: config.clone(), client, discovery }));
        }
        Ok(registry)
    }

    /// Makes a service of this process callable under its name.
    pub fn register(&self, service: &Service, entry: &Entry) {
        self.local.rcu(|known| {
            let mut known = HashMap::clone(known);
            known.insert(service.name().to_owned(), entry.clone());
            known
        });
    }

    /// Forgets the services of this process, so that they can end and close what they hold.
    pub fn clear(&self) {
        self.local.store(Arc::default());
    }

    /// Names of the services that can be called, in order.
    ///
    /// With Consul the first question begins to follow the names there; answers
    /// have them from a moment later on. Must be called in a Tokio runtime then.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names: BTreeSet<String> = self.local.load().keys().cloned().collect();
        if let Some(remote) = &self.remote {
            names.extend(remote.discovery.names().iter().cloned());
        }
        names.into_iter().collect()
    }

    /// The nodes of a service elsewhere, by their versions; none where the registry is embedded.
    ///
    /// # Errors
    /// `SERVICE_UNAVAILABLE` where Consul has not told yet.
    pub async fn versions(&self, service: &str) -> Result<Vec<Version>, Problem> {
        match &self.remote {
            Some(remote) => Ok(remote.discovery.versions(service).await?.to_vec()),
            None => Ok(Vec::new()),
        }
    }

    /// A way to call a service; it is looked up at each call, so the order of starting does not matter.
    #[must_use]
    pub fn channel(&self, service: &str) -> Channel {
        Channel::new(self.clone(), service)
    }

    /// Adds Consul to what the process depends on. It goes on with the nodes it knows without it.
    pub(crate) fn watch_health(&self, health: &Health) {
        let Some(remote) = self.remote.clone() else { return };
        let check = move || {
            let client = remote.client.clone();
            Box::pin(async move { client.knows_a_leader().await.map_err(|error| error.to_string()) }) as _
        };
        health.add("consul", false, Box::new(check));
    }

    fn find(&self, service: &str) -> Option<Entry> {
        self.local.load().get(service).cloned()
    }
}
