//! Who takes traces, metrics and lines of the log, where somebody is configured: whether there is somebody.

use std::time::Duration;

use http::Uri;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Finding;
use crate::config::Config;

const RECEIVER: &str = "receiver";
/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let (traces, metrics) = (config.traces.check().is_ok(), config.metrics.check().is_ok());
    let log = micro::logging::check(&config.log).is_ok();
    let receivers = [
        (traces, "traces.skywalking.address", "traces", &config.traces.skywalking.address),
        (traces, "traces.otlp.address", "traces", &config.traces.otlp.address),
        (metrics, "metrics.otlp.address", "metrics", &config.metrics.otlp.address),
        (log, "log.otlp.address", "lines of the log", &config.log.otlp.address),
    ];
    let mut findings = Vec::new();
    // What cannot be used is found where settings are looked at.
    for (_, key, what, address) in receivers.into_iter().filter(|(usable, ..)| *usable) {
        if let Some(place) = place(address) {
            findings.push(receiver(key, what, &place).await);
        }
    }
    findings
}

async fn receiver(key: &str, what: &str, place: &str) -> Finding {
    let why = match timeout(PATIENCE, TcpStream::connect(place)).await {
        Ok(Ok(_)) => return Finding::good(RECEIVER, format!("of {what}: {place} takes connections")),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer in {} s", PATIENCE.as_secs()),
    };
    let advice = format!("check `{key}`, and that it runs; tickets are sold without it, and {what} are lost");
    Finding::doubtful(RECEIVER, format!("of {what}: {place} takes no connection: {why}"), advice)
}

/// Host and port of an address.
fn place(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    uri.scheme()?;
    let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
    Some(format!("{}:{}", uri.host()?, uri.port_u16().unwrap_or(usual)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_a_port_and_no_account() {
        assert_eq!(place("http://[::1]:4317/x").as_deref(), Some("[::1]:4317"));
        assert_eq!(place("https://user:PW@otlp.example").as_deref(), Some("otlp.example:443"));
        assert_eq!(place(""), None);
        assert_eq!(place("nonsense"), None);
    }
}
