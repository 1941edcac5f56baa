//! Exporters whose losses are counted, and logged when they begin and end.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogExporter};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tokio_util::sync::CancellationToken;

use crate::metrics::counter;

/// What is sent.
const SIGNALS: [&str; 3] = ["traces", "metrics", "logs"];

/// What is lost elsewhere is counted so often.
const COUNTED_EVERY: Duration = Duration::from_secs(1);

static LOST: LazyLock<Counter<u64>> = LazyLock::new(|| {
    counter(
        "marquee_telemetry_lost_total",
        "Spans (of SkyWalking segments), log lines and rounds of metrics that nobody took",
    )
});

/// Shows from the start that nothing was lost.
pub fn show_losses() {
    for signal in SIGNALS {
        LOST.add(0, &[KeyValue::new("signal", signal)]);
    }
}

/// Counts what is lost elsewhere, which `lost` says in all, until everything ends.
pub async fn keep_counting(signal: &'static str, lost: impl Fn() -> u64, stop: CancellationToken) {
    let mut counted = 0;
    loop {
        let ends = stop.run_until_cancelled(tokio::time::sleep(COUNTED_EVERY)).await.is_none();
        let lost = lost();
        LOST.add(lost.saturating_sub(counted), &[KeyValue::new("signal", signal)]);
        counted = lost;
        if ends {
            return;
        }
    }
}

/// An exporter, and what became of what it was given.
#[derive(Debug)]
pub struct Told<E> {
    exporter: E,
    signal: &'static str,
    away: AtomicBool,
}

impl<E> Told<E> {
    /// Watches an exporter of this signal.
    pub fn new(exporter: E, signal: &'static str) -> Self {
        Self { exporter, signal, away: AtomicBool::new(false) }
    }

    fn after(&self, result: &OTelSdkResult, items: usize) {
        let signal = self.signal;
        match result {
            Ok(()) => {
                if self.away.swap(false, Ordering::Relaxed) {
                    tracing::info!(signal, "the receiver of OTLP takes it again");
                }
            }
            Err(error) => {
                LOST.add(u64::try_from(items).unwrap_or(u64::MAX), &[KeyValue::new("signal", signal)]);
                if !self.away.swap(true, Ordering::Relaxed) {
                    tracing::warn!(signal, %error, "the receiver of OTLP is away: lost until it is back");
                }
            }
        }
    }
}

impl<E: SpanExporter> SpanExporter for Told<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let items = batch.len();
        let result = self.exporter.export(batch).await;
        self.after(&result, items);
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl<E: LogExporter> LogExporter for Told<E> {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let items = batch.iter().count();
        let result = self.exporter.export(batch).await;
        self.after(&result, items);
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl<E: PushMetricExporter> PushMetricExporter for Told<E> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let result = self.exporter.export(metrics).await;
        self.after(&result, 1);
        result
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.exporter.temporality()
    }
}
