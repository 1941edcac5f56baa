//! Calls of this process to services elsewhere.

use std::sync::LazyLock;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram};
use tokio::time::Instant;

use super::{Count, Measure, counter, durations, seconds, shown};

/// Why nodes are left alone.
const CAUSES: [&str; 2] = ["failing", "unreachable"];

/// The instruments of all services, before they are bound.
struct Clients {
    calls: Counter<u64>,
    took: Histogram<f64>,
    repeats: Counter<u64>,
    ejections: Counter<u64>,
}

static CLIENTS: LazyLock<Clients> = LazyLock::new(|| Clients {
    calls: counter("marquee_client_calls_total", "Calls to services elsewhere, by service and outcome"),
    took: durations("marquee_client_call_duration_seconds", "How long calls to services elsewhere took"),
    repeats: counter("marquee_client_repeats_total", "Attempts of calls after their first one"),
    ejections: counter("marquee_client_ejections_total", "How often a node was left alone for a while"),
});

/// Calls of one service.
pub(crate) struct Client {
    answered: Count,
    failed: Count,
    took: Measure,
    repeats: Count,
}

impl Client {
    pub fn new(service: &str) -> Self {
        // Services of the contract by their names; all others count as one, so that nobody's
        // registry makes the labels many.
        let known = ["user", "film", "order"].into_iter().find(|known| *known == service);
        for cause in CAUSES {
            CLIENTS.ejections.add(0, &[KeyValue::new("cause", cause)]);
        }
        let service = KeyValue::new("service", known.unwrap_or("other"));
        let calls = |outcome| shown(&CLIENTS.calls, &[service.clone(), KeyValue::new("outcome", outcome)]);
        Self {
            answered: calls("answered"),
            failed: calls("failed"),
            took: CLIENTS.took.bind(std::slice::from_ref(&service)),
            repeats: shown(&CLIENTS.repeats, std::slice::from_ref(&service)),
        }
    }

    /// A call has its answer, whatever that says, or none.
    pub fn ended(&self, began: Instant, answered: bool) {
        self.took.record(seconds(began.elapsed()));
        if answered { &self.answered } else { &self.failed }.add(1);
    }

    /// A call is tried once more.
    pub fn repeated(&self) {
        self.repeats.add(1);
    }
}

/// A node is left alone for a while: `failing` or `unreachable`.
pub(crate) fn node_ejected(cause: &'static str) {
    CLIENTS.ejections.add(1, &[KeyValue::new("cause", cause)]);
}
