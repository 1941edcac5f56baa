//! Several takers of the same spans.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use opentelemetry::{
    Context,
    trace::{Span as _, SpanKind, Status, TraceContextExt as _, Tracer as _, TracerProvider as _},
};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{BatchSpanProcessor, SdkTracerProvider, SpanData, SpanExporter},
};
use opentelemetry_skywalking::{Keep, SegmentProcessor, SkyWalking, SpansTo, Tracker};
use skywalking_collector::Collector;

use crate::process::quick;

/// Keeps what it exports.
#[derive(Clone, Debug, Default)]
struct Exported(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Exported {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().expect("no test panics here").extend(batch);
        Ok(())
    }
}

impl Exported {
    fn spans(&self) -> Vec<SpanData> {
        self.0.lock().expect("no test panics here").clone()
    }
}

/// Fails where told so.
fn request(provider: &SdkTracerProvider, name: &'static str, fails: bool) {
    let tracer = provider.tracer("test");
    let cx = Context::new().with_span(tracer.start_with_context(name, &Context::new()));
    let builder = tracer.span_builder("step").with_kind(SpanKind::Internal);
    let mut step = builder.start_with_context(&tracer, &cx);
    if fails {
        step.set_status(Status::error("no"));
    }
    step.end();
    cx.span().end();
}

#[tokio::test]
async fn an_exporter_gets_the_spans_that_skywalking_gets() {
    let collector = Collector::start().await.expect("a collector");
    let exporter = Exported::default();
    let parts =
        SkyWalking::builder("orders", "1", collector.address()).timing(quick()).build().expect("parts");
    let _reporting = tokio::spawn(parts.reporter.run(std::future::pending()));
    let keep = Keep { rate: 0.0, slow: Duration::MAX };
    let processor = SegmentProcessor::new(parts.tracker, keep)
        .with_sink(parts.sink)
        .with_sink(SpansTo(BatchSpanProcessor::builder(exporter.clone()).build()));
    let provider = SdkTracerProvider::builder().with_span_processor(processor).build();
    request(&provider, "fine", false);
    request(&provider, "fails", true);

    tokio::task::spawn_blocking(move || provider.force_flush()).await.expect("a thread").expect("flushed");
    let spans = exporter.spans();
    let names: Vec<_> = spans.iter().map(|span| span.name.as_ref()).collect();
    assert_eq!(names, ["step", "fails"], "in the order of their ends");
    let segment = collector.segments(1).await.expect("the segment").remove(0);
    assert_eq!(segment.trace_id, spans[0].span_context.trace_id().to_string());
    assert_eq!(segment.spans.len(), 2);
}

#[tokio::test]
async fn an_exporter_needs_no_skywalking() {
    let exporter = Exported::default();
    let batches = BatchSpanProcessor::builder(exporter.clone()).build();
    let processor = SegmentProcessor::new(Tracker::default(), Keep::default()).with_sink(SpansTo(batches));
    let provider = SdkTracerProvider::builder().with_span_processor(processor).build();
    request(&provider, "fine", false);
    tokio::task::spawn_blocking(move || provider.shutdown()).await.expect("a thread").expect("shut down");
    assert_eq!(exporter.spans().len(), 2, "the end of the provider sends what is left");
}
