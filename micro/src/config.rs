//! Configuration: a commented YAML file, every key overridable by the environment.

use std::path::Path;

use config::{Config, Environment, File, FileFormat};
use serde::de::DeserializeOwned;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used: {0}")]
pub struct ConfigError(#[from] config::ConfigError);

/// Reads a configuration: the file, if there is one, and over it every
/// variable `MARQUEE__SECTION__KEY`.
///
/// # Errors
/// A file that cannot be read, a key that does not exist, a value of the wrong type; each named.
pub fn load<T: DeserializeOwned>(file: Option<&Path>) -> Result<T, ConfigError> {
    let mut builder = Config::builder();
    if let Some(file) = file {
        builder = builder.add_source(File::from(file).format(FileFormat::Yaml));
    }
    let environment =
        Environment::with_prefix("MARQUEE").prefix_separator("__").separator("__").try_parsing(true);
    Ok(builder.add_source(environment).build()?.try_deserialize()?)
}
