//! What an operator can set of the site.

use serde::Deserialize;
use thiserror::Error;

pub use crate::hall::lone_seats::Rule;

/// Longest name of a chain, characters: it stands in the head of every page.
const NAME_MAX: usize = 40;

/// Configuration of the site.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whether the gateway serves the site; without it, the API alone.
    pub enabled: bool,
    /// The chain's name, in the head of every page.
    pub name: String,
    /// Whether cookies are for encrypted connections alone. Set it where visitors come by
    /// `https://`; with a `gateway.public_url` of that kind it is so by itself.
    pub secure_cookies: bool,
    /// What is done about a choice that would leave a seat alone.
    pub lone_seats: Rule,
}

/// A setting that cannot be used.
#[derive(Debug, Error)]
#[error("gateway.site.name must have 1 to {NAME_MAX} characters")]
pub struct ConfigError;

impl Default for Config {
    fn default() -> Self {
        Self { enabled: true, name: "Marquee".to_owned(), secure_cookies: false, lone_seats: Rule::Advise }
    }
}

impl Config {
    /// Checks what serde cannot.
    ///
    /// # Errors
    /// The setting that cannot be used.
    pub fn check(&self) -> Result<(), ConfigError> {
        let length = self.name.trim().chars().count();
        if (1..=NAME_MAX).contains(&length) { Ok(()) } else { Err(ConfigError) }
    }
}
