//! What is counted and measured, by the metrics API of OpenTelemetry.
//!
//! An instrument is made once by [`meter`] and bound to its labels once; counting
//! is then an addition, without a look at the labels. `/metrics` of the admin port
//! shows all of them as text for Prometheus; any other reader of the SDK, such as
//! an exporter by OTLP, can be added by [`start`].
//!
//! Names are those of Prometheus, unit included. Labels take their values from the
//! contract and from the code, never from what a caller sends: their number is
//! known beforehand.

mod clients;
pub mod database;
mod process;
mod redis;
mod rpc;
mod runtime;
mod skywalking;

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{
    BoundCounter, BoundHistogram, Counter, Histogram, Meter, MeterProvider, ObservableGauge, UpDownCounter,
};
use opentelemetry_sdk::metrics::{MeterProviderBuilder, SdkMeterProvider};
use prometheus::{Registry, TextEncoder};

pub use opentelemetry;

pub(crate) use clients::{Client, node_ejected};
pub(crate) use redis::{Answers, redis_known};
pub(crate) use rpc::served;
pub(crate) use skywalking::of_skywalking;

/// A counter whose labels are known: to count with it is an addition.
pub type Count = BoundCounter<u64>;
/// A histogram whose labels are known.
pub type Measure = BoundHistogram<f64>;

/// Bounds of durations, seconds: from a claim in memory to the longest time a call may take.
const DURATIONS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

struct Metrics {
    provider: SdkMeterProvider,
    registry: Registry,
}

static METRICS: OnceLock<Metrics> = OnceLock::new();

fn metrics() -> &'static Metrics {
    METRICS.get_or_init(|| Metrics::new(|builder| builder))
}

impl Metrics {
    fn new(readers: impl FnOnce(MeterProviderBuilder) -> MeterProviderBuilder) -> Self {
        let registry = Registry::new();
        let exporter = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            // Names have their units already, and are the same for every reader.
            .without_units()
            .without_counter_suffixes()
            .without_target_info()
            .scope_info_enabled(false)
            .build();
        let builder = SdkMeterProvider::builder();
        let builder = match exporter {
            Ok(exporter) => builder.with_reader(exporter),
            Err(error) => {
                tracing::error!(%error, "there are no metrics for Prometheus");
                builder
            }
        };
        Self { provider: readers(builder).build(), registry }
    }
}

/// Adds readers to the one for Prometheus. Must come before anything is counted:
/// says whether it did.
pub fn start(readers: impl FnOnce(MeterProviderBuilder) -> MeterProviderBuilder) -> bool {
    METRICS.set(Metrics::new(readers)).is_ok()
}

/// Gives what readers hold back to where it goes, as a process ends.
pub fn flush() {
    if let Some(Err(error)) = METRICS.get().map(|metrics| metrics.provider.force_flush()) {
        tracing::debug!(%error, "the last metrics could not be sent");
    }
}

/// Where instruments are made.
#[must_use]
pub fn meter() -> Meter {
    metrics().provider.meter("marquee")
}

/// Begins to tell of the process itself and of its runtime; `roles` names what runs in it.
/// Once for a process, in its runtime.
pub fn of_process(roles: &str) {
    process::register(roles);
    runtime::register(&tokio::runtime::Handle::current());
}

/// All metrics as text for Prometheus, and its content type.
///
/// # Errors
/// Metrics that cannot be written, which is a defect.
pub fn text() -> Result<(String, &'static str), crate::BoxError> {
    let text = TextEncoder::new().encode_to_string(&metrics().registry.gather())?;
    Ok((text, prometheus::TEXT_FORMAT))
}

/// A counter; its name ends in `_total`.
#[must_use]
pub fn counter(name: &'static str, description: &'static str) -> Counter<u64> {
    meter().u64_counter(name).with_description(description).build()
}

/// What rises and falls.
#[must_use]
pub fn up_down(name: &'static str, description: &'static str) -> UpDownCounter<i64> {
    meter().i64_up_down_counter(name).with_description(description).build()
}

/// Durations; the name ends in `_seconds`.
#[must_use]
pub fn durations(name: &'static str, description: &'static str) -> Histogram<f64> {
    sizes(name, description, DURATIONS.to_vec())
}

/// A distribution with these upper bounds.
#[must_use]
pub fn sizes(name: &'static str, description: &'static str, bounds: Vec<f64>) -> Histogram<f64> {
    meter().f64_histogram(name).with_description(description).with_boundaries(bounds).build()
}

/// A number that is looked up when it is asked for.
pub fn gauge(
    name: &'static str,
    description: &'static str,
    look: impl Fn() -> Vec<(f64, Vec<KeyValue>)> + Send + Sync + 'static,
) -> ObservableGauge<f64> {
    let observe = move |observer: &dyn opentelemetry::metrics::AsyncInstrument<f64>| {
        for (value, labels) in look() {
            observer.observe(value, &labels);
        }
    };
    meter().f64_observable_gauge(name).with_description(description).with_callback(observe).build()
}

/// A counter of one label's value that shows from the start, with 0.
pub fn shown(counter: &Counter<u64>, labels: &[KeyValue]) -> Count {
    let count = counter.bind(labels);
    count.add(0);
    count
}

/// Seconds, as durations are measured.
#[must_use]
pub fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}
