//! Redis and Consul, where they are configured: there, of which version, and with which clock.

use std::time::Duration;

use jiff::fmt::rfc2822;
use micro::redis::{Mode, Redis};
use micro::registry::{self, RegistryKind};
use service_order::config::GateKind;

use super::skew::Reading;
use super::{Finding, chain};
use crate::config::Config;

const REDIS: &str = "redis";
const CONSUL: &str = "consul";
/// The first Redis that has what cannot be gone without: accounts.
const OLDEST_REDIS: u32 = 6;
/// The first that has sharded messages, which spread the news over a cluster.
const SHARDED_MESSAGES: u32 = 7;
/// Consul's answers tell the time in whole seconds.
const WHOLE_SECONDS: Duration = Duration::from_secs(1);

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if config.order.gate.kind == GateKind::Redis {
        findings.push(redis(config).await);
    }
    if config.registry.kind == RegistryKind::Consul {
        findings.push(consul(config).await);
    }
    findings
}

async fn redis(config: &Config) -> Finding {
    let seen = match Redis::look(&config.order.gate.redis).await {
        Ok(seen) => seen,
        Err(failure) => {
            let advice =
                "check `order.gate.redis`, that it runs, and its password; sales go on without it, slower";
            return Finding::bad(REDIS, chain(&failure), advice);
        }
    };
    let reading = Reading::just_now(seen.seconds, seen.took, Duration::ZERO);
    let found = format!("{}, {}", version(&seen.version), reading.told());
    let major = seen.version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major < OLDEST_REDIS) {
        return Finding::bad(REDIS, found, format!("install Redis {OLDEST_REDIS} or newer"));
    }
    if config.order.gate.redis.mode == Mode::Cluster && major.is_some_and(|major| major < SHARDED_MESSAGES) {
        let advice = format!(
            "seat maps learn of changes within a second instead of at once: install Redis {SHARDED_MESSAGES}"
        );
        return Finding::doubtful(REDIS, found, advice);
    }
    reading.judged(REDIS, found)
}

async fn consul(config: &Config) -> Finding {
    let seen = match registry::look(&config.registry).await {
        Ok(seen) => seen,
        Err(error) => {
            let advice =
                "check `registry.address` and `registry.token`, and that Consul runs and has a leader";
            return Finding::bad(CONSUL, chain(&error), advice);
        }
    };
    let date = seen.date.and_then(|date| rfc2822::parse(&date).ok());
    let Some(date) = date else {
        return Finding::good(CONSUL, format!("{}; its clock is not known", version(&seen.version)));
    };
    let seconds = date.timestamp().as_duration().as_secs_f64();
    let reading = Reading::just_now(seconds, seen.took, WHOLE_SECONDS);
    reading.judged(CONSUL, format!("{}, {}", version(&seen.version), reading.told()))
}

fn version(version: &str) -> String {
    if version.is_empty() { "a version it does not tell".to_owned() } else { format!("version {version}") }
}
