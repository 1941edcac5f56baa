//! Who this process is, to those who receive what it tells.

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;

use crate::trace::TraceConfig;

/// Services of one system are a group of this name in SkyWalking, and a namespace elsewhere.
pub const NAMESPACE: &str = "marquee";

/// Who this process is, where nothing is configured.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The part it runs: `gateway`, `order`, `all`.
    pub part: String,
    /// The product's version.
    pub version: &'static str,
}

/// Who this process is, for all that it sends.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its service.
    pub service: String,
    /// What no other process of its service has.
    pub instance: String,
    /// The product's version.
    pub version: &'static str,
}

impl Named {
    /// As configured, or else made up.
    #[must_use]
    pub fn new(config: &TraceConfig, identity: &Identity) -> Self {
        let service = if config.service.is_empty() { &identity.part } else { &config.service };
        Self { service: service.clone(), instance: instance(config), version: identity.version }
    }

    /// The same for the SDK.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::builder_empty()
            .with_attributes([
                KeyValue::new("service.name", self.service.clone()),
                KeyValue::new("service.namespace", NAMESPACE),
                KeyValue::new("service.instance.id", self.instance.clone()),
                KeyValue::new("service.version", self.version),
            ])
            .build()
    }
}

/// What is configured, or something that no other process has.
fn instance(config: &TraceConfig) -> String {
    if !config.instance.is_empty() {
        return config.instance.clone();
    }
    let host = std::env::var("HOSTNAME").ok().filter(|host| !host.is_empty());
    format!("{}@{}", rand::random::<u32>(), host.as_deref().unwrap_or("localhost"))
}
