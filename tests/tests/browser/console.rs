//! What a page's console says: a page of the site has nothing to complain about there.

use std::fmt;

use serde_json::Value;

/// A line of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    level: String,
    source: String,
    message: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.level, self.source, self.message)
    }
}

impl Line {
    /// As the driver tells it.
    pub fn of(told: &Value) -> Self {
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        Self { level: text("level"), source: text("source"), message: text("message") }
    }

    /// Whether a page is at fault: an error that nothing caught, something that the policy
    /// forbids, an asset that is not there. A page that was refused, or a network that was
    /// away, is what tests ask for.
    pub fn is_fault(&self) -> bool {
        let is_asset = self.message.contains("/assets/") && !self.message.contains("net::ERR_");
        match self.source.as_str() {
            "network" => is_asset,
            "security" => true,
            _ => self.level == "SEVERE" || self.message.contains("Content Security Policy"),
        }
    }
}
