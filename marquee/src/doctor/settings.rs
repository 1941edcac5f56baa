//! What is set, and settings that can be read but cannot work.

use std::path::Path;

use micro::StartError;
use micro::config::{keys_of, keys_set};

use super::{Finding, chain};
use crate::config::{Config, DEFAULT_FILE};

const CONFIGURATION: &str = "configuration";
/// Names every key, with its default; a test sees to that.
const DEFAULTS: &str = include_str!("../../../config.yaml");

pub(super) fn examine(config: &Config, file: Option<&Path>) -> Vec<Finding> {
    let checks = [
        micro::logging::check(&config.log).map_err(StartError::new),
        config.metrics.check().map_err(StartError::new),
        config.traces.check().map_err(StartError::new),
        config.admin.check(&config.gateway.listen),
        config.registry.check(),
        config.gateway.check(),
        config.user.check(),
        config.film.check(),
        config.order.check(),
    ];
    let wrong = checks.into_iter().filter_map(Result::err);
    let mut findings: Vec<_> = wrong
        .map(|error| {
            Finding::bad(CONFIGURATION, chain(&error), "correct it; config.yaml says what each key means")
        })
        .collect();
    if findings.is_empty() {
        findings.push(Finding::good(CONFIGURATION, "every setting can be used"));
    }
    findings.push(set(file));
    findings
}

/// Which file is read, and which values are not the defaults.
fn set(file: Option<&Path>) -> Finding {
    let default = Path::new(DEFAULT_FILE);
    let file = file.or_else(|| default.exists().then_some(default));
    let from = match file {
        Some(file) => format!("{} and the environment", file.display()),
        None => "the environment alone; there is no config.yaml here".to_owned(),
    };
    let (Ok(defaults), Ok(set)) = (keys_of(DEFAULTS), keys_set(file)) else {
        return Finding::doubtful(
            "settings",
            from,
            "it could be read, but not be compared with the defaults",
        );
    };
    let differs = |(key, value): &(String, String)| defaults.get(key) != Some(value);
    let changed: Vec<_> =
        set.into_iter().filter(differs).map(|(key, value)| format!("{key} = {value}")).collect();
    match changed.len() {
        0 => Finding::good("settings", format!("from {from}; all are the defaults")),
        count => {
            let found = format!("from {from}; {count} differ from the defaults:");
            Finding { details: changed, ..Finding::good("settings", found) }
        }
    }
}
