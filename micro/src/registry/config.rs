//! Settings of the registry.

use std::fmt;

use http::{HeaderValue, Uri};
use serde::{Deserialize, Deserializer};

use crate::StartError;

/// The shortest life of a check: below it a busy machine would seem dead.
const SHORTEST_TTL_MS: u64 = 1_000;
/// The longest: a node that died is called for so long.
const LONGEST_TTL_MS: u64 = 24 * 60 * 60 * 1000;

/// How services find each other; section `registry` of the configuration.
///
/// Consul is called by plain HTTP: run its agent on the same machine, or in a
/// network that is trusted. TLS is not supported.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegistryConfig {
    /// `embedded`: all services are in this process. `consul`: they are looked up there.
    pub kind: RegistryKind,
    /// Consul agents or servers, `http://127.0.0.1:8500`; the next one is asked where one is away.
    #[serde(deserialize_with = "one_or_several")]
    pub address: Vec<String>,
    /// Consul's ACL token; none where it is empty.
    pub token: RegistryToken,
    /// How long a node counts as alive after it last said so, milliseconds. It says so three times as often.
    pub ttl_ms: u64,
    /// Host, or host and port, that others call this process at. Where it is
    /// empty: the address it listens on, or where that is all addresses, the one
    /// this machine has in Consul's network.
    pub advertise: String,
}

/// Where services are looked up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RegistryKind {
    /// In this process.
    #[default]
    Embedded,
    /// In Consul.
    Consul,
}

crate::choices!(RegistryKind { "embedded" => Embedded, "consul" => Consul });

/// A token of Consul; never shown.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct RegistryToken(String);

impl From<String> for RegistryToken {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for RegistryToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "RegistryToken(empty)" } else { "RegistryToken(..)" })
    }
}

impl Default for RegistryConfig {
    fn default() -> Self {
        Self {
            kind: RegistryKind::Embedded,
            address: vec!["http://127.0.0.1:8500".to_owned()],
            token: RegistryToken::default(),
            ttl_ms: 15_000,
            advertise: String::new(),
        }
    }
}

impl RegistryConfig {
    /// Whether it can work; what is not is named.
    ///
    /// # Errors
    /// An address, token or number that cannot be.
    pub fn check(&self) -> Result<(), StartError> {
        if self.kind == RegistryKind::Embedded {
            return Ok(());
        }
        if !(SHORTEST_TTL_MS..=LONGEST_TTL_MS).contains(&self.ttl_ms) {
            let message =
                format!("registry.ttl_ms: {SHORTEST_TTL_MS} to {LONGEST_TTL_MS}, not {}", self.ttl_ms);
            return Err(StartError::new(message));
        }
        self.advertised()?;
        self.token_header()?;
        self.addresses().map(|_| ())
    }

    /// Where Consul is.
    pub(crate) fn addresses(&self) -> Result<Vec<Uri>, StartError> {
        if self.address.is_empty() {
            return Err(StartError::new("registry.address: names no Consul"));
        }
        let plain = |uri: &Uri| {
            uri.scheme_str() == Some("http")
                && uri.host().is_some_and(|host| !host.is_empty())
                && uri.path() == "/"
        };
        let address = |text: &String| {
            let uri = text.parse().ok().filter(plain);
            let problem =
                || format!("registry.address: {text} is not an address such as http://127.0.0.1:8500");
            uri.ok_or_else(|| StartError::new(problem()))
        };
        self.address.iter().map(address).collect()
    }

    /// The token as it is sent.
    pub(crate) fn token_header(&self) -> Result<Option<HeaderValue>, StartError> {
        if self.token.0.is_empty() {
            return Ok(None);
        }
        // The error would show the token.
        let mut header = HeaderValue::from_str(&self.token.0)
            .map_err(|_| StartError::new("registry.token: has characters that no token has"))?;
        header.set_sensitive(true);
        Ok(Some(header))
    }

    /// What others call this process at, as far as it is set.
    pub(crate) fn advertised(&self) -> Result<(Option<String>, Option<u16>), StartError> {
        let text = self.advertise.trim();
        if text.is_empty() {
            return Ok((None, None));
        }
        let problem = || {
            StartError::new(format!(
                "registry.advertise: {text} is not a host, or host:port, such as 10.0.0.5:9000"
            ))
        };
        let (host, port) = split(text).ok_or_else(problem)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        if host.is_empty() || !host.chars().all(sound) {
            return Err(problem());
        }
        Ok((Some(host.to_owned()), port))
    }
}

/// Host and port; an IPv6 address with a port stands in brackets.
fn split(text: &str) -> Option<(&str, Option<u16>)> {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            Some((host, Some(port.parse().ok().filter(|port| *port > 0)?)))
        }
        _ => Some((text, None)),
    }
}

/// A list, or one text with commas.
fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        Several(Vec<String>),
        One(String),
    }
    Ok(match Given::deserialize(deserializer)? {
        Given::Several(items) => items,
        Given::One(text) => {
            text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consul(json: serde_json::Value) -> RegistryConfig {
        let mut config: RegistryConfig = serde_json::from_value(json).unwrap();
        config.kind = RegistryKind::Consul;
        config
    }

    #[test]
    fn one_address_or_several() {
        let one = consul(serde_json::json!({"address": "http://a:8500, http://b:8500"}));
        let several = consul(serde_json::json!({"address": ["http://a:8500", "http://b:8500"]}));
        assert_eq!(one.address, several.address);
        assert_eq!(one.addresses().unwrap().len(), 2);
        one.check().unwrap();
    }

    #[test]
    fn what_cannot_work_is_named() {
        for (json, key) in [
            (serde_json::json!({"address": []}), "registry.address"),
            (serde_json::json!({"address": "https://a:8501"}), "registry.address"),
            (serde_json::json!({"address": "127.0.0.1:8500"}), "registry.address"),
            (serde_json::json!({"ttl_ms": 999}), "registry.ttl_ms"),
            (serde_json::json!({"advertise": "a:b"}), "registry.advertise"),
            (serde_json::json!({"advertise": "a b"}), "registry.advertise"),
            (serde_json::json!({"token": "line\nbreak"}), "registry.token"),
        ] {
            let error = consul(json.clone()).check().unwrap_err().to_string();
            assert!(error.contains(key) && !error.contains("break"), "{json}: {error}");
        }
        RegistryConfig::default().check().unwrap();
    }

    #[test]
    fn an_advertised_address_is_a_host_and_maybe_a_port() {
        for (text, host, port) in [
            ("film-1", "film-1", None),
            ("10.0.0.5:9000", "10.0.0.5", Some(9000)),
            ("fd00::5", "fd00::5", None),
            ("[fd00::5]:9000", "fd00::5", Some(9000)),
            ("[fd00::5]", "fd00::5", None),
        ] {
            let config = consul(serde_json::json!({"advertise": text}));
            assert_eq!(config.advertised().unwrap(), (Some(host.to_owned()), port), "{text}");
        }
    }

    #[test]
    fn the_token_is_not_shown() {
        let config = consul(serde_json::json!({"token": "very-secret"}));
        assert!(!format!("{config:?} {:?}", config.token_header().unwrap()).contains("very-secret"));
    }
}
