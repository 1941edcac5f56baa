//! How a system under test is set up.

/// Variables and arguments of the server.
#[derive(Debug, Clone)]
pub struct Settings {
    variables: Vec<(String, String)>,
    /// Whether the demo is set up at the first start.
    pub demo: bool,
}

impl Default for Settings {
    /// Quick password hashes, and no limit that stands in the way of a test from one address.
    fn default() -> Self {
        let settings = Self { variables: Vec::new(), demo: false };
        settings
            // Many systems share the machine.
            .with("admin.listen", "")
            .with("gateway.rate.per_second", 0)
            .with("user.passwords.memory_kib", 8)
            .with("user.passwords.iterations", 1)
            .with("user.passwords.queue", 10_000)
            .with("user.attempts.registration_free", 1_000_000)
            .with("user.attempts.address_free", 1_000_000)
            .with("order.max_open_orders", 0)
            .with("order.max_payment_attempts", 0)
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
        self.demo = true;
        self
    }

    /// The environment's variables.
    #[must_use]
    pub fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    /// Arguments of `serve`.
    pub fn arguments(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.demo.then_some("--demo").into_iter()
    }
}
