//! Where OTLP is spoken to.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::otlp;
use crate::BoxError;

/// What takes OTLP.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OtlpConfig {
    /// Such as `http://127.0.0.1:4317`, over HTTP `http://127.0.0.1:4318`; none where empty.
    pub address: String,
    /// How it is spoken to.
    pub protocol: OtlpProtocol,
    /// Headers it wants, such as an API key.
    pub headers: BTreeMap<String, String>,
}

impl OtlpConfig {
    /// Whether there is anywhere to send to.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.address.is_empty()
    }

    /// Whether it can be spoken to, as far as can be told without trying. `key` is where it
    /// stands in the configuration.
    ///
    /// # Errors
    /// A setting that cannot be used, named.
    pub(crate) fn check(&self, key: &str) -> Result<(), BoxError> {
        if self.is_on() { otlp::check(self, key) } else { Ok(()) }
    }
}

impl fmt::Debug for OtlpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, protocol, headers } = self;
        let names: Vec<_> = headers.keys().collect();
        f.debug_struct("OtlpConfig")
            .field("address", address)
            .field("protocol", protocol)
            .field("headers", &names)
            .finish()
    }
}

/// How a receiver of OTLP is spoken to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OtlpProtocol {
    /// Over gRPC.
    #[default]
    Grpc,
    /// Over HTTP, in Protobuf.
    Http,
}

crate::choices!(OtlpProtocol { "grpc" => Grpc, "http" => Http });

/// Metrics sent more often than this would be a load of their own.
const SHORTEST_MS: u64 = 100;

/// Metrics that are sent somewhere; Prometheus asks for them by itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsConfig {
    /// How often they are sent, milliseconds.
    pub every_ms: u64,
    /// What takes them.
    pub otlp: OtlpConfig,
}

impl Default for MetricsConfig {
    fn default() -> Self {
        Self { every_ms: 60_000, otlp: OtlpConfig::default() }
    }
}

impl MetricsConfig {
    /// Whether every setting can be used, also where nobody takes metrics: it is told at once,
    /// not on the day on which somebody names a receiver.
    ///
    /// # Errors
    /// The one that cannot, named.
    pub fn check(&self) -> Result<(), BoxError> {
        if self.every_ms < SHORTEST_MS {
            return Err(format!("metrics.every_ms: {SHORTEST_MS} or more, not {}", self.every_ms).into());
        }
        self.otlp.check("metrics.otlp")
    }
}
