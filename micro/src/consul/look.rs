//! A look at Consul from outside, for who operates it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use super::Client;
use super::client::ANSWER_WITHIN;
use crate::{RegistryConfig, StartError};

/// What Consul says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Its version; empty where the token may not ask.
    pub version: String,
    /// What its clock shows, as HTTP tells it: in whole seconds.
    pub date: Option<String>,
    /// How long the answer took.
    pub took: Duration,
}

/// Asks the configured Consul who it is.
///
/// # Errors
/// A configuration that cannot work, a Consul that cannot be reached or has no leader.
pub async fn look(config: &RegistryConfig) -> Result<Seen, StartError> {
    let client = Client::new(config.addresses()?, config.token_header()?);
    client.knows_a_leader().await.map_err(StartError::new)?;
    let asked = Instant::now();
    let answer =
        client.send(client.preferred(), Method::GET, "/v1/status/leader", Bytes::new(), ANSWER_WITHIN);
    let (headers, _) = answer.await.map_err(StartError::new)?;
    let took = asked.elapsed();
    let date = headers.get(http::header::DATE).and_then(|date| date.to_str().ok()).map(str::to_owned);
    let own = client.get::<Value>("/v1/agent/self", ANSWER_WITHIN).await;
    let version = own.ok().and_then(|own| own.value["Config"]["Version"].as_str().map(str::to_owned));
    Ok(Seen { version: version.unwrap_or_default(), date, took })
}
