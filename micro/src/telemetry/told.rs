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

use crate::metrics::counter;

/// What is sent.
const SIGNALS: [&str; 3] = ["traces", "metrics", "logs"];

static LOST: LazyLock<Counter<u64>> = LazyLock::new(|| {
    counter(
        "marquee_telemetry_lost_total",
        "Spans (of SkyWalking segments), log lines and rounds of metrics that no receiver took",
    )
});

/// Shows from the start that nothing was lost.
pub fn show_losses() {
    for signal in SIGNALS {
        LOST.add(0, &[KeyValue::new("signal", signal)]);
    }
}

/// Counts traces that were lost: segments of SkyWalking, spans of OTLP.
pub fn lost_traces(lost: u64) {
    LOST.add(lost, &[KeyValue::new("signal", SIGNALS[0])]);
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
