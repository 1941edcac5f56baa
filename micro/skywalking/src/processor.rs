//! Groups the spans of the SDK into segments.

use std::{borrow::Cow, time::Duration};

use opentelemetry::{
    Context,
    trace::{Span as _, TraceContextExt as _},
};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanProcessor},
};

use crate::{
    convert::MAX_OPERATION,
    keep::Keep,
    propagator::{Endpoint, Upstream},
    segment::{FinishedSegment, Place, Segment},
    sink::SegmentSink,
    text::cut_name,
    tracker::Tracker,
};

/// A span processor that puts spans of one request together, and gives what is to be kept to its sinks when the last
/// span has ended. It should be the only processor of its provider: the SDK copies each span where there are several.
#[derive(Debug)]
pub struct SegmentProcessor {
    tracker: Tracker,
    keep: Keep,
    sinks: Vec<Box<dyn SegmentSink>>,
}

impl SegmentProcessor {
    /// A processor without sinks. The tracker is the one that the propagator was built with.
    #[must_use]
    pub fn new(tracker: Tracker, keep: Keep) -> Self {
        Self { tracker, keep, sinks: Vec::new() }
    }

    /// Gives kept segments to one more sink. With one sink nothing is copied.
    #[must_use]
    pub fn with_sink(mut self, sink: impl SegmentSink + 'static) -> Self {
        self.sinks.push(Box::new(sink));
        self
    }

    /// The place of the span that a new one is a child of, in this process.
    fn local_parent(&self, cx: &Context) -> Option<Place> {
        let span = cx.span();
        let parent = span.span_context();
        // A caller may be this very process, calling itself over the network: its span is ours, but the call is not.
        if !parent.is_valid() || parent.is_remote() {
            return None;
        }
        self.tracker.place(parent.span_id())
    }

    fn give(&self, segment: FinishedSegment) {
        let Some((last, others)) = self.sinks.split_last() else { return };
        for sink in others {
            sink.take(segment.clone());
        }
        last.take(segment);
    }

    /// Asks all sinks and says what the first of the failing ones said.
    fn all(&self, ask: impl Fn(&dyn SegmentSink) -> OTelSdkResult) -> OTelSdkResult {
        self.sinks.iter().map(|sink| ask(sink.as_ref())).fold(Ok(()), OTelSdkResult::and)
    }
}

impl SpanProcessor for SegmentProcessor {
    fn on_start(&self, span: &mut Span, cx: &Context) {
        let id = span.span_context().span_id();
        if let Some(parent) = self.local_parent(cx)
            && self.tracker.join(id, &parent)
        {
            return;
        }
        self.tracker.open(id, || {
            let trace = span.span_context().trace_id();
            Place::first(Segment::new(trace, id, cx.get::<Upstream>().cloned(), endpoint(span, cx)))
        });
    }

    fn on_end(&self, data: SpanData) {
        let Some(place) = self.tracker.ended(data.span_context.span_id()) else { return };
        let Some(segment) = place.end(data) else { return };
        for span in segment.spans() {
            self.tracker.forget(span.data.span_context.span_id());
        }
        if self.keep.wants(segment.trace_id(), segment.failed(), segment.lasted()) {
            self.give(segment);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.all(|sink| sink.force_flush())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.all(|sink| sink.shutdown_with_timeout(timeout))
    }

    fn set_resource(&mut self, resource: &Resource) {
        for sink in &mut self.sinks {
            sink.set_resource(resource);
        }
    }
}

/// What the segment is called in headers to others. The SDK tells a running span's name only in a copy of the span, so
/// a context that says it saves that.
fn endpoint(span: &Span, cx: &Context) -> Cow<'static, str> {
    let name = match cx.get::<Endpoint>() {
        Some(Endpoint(name)) => name.clone(),
        None => span.exported_data().map(|data| data.name).unwrap_or_default(),
    };
    cut_name(name, MAX_OPERATION)
}
