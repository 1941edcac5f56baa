//! Where traces go, and which are kept.

use std::fmt;

use serde::Deserialize;

use super::start;
use crate::BoxError;
use crate::telemetry::{Identity, Named, OtlpConfig};

/// Settings of traces.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TraceConfig {
    /// Name of the service in traces; the part's own name where empty.
    pub service: String,
    /// Name of this process among those of its service; made up where empty.
    pub instance: String,
    /// The share that is kept of all traces, 0 to 1. Failures and slow ones always are.
    pub rate: f64,
    /// What is slow, milliseconds.
    pub slow_ms: u64,
    /// Apache SkyWalking.
    pub skywalking: SkyWalkingConfig,
    /// What takes OTLP: the OpenTelemetry Collector, Jaeger, Tempo.
    pub otlp: OtlpConfig,
}

impl Default for TraceConfig {
    fn default() -> Self {
        Self {
            service: String::new(),
            instance: String::new(),
            rate: 1.0,
            slow_ms: 500,
            skywalking: SkyWalkingConfig::default(),
            otlp: OtlpConfig::default(),
        }
    }
}

impl TraceConfig {
    /// Whether there is anywhere to send traces.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.skywalking.is_on() || self.otlp.is_on()
    }

    /// Whether every setting can be used, also where nobody takes traces: it is told at once,
    /// not on the day on which somebody names a receiver. In a tokio runtime.
    ///
    /// # Errors
    /// The one that cannot, named.
    pub fn check(&self) -> Result<(), BoxError> {
        if !(0.0..=1.0).contains(&self.rate) {
            return Err(format!("traces.rate: a share from 0 to 1, not {}", self.rate).into());
        }
        if self.skywalking.is_on() {
            let somebody = Identity { part: "all".to_owned(), version: "" };
            // Nothing is connected before it is run.
            start::skywalking(&self.skywalking, &Named::new(self, &somebody))?;
        }
        self.otlp.check("traces.otlp")
    }
}

/// A collector of SkyWalking.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SkyWalkingConfig {
    /// Such as `http://127.0.0.1:11800`; none where empty.
    pub address: String,
    /// The token it wants, where it wants one.
    pub authentication: String,
}

impl SkyWalkingConfig {
    /// Whether there is one.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.address.is_empty()
    }
}

impl fmt::Debug for SkyWalkingConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SkyWalkingConfig").field("address", &self.address).finish_non_exhaustive()
    }
}
