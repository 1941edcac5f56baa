//! Reads and writes the headers `sw8` and `sw8-correlation`.

use std::{borrow::Cow, sync::Arc};

use opentelemetry::{
    Context,
    propagation::{Extractor, Injector, TextMapPropagator, text_map_propagator::FieldIter},
    trace::{SpanContext, TraceContextExt as _, TraceFlags, TraceState},
};

use crate::{
    correlation::{Correlation, SW8_CORRELATION},
    header::{Fields, MAX_NAME, SW8, Sw8},
    ids,
    tracker::Tracker,
};

/// In a `Context`: the caller, as its header `sw8` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream(Arc<Sw8>);

impl Upstream {
    /// A caller that was learnt of in another way than by the header.
    #[must_use]
    pub fn new(header: Sw8) -> Self {
        Self(Arc::new(header))
    }

    /// What the header said.
    #[must_use]
    pub fn header(&self) -> &Sw8 {
        &self.0
    }
}

/// In a `Context`: the address that is about to be called, such as `10.0.0.7:8080`. SkyWalking joins caller and called
/// by it, so it is the same text as the calling span's peer. Without it, or longer than 255 bytes, the header has no
/// address; agents of some languages then ignore it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer(pub Arc<str>);

/// In a `Context`: the name of the span that is about to be started as a request's first. Not needed, but it spares a
/// copy of that span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(pub Cow<'static, str>);

/// Who reports.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) service: String,
    pub(crate) instance: String,
}

/// Propagates SkyWalking's headers.
///
/// Reading puts [`Upstream`] and [`Correlation`] into the context, and the remote span context that follows from them
/// where the context has none yet: put a propagator of another standard, such as W3C's, before this one, and its ids
/// hold while SkyWalking still learns the caller. Writing needs the calling span to be followed by the
/// [`SegmentProcessor`](crate::SegmentProcessor); otherwise it writes nothing.
#[derive(Debug)]
pub struct Sw8Propagator {
    tracker: Tracker,
    identity: Arc<Identity>,
    fields: [String; 2],
}

impl Sw8Propagator {
    pub(crate) fn new(tracker: Tracker, identity: Arc<Identity>) -> Self {
        Self { tracker, identity, fields: [SW8.into(), SW8_CORRELATION.into()] }
    }

    /// The header for a call by the context's span, if that span is followed.
    fn header(&self, cx: &Context) -> Option<String> {
        let span = cx.span();
        let caller = span.span_context();
        if !caller.is_valid() || caller.is_remote() {
            return None;
        }
        let place = self.tracker.place(caller.span_id())?;
        let segment = &place.segment;
        let address = cx.get::<Peer>().map_or("", |Peer(address)| address);
        let fields = Fields {
            sampled: caller.is_sampled(),
            trace_id: &trace_text(segment.trace, segment.upstream.as_ref()),
            segment_id: &ids::segment_id(segment.trace, segment.root),
            span_id: place.number,
            service: &self.identity.service,
            instance: &self.identity.instance,
            endpoint: &segment.endpoint,
            address: if address.len() <= MAX_NAME { address } else { "" },
        };
        Some(fields.write())
    }
}

/// The trace in SkyWalking's words: as the caller named it, otherwise OpenTelemetry's id.
pub(crate) fn trace_text(trace: opentelemetry::trace::TraceId, upstream: Option<&Upstream>) -> Cow<'_, str> {
    match upstream {
        Some(upstream) => Cow::Borrowed(&upstream.0.trace_id),
        None => Cow::Owned(trace.to_string()),
    }
}

impl TextMapPropagator for Sw8Propagator {
    fn inject_context(&self, cx: &Context, injector: &mut dyn Injector) {
        let Some(header) = self.header(cx) else { return };
        injector.set(SW8, header);
        if let Some(correlation) = cx.get::<Correlation>().filter(|correlation| !correlation.is_empty()) {
            injector.set(SW8_CORRELATION, correlation.to_string());
        }
    }

    fn extract_with_context(&self, cx: &Context, extractor: &dyn Extractor) -> Context {
        let Some(header) = extractor.get(SW8).and_then(Sw8::parse) else { return cx.clone() };
        let mut cx = with_remote(cx, &header).with_value(Upstream::new(header));
        if let Some(correlation) = extractor.get(SW8_CORRELATION).and_then(Correlation::parse) {
            cx = cx.with_value(correlation);
        }
        cx
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&self.fields)
    }
}

/// The context with the caller's span, unless it has a caller's span already.
fn with_remote(cx: &Context, header: &Sw8) -> Context {
    let span = cx.span();
    let known = span.span_context();
    if known.is_valid() && known.is_remote() {
        return cx.clone();
    }
    cx.with_remote_span_context(SpanContext::new(
        ids::trace_id(&header.trace_id),
        ids::span_id(&header.segment_id, header.span_id),
        TraceFlags::default().with_sampled(header.sampled),
        true,
        TraceState::default(),
    ))
}
