//! What an operator sets for the order service.

use micro::StartError;
use micro::database::DatabaseConfig;
use micro::redis::RedisConfig;
use serde::Deserialize;

use crate::committer::MostOpen;
use crate::domain::admission::Door;
use crate::domain::facts::Facts;
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
    /// Whether staff sell only to accounts that the user service has: it is asked at each sale
    /// to somebody else. Not where the ids of buyers come from another system.
    pub buyers_must_exist: bool,
    /// Attempts to pay that one order may have; no limit where 0.
    pub max_payment_attempts: u32,
    /// How long beyond the hold seats are kept while a payment has no answer, milliseconds.
    pub payment_grace_ms: u32,
    /// How long before the start of a screening people are let in, milliseconds.
    pub doors_open_before_ms: u32,
    /// How long after its end they still are, milliseconds.
    pub doors_close_after_ms: u32,
    /// What a buyer gets back, by time before the start.
    pub refund_rules: RefundRules,
    /// The embedded payment provider for trying things out.
    pub sandbox: SandboxConfig,
}

/// How long an order may stay unpaid beyond its hold and the grace for a payment until the
/// sweeper has ended it, milliseconds: far longer than it takes, and than clocks differ.
const SWEPT_WITHIN_MS: i64 = 60_000;

impl Config {
    /// The limit of unpaid orders for a purchase at `now_ms`.
    pub(crate) fn most_open(&self, now_ms: i64) -> MostOpen {
        let held = i64::from(self.hold_ms) + i64::from(self.payment_grace_ms) + SWEPT_WITHIN_MS;
        MostOpen { orders: self.max_open_orders, since: now_ms - held }
    }

    /// The door of a screening for tickets of `film_sid`; of any where 0.
    pub(crate) fn door(&self, facts: &Facts, film_sid: i64) -> Door {
        Door {
            film_sid,
            opens_at: facts.starts_at - i64::from(self.doors_open_before_ms),
            closes_at: facts.ends_at + i64::from(self.doors_close_after_ms),
            cancelled: facts.cancelled,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: DatabaseConfig::default(),
            gate: GateConfig::default(),
            hold_ms: 10 * 60 * 1000,
            max_open_orders: 10,
            buyers_must_exist: true,
            max_payment_attempts: 10,
            payment_grace_ms: 2 * 60 * 1000,
            doors_open_before_ms: 2 * 60 * 60 * 1000,
            doors_close_after_ms: 0,
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GateKind {
    /// In the memory of the only process.
    #[default]
    Embedded,
    /// In Redis, for any number of processes.
    Redis,
}

micro::choices!(GateKind { "embedded" => Embedded, "redis" => Redis });

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
