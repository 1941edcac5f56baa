//! What an operator can set.

use micro::StartError;
use micro::database::DatabaseConfig;
use serde::Deserialize;

/// Configuration of the film service.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the catalogue is kept; `film.db` in the data folder where the URL is empty.
    pub database: DatabaseConfig,
    /// Milliseconds between two attempts to tell the order service of a cancelled screening.
    pub cancel_retry_ms: u64,
    /// Days the answer to a request with an idempotency key is kept.
    pub keep_keys_days: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { database: DatabaseConfig::default(), cancel_retry_ms: 1_000, keep_keys_days: 7 }
    }
}

impl Config {
    /// Checks what cannot work.
    ///
    /// # Errors
    /// The setting that cannot be used and why.
    pub fn check(&self) -> Result<(), StartError> {
        if self.cancel_retry_ms == 0 {
            return Err(StartError::new("film.cancel_retry_ms must be 1 or more"));
        }
        if self.keep_keys_days == 0 {
            return Err(StartError::new("film.keep_keys_days must be 1 or more"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_cannot_work_is_named() {
        Config::default().check().unwrap();
        let config = Config { keep_keys_days: 0, ..Config::default() };
        assert!(config.check().unwrap_err().to_string().contains("keep_keys_days"));
        let result: Result<Config, _> = serde_json::from_str(r#"{"keep_key_days": 5}"#);
        assert!(result.unwrap_err().to_string().contains("keep_key_days"));
    }
}
