//! The whole configuration: one section for each part.

use std::fmt;
use std::path::{Path, PathBuf};

use micro::config::ConfigError;
use micro::logging::LogConfig;
use micro::telemetry::MetricsConfig;
use micro::trace::TraceConfig;
use micro::{ListenConfig, RegistryConfig};
use serde::Deserialize;

pub use crate::admin::AdminConfig;

/// Read where no other file is named, if it is there.
pub const DEFAULT_FILE: &str = "config.yaml";

/// What `config.yaml` and the variables `MARQUEE__SECTION__KEY` set.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where embedded databases and generated secrets are kept.
    pub data_dir: PathBuf,
    /// What the services of the system share; made and kept in the data folder where empty.
    pub secret: Secret,
    /// The log.
    pub log: LogConfig,
    /// Metrics that are sent.
    pub metrics: MetricsConfig,
    /// Traces.
    pub traces: TraceConfig,
    /// How the parts find each other.
    pub registry: RegistryConfig,
    /// Where services listen that run in processes of their own.
    pub ports: Ports,
    /// Where each process tells of itself.
    pub admin: AdminConfig,
    /// The edge.
    pub gateway: gateway::Config,
    /// The user service.
    pub user: service_user::Config,
    /// The film service.
    pub film: service_film::Config,
    /// The order service.
    pub order: service_order::Config,
}

/// Where services listen that run in processes of their own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ports {
    /// The user service.
    pub user: ListenConfig,
    /// The film service.
    pub film: ListenConfig,
    /// The order service.
    pub order: ListenConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            secret: Secret::default(),
            log: LogConfig::default(),
            metrics: MetricsConfig::default(),
            traces: TraceConfig::default(),
            registry: RegistryConfig::default(),
            ports: Ports::default(),
            admin: AdminConfig::default(),
            gateway: gateway::Config::default(),
            user: service_user::Config::default(),
            film: service_film::Config::default(),
            order: service_order::Config::default(),
        }
    }
}

impl Config {
    /// Reads the named file, or `config.yaml` of the working directory if there is one, and the environment.
    ///
    /// # Errors
    /// A file that cannot be read, a key there is not, a value of the wrong type; each named.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let default = Path::new(DEFAULT_FILE);
        micro::config::load(file.or_else(|| default.exists().then_some(default)))
    }
}

/// A secret; never shown.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether none is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "Secret(empty)" } else { "Secret(..)" })
    }
}
