//! Settings that can be read but cannot work.

use super::{Finding, chain};
use crate::config::Config;

const CONFIGURATION: &str = "configuration";

pub(super) fn examine(config: &Config) -> Vec<Finding> {
    let checks = [config.gateway.check(), config.user.check(), config.film.check(), config.order.check()];
    let wrong = checks.into_iter().filter_map(Result::err);
    let mut findings: Vec<_> = wrong
        .map(|error| {
            Finding::bad(CONFIGURATION, chain(&error), "correct it; config.yaml says what each key means")
        })
        .collect();
    if findings.is_empty() {
        findings.push(Finding::good(CONFIGURATION, "every setting can be used"));
    }
    findings
}
