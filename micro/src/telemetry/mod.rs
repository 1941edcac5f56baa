//! What a server tells of itself: the log, metrics and traces, each to those who take it.
//!
//! A receiver that is away costs nothing but what it would have been sent: queues are limited
//! and off the way of requests, losses are counted, and the log says when they begin and end.

mod config;
mod identity;
mod logs;
pub(crate) mod otlp;
mod told;

use std::time::Duration;

use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::PeriodicReader;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::logging::{self, LogConfig};
use crate::trace::{TraceConfig, Traces};
use crate::{BoxError, metrics};

pub use config::{MetricsConfig, OtlpConfig, OtlpProtocol};
pub(crate) use identity::NAMESPACE;
pub use identity::{Identity, Named};
pub(crate) use told::{keep_counting, show_losses};

/// Spans, or lines of the log, that wait for a receiver of OTLP: some 1 KB each.
pub(crate) const QUEUE: usize = 16_384;
/// Most of them in one call, under the 4 MiB that receivers take.
pub(crate) const BATCH: usize = 2_048;
/// How long what is left may take to be sent at the end: traces and metrics, and then the log.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// The ways out of this process.
pub struct Telemetry {
    traces: Option<Traces>,
    logs: Option<SdkLoggerProvider>,
    _lines: DropGuard,
}

impl Telemetry {
    /// Starts the log, and sends metrics, lines and traces to those who are configured.
    ///
    /// Once for a process, before anything is counted; in a runtime that lives as long as the
    /// process does.
    ///
    /// # Errors
    /// A setting that cannot be used, named.
    pub fn start(
        log: &LogConfig,
        metrics: &MetricsConfig,
        traces: &TraceConfig,
        identity: &Identity,
    ) -> Result<Self, BoxError> {
        let named = Named::new(traces, identity);
        let logs = logs::provider(&log.otlp, &named)?;
        logging::start(log, traces.is_on(), logs.as_ref())?;
        send_metrics(metrics, &named)?;
        let traces = Traces::start(traces, &named)?;
        let stop = CancellationToken::new();
        tokio::spawn(keep_counting("logs", logging::lost, stop.clone()));
        Ok(Self { traces, logs, _lines: stop.drop_guard() })
    }

    /// Sends what is left, for at most a few seconds in all.
    pub async fn end(self) {
        let Self { traces, logs, _lines } = self;
        let traces = async {
            if let Some(traces) = traces {
                traces.end().await;
            }
        };
        let metrics = in_time("metrics", || {
            metrics::flush();
            true
        });
        if tokio::time::timeout(PATIENCE, async { tokio::join!(traces, metrics) }).await.is_err() {
            tracing::warn!("some traces or metrics were not sent");
        }
        // Last, for what the others had to say.
        if let Some(logs) = logs {
            in_time("lines of the log", move || logs.shutdown_with_timeout(PATIENCE).is_ok()).await;
        }
    }
}

fn send_metrics(config: &MetricsConfig, named: &Named) -> Result<(), BoxError> {
    config.check()?;
    if !config.otlp.is_on() {
        return Ok(());
    }
    let exporter = otlp::metrics(&config.otlp)?;
    let every = Duration::from_millis(config.every_ms);
    let reader = PeriodicReader::builder(exporter).with_interval(every).build();
    let resource = named.resource();
    if metrics::start(|builder| builder.with_reader(reader).with_resource(resource)) {
        Ok(())
    } else {
        Err("metrics are counted already".into())
    }
}

async fn in_time(what: &'static str, work: impl FnOnce() -> bool + Send + 'static) {
    let ended = tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(work)).await;
    if !matches!(ended, Ok(Ok(true))) {
        tracing::warn!("some {what} were not sent");
    }
}
