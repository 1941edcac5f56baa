//! What an operator sets for the order service.

use micro::StartError;
use micro::database::DatabaseConfig;
use micro::redis::RedisConfig;
use serde::Deserialize;

use crate::domain::refund::RefundRules;
use crate::provider::SandboxConfig;

/// A hold shorter than this ends before anybody can pay, milliseconds.
const SHORTEST_HOLD_MS: u32 = 100;

/// Settings of the order service.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where orders are kept.
    pub database: DatabaseConfig,
    /// What turns requests for taken seats away before the database sees them.
    pub gate: GateConfig,
    /// How long seats are held for an order that is not paid, milliseconds.
    pub hold_ms: u32,
    /// Unpaid orders one customer may have at a time; no limit where 0. Staff have none.
    pub max_open_orders: u32,
    /// How long beyond the hold seats are kept while a payment has no answer, milliseconds.
    pub payment_grace_ms: u32,
    /// What a buyer gets back, by time before the start.
    pub refund_rules: RefundRules,
    /// The embedded payment provider for trying things out.
    pub sandbox: SandboxConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: DatabaseConfig::default(),
            gate: GateConfig::default(),
            hold_ms: 10 * 60 * 1000,
            max_open_orders: 10,
            payment_grace_ms: 2 * 60 * 1000,
            refund_rules: RefundRules::default(),
            sandbox: SandboxConfig::default(),
        }
    }
}

/// The seat gate.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GateConfig {
    /// Where it is.
    pub kind: GateKind,
    /// How to reach Redis, where it is there.
    pub redis: RedisConfig,
}

/// Where the seat gate is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateKind {
    /// In the memory of the only process.
    #[default]
    Embedded,
    /// In Redis, for any number of processes.
    Redis,
}

impl Config {
    /// Whether the service can work with these settings.
    ///
    /// # Errors
    /// The setting that cannot work, named.
    pub fn check(&self) -> Result<(), StartError> {
        if self.hold_ms < SHORTEST_HOLD_MS {
            return Err(StartError::new(format!("order.hold_ms must be at least {SHORTEST_HOLD_MS}")));
        }
        Ok(())
    }
}
