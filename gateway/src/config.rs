//! What an operator can set, and the limits of the edge.

use http::HeaderValue;
use micro::StartError;
use micro::server::Limits;
use serde::{Deserialize, Deserializer};
use tower_http::cors::AllowOrigin;

use crate::limits::Proxies;

const MIB: usize = 1024 * 1024;

/// Configuration of the gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: String,
    /// Where clients reach the gateway, `https://tickets.example`: named in the API document.
    pub public_url: Option<String>,
    /// Limits of the port.
    pub limits: Limits,
    /// Bytes of a request's body. A call with a field the contract allows to be
    /// larger (a seating plan) may have that much more; one that anybody may make may
    /// have no more than 65536.
    pub max_body_bytes: usize,
    /// Bytes of requests held at a time, of all clients together; more are answered OVERLOADED.
    pub max_buffered_bytes: usize,
    /// How long a call may take where the client names no shorter time, milliseconds.
    pub request_timeout_ms: u64,
    /// How often one client may call.
    pub rate: RateConfig,
    /// Origins whose pages may call from a browser, `https://shop.example`; `*` for all, none by default.
    #[serde(deserialize_with = "list")]
    pub cors_origins: Vec<String>,
    /// Addresses or networks (`10.0.0.0/8`) of proxies whose `x-forwarded-for` is believed.
    #[serde(deserialize_with = "list")]
    pub trusted_proxies: Vec<String>,
    /// The site.
    pub site: web::Config,
    /// Services without which `/readyz` does not report ready.
    #[serde(deserialize_with = "list")]
    pub required_services: Vec<String>,
}

/// A limit of requests from one client address (of IPv6, one /64 network).
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateConfig {
    /// Requests a second in the long run; no limit where 0.
    pub per_second: u32,
    /// Requests at once after a pause.
    pub burst: u32,
    /// Addresses remembered at a time; the least used are forgotten first.
    pub remembered: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            public_url: None,
            limits: Limits::default(),
            max_body_bytes: MIB,
            max_buffered_bytes: 256 * MIB,
            request_timeout_ms: 10_000,
            rate: RateConfig::default(),
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            site: web::Config::default(),
            required_services: ["user", "film", "order"].map(str::to_owned).to_vec(),
        }
    }
}

impl Default for RateConfig {
    fn default() -> Self {
        // Many people can share one address: a cinema's network, a mobile carrier.
        Self { per_second: 200, burst: 400, remembered: 100_000 }
    }
}

impl Config {
    /// Checks what serde cannot.
    ///
    /// # Errors
    /// The setting that cannot be used and why.
    pub fn check(&self) -> Result<(), StartError> {
        let rules = [
            (
                (1024..=64 * MIB).contains(&self.max_body_bytes),
                "gateway.max_body_bytes must be 1024 to 67108864",
            ),
            (
                self.max_buffered_bytes >= self.max_body_bytes,
                "gateway.max_buffered_bytes must be gateway.max_body_bytes or more",
            ),
            (
                (1..=600_000).contains(&self.request_timeout_ms),
                "gateway.request_timeout_ms must be 1 to 600000",
            ),
            (
                self.rate.per_second == 0 || (1..=1_000_000).contains(&self.rate.burst),
                "gateway.rate.burst must be 1 to 1000000",
            ),
            (self.rate.per_second <= 1_000_000, "gateway.rate.per_second must not be over 1000000"),
            (
                (1..=10_000_000).contains(&self.rate.remembered),
                "gateway.rate.remembered must be 1 to 10000000",
            ),
        ];
        if let Some((_, problem)) = rules.iter().find(|(holds, _)| !holds) {
            return Err(StartError::new(*problem));
        }
        self.origins()?;
        self.site.check().map_err(StartError::new)?;
        Proxies::new(&self.trusted_proxies).map_err(StartError::new)?;
        Ok(())
    }

    /// The origins whose pages may call; nothing where none may.
    pub(crate) fn origins(&self) -> Result<Option<AllowOrigin>, StartError> {
        if self.cors_origins.is_empty() {
            return Ok(None);
        }
        if self.cors_origins.iter().any(|origin| origin == "*") {
            return Ok(Some(AllowOrigin::any()));
        }
        let parsed = self.cors_origins.iter().map(|origin| {
            let problem =
                || format!("gateway.cors_origins: {origin} is not an origin such as https://shop.example");
            let plain =
                origin.split_once("://").is_some_and(|(_, host)| !host.is_empty() && !host.contains('/'));
            origin.parse().ok().filter(|_| plain).ok_or_else(|| StartError::new(problem()))
        });
        Ok(Some(AllowOrigin::list(parsed.collect::<Result<Vec<HeaderValue>, _>>()?)))
    }
}

/// A list, or one text with commas: the environment knows only texts.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        List(Vec<String>),
        Text(String),
    }
    Ok(match Given::deserialize(deserializer)? {
        Given::List(items) => items,
        Given::Text(text) => {
            text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_can_be_used() {
        Config::default().check().unwrap();
    }

    #[test]
    fn a_list_may_be_one_text() {
        let text = r#"{"cors_origins": "https://a.example, https://b.example", "trusted_proxies": ["::1"]}"#;
        let config: Config = serde_json::from_str(text).unwrap();
        assert_eq!(config.cors_origins, ["https://a.example", "https://b.example"]);
        assert_eq!(config.trusted_proxies, ["::1"]);
    }

    #[test]
    fn what_cannot_work_is_named() {
        let config = Config { max_body_bytes: 1, ..Config::default() };
        assert!(config.check().unwrap_err().to_string().contains("max_body_bytes"));
        assert!(serde_json::from_str::<Config>(r#"{"max_body": 1}"#).is_err());
        for origin in ["shop.example", "https://shop.example/", "https://", "https://a\n"] {
            let config = Config { cors_origins: vec![origin.to_owned()], ..Config::default() };
            assert!(config.check().unwrap_err().to_string().contains("cors_origins"), "{origin:?}");
        }
        let config = Config { trusted_proxies: vec!["proxy".to_owned()], ..Config::default() };
        assert!(config.check().unwrap_err().to_string().contains("trusted_proxies"));
    }
}
