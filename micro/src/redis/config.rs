//! How to reach Redis.

use std::fmt;
use std::path::PathBuf;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// How to reach Redis.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedisConfig {
    /// `redis://host:port`, or `rediss://host:port` for TLS: the server's, some of the
    /// cluster's nodes, or the sentinels. A list, or one text with commas.
    #[serde(deserialize_with = "one_or_many")]
    pub urls: Vec<String>,
    /// What is at the URLs.
    pub mode: Mode,
    /// The account; Redis's default account where empty.
    pub user: String,
    /// Its password; none where empty.
    pub password: Password,
    /// Name of the master that the sentinels watch.
    pub sentinel_master: String,
    /// Password of the sentinels; none where empty.
    pub sentinel_password: Password,
    /// PEM file with the authorities that are trusted; those of the system where `None`.
    pub ca_file: Option<PathBuf>,
    /// What all keys begin with: systems that share a Redis differ in it.
    pub prefix: String,
    /// Connections to a server; each carries any number of calls at a time.
    pub connections: u8,
    /// How long making a connection may take, milliseconds.
    pub connect_timeout_ms: u32,
    /// How long an answer may take, milliseconds. Nobody waits longer for a Redis that is away.
    pub response_timeout_ms: u32,
}

impl Default for RedisConfig {
    fn default() -> Self {
        Self {
            urls: vec!["redis://127.0.0.1:6379".to_owned()],
            mode: Mode::Standalone,
            user: String::new(),
            password: Password::default(),
            sentinel_master: "mymaster".to_owned(),
            sentinel_password: Password::default(),
            ca_file: None,
            prefix: "marquee".to_owned(),
            connections: 2,
            connect_timeout_ms: 1_000,
            response_timeout_ms: 50,
        }
    }
}

impl fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may hold a password, and a user's name is nobody's business either.
        let servers: Vec<&str> = self.urls.iter().map(|url| server(url)).collect();
        f.debug_struct("RedisConfig")
            .field("urls", &servers)
            .field("mode", &self.mode)
            .field("user", &format_args!("(..)"))
            .field("password", &self.password)
            .field("sentinel_master", &self.sentinel_master)
            .field("sentinel_password", &self.sentinel_password)
            .field("ca_file", &self.ca_file)
            .field("prefix", &self.prefix)
            .field("connections", &self.connections)
            .field("connect_timeout_ms", &self.connect_timeout_ms)
            .field("response_timeout_ms", &self.response_timeout_ms)
            .finish()
    }
}

impl RedisConfig {
    /// Hosts and ports, and nothing else of the URLs.
    pub(super) fn places(&self) -> String {
        let servers: Vec<&str> = self.urls.iter().map(|url| server(url)).collect();
        servers.join(",")
    }
}

/// Host and port of a URL.
fn server(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    authority.split(['/', '?', '#']).next().unwrap_or_default()
}

/// What is at the URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One server.
    Standalone,
    /// Sentinels that know which server is the master.
    Sentinel,
    /// Redis Cluster.
    Cluster,
}

crate::choices!(Mode { "standalone" => Standalone, "sentinel" => Sentinel, "cluster" => Cluster });

/// A password; never shown.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// The password itself, where one is set.
    pub(super) fn reveal(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(&self.0)
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// Reads a list, or one text with commas, as variables of the environment have it.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct OneOrMany;

    impl<'de> Visitor<'de> for OneOrMany {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a URL, several with commas, or a list of URLs")
        }

        fn visit_str<E>(self, one: &str) -> Result<Self::Value, E> {
            Ok(one.split(',').map(|url| url.trim().to_owned()).collect())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut many: A) -> Result<Self::Value, A::Error> {
            let mut urls = Vec::new();
            while let Some(url) = many.next_element()? {
                urls.push(url);
            }
            Ok(urls)
        }
    }

    deserializer.deserialize_any(OneOrMany)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_url_or_several_are_read() {
        let read = |text: &str| serde_json::from_str::<RedisConfig>(text).unwrap().urls;
        assert_eq!(read(r#"{"urls": "redis://a:1"}"#), ["redis://a:1"]);
        assert_eq!(read(r#"{"urls": ["redis://a:1", "redis://b:2"]}"#), ["redis://a:1", "redis://b:2"]);
        assert_eq!(read(r#"{"urls": "redis://a:1, redis://b:2"}"#), ["redis://a:1", "redis://b:2"]);
        assert!(serde_json::from_str::<RedisConfig>(r#"{"urls": 7}"#).is_err());
    }

    #[test]
    fn secrets_are_not_shown() {
        let config = RedisConfig {
            urls: vec!["rediss://ann:se@cret@cache:6380/1".to_owned()],
            password: "hidden".to_owned().into(),
            ..RedisConfig::default()
        };
        let shown = format!("{config:?} {:?}", config.password);
        assert!(shown.contains("cache:6380"), "{shown}");
        assert!(
            !["se@cret", "cret@", "hidden", "ann"].iter().any(|secret| shown.contains(secret)),
            "{shown}"
        );
    }
}
