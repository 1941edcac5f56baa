//! What stands for a process: a provider with its processor, propagator and reporter.

use std::{collections::HashMap, time::Duration};

use opentelemetry::{
    Context, KeyValue,
    propagation::TextMapPropagator as _,
    trace::{SpanKind, TraceContextExt as _, Tracer as _, TracerProvider as _},
};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use opentelemetry_skywalking::{
    Builder, Counters, Keep, Peer, SegmentProcessor, SkyWalking, Sw8Propagator, Timing, Tracker,
};
use tokio::{sync::oneshot, task::JoinHandle};

/// As headers travel.
pub type Headers = HashMap<String, String>;

pub struct Process {
    pub tracer: SdkTracer,
    pub propagator: Sw8Propagator,
    pub tracker: Tracker,
    pub counters: Counters,
    stop: oneshot::Sender<()>,
    reporting: JoinHandle<()>,
    _provider: SdkTracerProvider,
}

/// Quick enough for tests; calls still have time on a busy machine.
pub fn quick() -> Timing {
    Timing {
        linger: Duration::from_millis(5),
        retry_first: Duration::from_millis(20),
        retry_longest: Duration::from_millis(100),
        ..Timing::default()
    }
}

impl Process {
    /// Instance 1 of the service, which keeps everything.
    pub fn start(service: &str, collector: &str) -> Self {
        Self::with(service, collector, Keep::default(), |builder| builder)
    }

    pub fn with(
        service: &str,
        collector: &str,
        keep: Keep,
        settings: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        let builder = SkyWalking::builder(service, format!("{service}-1"), collector).timing(quick());
        let parts = settings(builder).build().expect("the settings are right");
        let counters = parts.reporter.counters();
        let (stop, stopped) = oneshot::channel::<()>();
        let reporting = tokio::spawn(parts.reporter.run(async { drop(stopped.await) }));
        let processor = SegmentProcessor::new(parts.tracker.clone(), keep).with_sink(parts.sink);
        let provider = SdkTracerProvider::builder().with_span_processor(processor).build();
        Self {
            tracer: provider.tracer("test"),
            propagator: parts.propagator,
            tracker: parts.tracker,
            counters,
            stop,
            reporting,
            _provider: provider,
        }
    }

    /// A span that runs in the context returned.
    pub fn span(
        &self,
        name: &'static str,
        kind: SpanKind,
        attributes: Vec<KeyValue>,
        cx: &Context,
    ) -> Context {
        let builder = self.tracer.span_builder(name).with_kind(kind).with_attributes(attributes);
        cx.with_span(builder.start_with_context(&self.tracer, cx))
    }

    pub fn server(&self, name: &'static str, cx: &Context) -> Context {
        self.span(name, SpanKind::Server, vec![], cx)
    }

    /// A call to `address`, whose headers are returned.
    pub fn call(&self, address: &str, cx: &Context) -> (Context, Headers) {
        let cx = self.span("call", SpanKind::Client, vec![KeyValue::new("peer", address.to_owned())], cx);
        let headers = self.headers(&cx.with_value(Peer(address.into())));
        (cx, headers)
    }

    pub fn headers(&self, cx: &Context) -> Headers {
        let mut headers = Headers::new();
        self.propagator.inject_context(cx, &mut headers);
        headers
    }

    /// What headers say to this process.
    pub fn read(&self, headers: &Headers) -> Context {
        self.propagator.extract_with_context(&Context::new(), headers)
    }

    /// A request of one span.
    pub fn request(&self, name: &'static str) {
        self.server(name, &Context::new()).span().end();
    }

    /// Stops as a process does. Returns what became of the segments: sent and lost.
    pub async fn stop(self) -> (u64, u64) {
        drop(self.stop);
        self.reporting.await.expect("the reporter does not panic");
        (self.counters.sent(), self.counters.lost())
    }
}
