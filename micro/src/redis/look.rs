//! A look at Redis from outside, for who operates it.

use std::time::{Duration, Instant};

use super::connect::Connector;
use super::{Failure, Redis, RedisConfig};

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks at a cluster that changes hands.
const PAUSE: Duration = Duration::from_millis(100);
/// With a key, so that of a cluster too one server answers. Rights may be missing for `INFO`.
const SCRIPT: &str = "local time = redis.call('TIME') local info = redis.pcall('INFO', 'server') \
                      if type(info) ~= 'string' then info = '' end return {time[1], time[2], info}";

/// What Redis says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Its version; empty where it may not be asked.
    pub version: String,
    /// What its clock shows, seconds since 1970.
    pub seconds: f64,
    /// How long the answer took, without the connecting.
    pub took: Duration,
}

impl Redis {
    /// Connects, looks, and lets go.
    ///
    /// # Errors
    /// Settings that cannot work, a Redis that cannot be reached or refuses.
    pub async fn look(config: &RedisConfig) -> Result<Seen, Failure> {
        let connector = Connector::new(config)?;
        let looking = async {
            loop {
                match look_once(&connector, &config.prefix).await {
                    // A cluster that has just changed hands sends one about for a moment.
                    Err(error) if error.is_cluster_error() => tokio::time::sleep(PAUSE).await,
                    seen => return seen.map_err(|error| Failure::Away(error.to_string())),
                }
            }
        };
        let late = || Err(Failure::Away("no answer in time".to_owned()));
        tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| late())
    }
}

async fn look_once(connector: &Connector, prefix: &str) -> redis::RedisResult<Seen> {
    let mut connection = connector.connect(None).await?;
    let mut command = redis::cmd("EVAL");
    // A key that it names, and that an account for our keys alone may name.
    command.arg(SCRIPT).arg(1).arg(format!("{prefix}:look"));
    // The first answer of a connection is slower.
    let _: (f64, f64, String) = command.query_async(&mut connection).await?;
    let asked = Instant::now();
    let (seconds, micros, info): (f64, f64, String) = command.query_async(&mut connection).await?;
    let version = info.lines().find_map(|line| line.strip_prefix("redis_version:"));
    let version = version.unwrap_or_default().trim().to_owned();
    Ok(Seen { version, seconds: seconds + micros / 1e6, took: asked.elapsed() })
}
