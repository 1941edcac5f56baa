//! How a system under test is set up.

/// Variables and arguments of the server.
#[derive(Debug, Clone)]
pub struct Settings {
    variables: Vec<(String, String)>,
    arguments: Vec<String>,
}

impl Default for Settings {
    /// Quick password hashes, and no limit that stands in the way of a test from one address.
    fn default() -> Self {
        let settings = Self { variables: Vec::new(), arguments: Vec::new() };
        settings
            .with("gateway.listen", "127.0.0.1:0")
            .with("gateway.rate.per_second", 0)
            .with("user.passwords.memory_kib", 8)
            .with("user.passwords.iterations", 1)
            .with("user.passwords.queue", 10_000)
            .with("user.attempts.registration_free", 1_000_000)
            .with("user.attempts.address_free", 1_000_000)
            .with("order.max_open_orders", 0)
    }
}

impl Settings {
    /// Sets a key of the configuration, `order.hold_ms`; the last value counts.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "a number or a text, written where it is set")]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        let name = format!("MARQUEE__{}", key.replace('.', "__").to_uppercase());
        self.variables.retain(|(other, _)| *other != name);
        self.variables.push((name, value.to_string()));
        self
    }

    /// Sets up the demo at the first start.
    #[must_use]
    pub fn with_demo(mut self) -> Self {
        self.arguments.push("--demo".to_owned());
        self
    }

    /// The environment's variables.
    #[must_use]
    pub fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    /// Arguments of `serve`.
    #[must_use]
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }
}
