//! Something that is being done, as traces show it.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use http::HeaderMap;
use opentelemetry::trace::{SpanBuilder, SpanKind, Status, TraceContextExt, Tracer};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_skywalking::{Endpoint, Peer};

use super::headers::{Read, Write};
use super::start::{Tracing, tracing};
use super::w3c::TraceContext;
use crate::Current;

/// The place of the other end of a call, for SkyWalking's map.
const PEER: &str = "peer";

/// Something that is being done; ends when the last copy of it is dropped.
///
/// Empty where traces are off or nothing asked for is being done: all of this does nothing then.
#[derive(Clone, Default)]
pub struct Span(Option<Context>);

impl Span {
    /// A request that came in, with the headers it came with. Called from within this
    /// process, it is a part of what its caller does.
    #[must_use]
    pub fn entry(name: impl FnOnce() -> Cow<'static, str>, headers: &HeaderMap) -> Self {
        let tracing = tracing();
        let Some(tracing) = tracing.as_deref() else { return Self::default() };
        let name = name();
        if let Some(parent) = current() {
            return Self::begin(tracing, SpanBuilder::from_name(name), &parent);
        }
        let mut parent = Context::new();
        for propagator in &tracing.propagators {
            parent = propagator.extract_with_context(&parent, &Read(headers));
        }
        let parent = parent.with_value(Endpoint(name.clone()));
        Self::begin(tracing, SpanBuilder::from_name(name).with_kind(SpanKind::Server), &parent)
    }

    /// Work that is part of what this task does.
    #[must_use]
    pub fn local(name: &'static str) -> Self {
        Self::part(|| SpanBuilder::from_name(name))
    }

    /// A call to another process: what is called, and at which address.
    #[must_use]
    pub fn exit(name: impl FnOnce() -> Cow<'static, str>, peer: &Arc<str>) -> Self {
        let span = Self::part(|| {
            let peer = KeyValue::new(PEER, Arc::clone(peer));
            SpanBuilder::from_name(name()).with_kind(SpanKind::Client).with_attributes([peer])
        });
        Self(span.0.map(|context| context.with_value(Peer(Arc::clone(peer)))))
    }

    /// A call to another process that has ended already.
    pub(super) fn exited(builder: impl FnOnce() -> SpanBuilder, began: SystemTime) -> Self {
        Self::part(|| builder().with_kind(SpanKind::Client).with_start_time(began))
    }

    fn part(builder: impl FnOnce() -> SpanBuilder) -> Self {
        let tracing = tracing();
        let Some(tracing) = tracing.as_deref() else { return Self::default() };
        let Some(parent) = current() else { return Self::default() };
        Self::begin(tracing, builder(), &parent)
    }

    fn begin(tracing: &Tracing, builder: SpanBuilder, parent: &Context) -> Self {
        Self(Some(parent.with_span(tracing.tracer.build_with_context(builder, parent))))
    }

    /// Whether it is recorded: what is only there to be told need not be made otherwise.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        self.0.is_some()
    }

    /// Does work in it: what that begins is part of it.
    pub async fn within<F: Future>(&self, work: F) -> F::Output {
        match &self.0 {
            Some(_) => Current { span: self.clone(), ..Current::get() }.scope(work).await,
            None => work.await,
        }
    }

    /// Tells more of it.
    pub fn set(&self, key: &'static str, value: impl Into<Value>) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new(key, value));
        }
    }

    /// It failed, in a way that an operator should see.
    pub fn fail(&self, why: impl Into<Cow<'static, str>>) {
        if let Some(context) = &self.0 {
            context.span().set_status(Status::error(why));
        }
    }

    /// Writes the headers by which whoever is called joins the trace.
    pub fn inject(&self, headers: &mut HeaderMap) {
        if let (Some(context), Some(tracing)) = (&self.0, tracing().as_deref()) {
            for propagator in &tracing.propagators {
                propagator.inject_context(context, &mut Write(headers));
            }
        }
    }

    /// The trace and its place in it.
    #[must_use]
    pub fn trace(&self) -> Option<TraceContext> {
        let span = self.0.as_ref()?.span();
        let context = span.span_context();
        Some(TraceContext {
            trace_id: u128::from_be_bytes(context.trace_id().to_bytes()),
            span_id: u64::from_be_bytes(context.span_id().to_bytes()),
            sampled: context.is_sampled(),
        })
    }
}

/// The span this task works in.
fn current() -> Option<Context> {
    Current::look(|current| current.span.0.clone()).flatten()
}
