//! Starting and ending what exports traces.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwapOption, Guard};
use opentelemetry::InstrumentationScope;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracer, SdkTracerProvider};
use opentelemetry_skywalking::{Keep, LinkState, SegmentProcessor, SkyWalking, SpansTo, Tracker};
use tokio_util::sync::CancellationToken;

use super::config::{SkyWalkingConfig, TraceConfig};
use crate::telemetry::{BATCH, NAMESPACE, Named, PATIENCE, QUEUE, keep_counting, otlp};
use crate::{BoxError, metrics};

/// Name of what makes the spans.
const SCOPE: &str = "marquee";
/// Spans wait so long for others before they are sent by OTLP.
const LINGER: Duration = Duration::from_secs(1);

/// What makes spans in this process.
pub struct Tracing {
    pub tracer: SdkTracer,
    pub propagators: Vec<Box<dyn TextMapPropagator + Send + Sync>>,
}

static TRACING: ArcSwapOption<Tracing> = ArcSwapOption::const_empty();

/// Nothing where traces are off.
pub fn tracing() -> Guard<Option<Arc<Tracing>>> {
    TRACING.load()
}

/// The way of traces out of this process.
pub struct Traces {
    provider: SdkTracerProvider,
    stop: CancellationToken,
    reporting: Option<tokio::task::JoinHandle<()>>,
}

impl Traces {
    /// Starts making spans and sending them; nothing where it is not configured.
    ///
    /// One way at a time. On a runtime that lives as long as it does.
    ///
    /// # Errors
    /// A setting that cannot be used, named.
    pub fn start(config: &TraceConfig, named: &Named) -> Result<Option<Self>, BoxError> {
        config.check()?;
        if !config.is_on() {
            return Ok(None);
        }
        let stop = CancellationToken::new();
        let keep = Keep { rate: config.rate, slow: Duration::from_millis(config.slow_ms) };
        let mut propagators: Vec<Box<dyn TextMapPropagator + Send + Sync>> =
            vec![Box::new(TraceContextPropagator::new()), Box::new(BaggagePropagator::new())];
        let mut reporting = None;
        let mut processor = if config.skywalking.is_on() {
            let parts = skywalking(&config.skywalking, named)?;
            let counters = parts.sink.counters();
            tokio::spawn(keep_counting("traces", move || counters.lost(), stop.clone()));
            propagators.push(Box::new(parts.propagator));
            reporting = Some(tokio::spawn(parts.reporter.run(stop.clone().cancelled_owned())));
            SegmentProcessor::new(parts.tracker, keep).with_sink(parts.sink)
        } else {
            SegmentProcessor::new(Tracker::default(), keep)
        };
        if config.otlp.is_on() {
            let batches = BatchConfigBuilder::default()
                .with_max_queue_size(QUEUE)
                .with_max_export_batch_size(BATCH)
                .with_scheduled_delay(LINGER)
                .build();
            let exporter = otlp::spans(&config.otlp)?;
            let batches = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
            processor = processor.with_sink(SpansTo(batches));
        }
        let provider = SdkTracerProvider::builder()
            .with_resource(named.resource())
            .with_span_processor(processor)
            .build();
        let tracer = provider.tracer_with_scope(InstrumentationScope::builder(SCOPE).build());
        TRACING.store(Some(Arc::new(Tracing { tracer, propagators })));
        Ok(Some(Self { provider, stop, reporting }))
    }

    /// Makes no more spans, and sends what is left, for at most a few seconds.
    pub async fn end(self) {
        TRACING.store(None);
        let Self { provider, stop, reporting } = self;
        let shut_down = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(PATIENCE));
        if let Ok(Err(error)) = shut_down.await {
            tracing::warn!(%error, "some traces were not sent");
        }
        stop.cancel();
        if let Some(reporting) = reporting
            && tokio::time::timeout(PATIENCE, reporting).await.is_err()
        {
            tracing::warn!("some traces were not sent to SkyWalking");
        }
    }
}

/// What reports to SkyWalking, once it is run.
pub(super) fn skywalking(config: &SkyWalkingConfig, named: &Named) -> Result<SkyWalking, BoxError> {
    let group = format!("{NAMESPACE}::{}", named.service);
    let mut builder = SkyWalking::builder(group, &named.instance, &config.address)
        .properties([
            ("language", "rust"),
            ("os_name", std::env::consts::OS),
            ("version", named.version),
            ("process_no", &std::process::id().to_string()),
        ])
        .meters(metrics::of_skywalking)
        .on_link(|link| match link {
            LinkState::Away { reason } => {
                tracing::warn!(reason, "skywalking is away: traces are lost until it is back");
            }
            LinkState::Connected => tracing::info!("skywalking takes traces"),
        });
    if !config.authentication.is_empty() {
        builder = builder.authentication(&config.authentication);
    }
    builder.build().map_err(|error| format!("traces.skywalking: {error}").into())
}
