//! Segments in SkyWalking's words.

mod kind;
mod logs;
mod peer;
mod tags;

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::{Value, trace::Status};
use opentelemetry_sdk::trace::SpanData;

use crate::{
    ids,
    propagator::{Identity, Upstream, trace_text},
    segment::{FinishedSegment, NO_PARENT, SegmentSpan},
    text::{cut, cut_name},
    wire,
};

/// Longest operation name, in characters: the back end takes no longer name of an endpoint.
pub const MAX_OPERATION: usize = 150;
/// Longest value of a tag or log, in characters: statements and URLs are of this order.
pub const MAX_VALUE: usize = 2_048;
/// Longest stack of an exception, in characters: some 50 frames.
pub const MAX_STACK: usize = 8_192;
/// Longest name of a tag, in characters: the longest standard attribute names have some 60.
pub const MAX_KEY: usize = 128;

/// The segment as it is reported.
pub(crate) fn segment_object(segment: FinishedSegment, identity: &Identity) -> wire::SegmentObject {
    let FinishedSegment { trace, root, upstream, mut spans, left_out, .. } = segment;
    spans.sort_unstable_by_key(|span| span.number);
    wire::SegmentObject {
        trace_id: trace_text(trace, upstream.as_ref()).into_owned(),
        trace_segment_id: ids::segment_id(trace, root),
        spans: spans.into_iter().map(|span| span_object(span, upstream.as_ref())).collect(),
        service: identity.service.clone(),
        service_instance: identity.instance.clone(),
        is_size_limited: left_out > 0,
    }
}

fn span_object(span: SegmentSpan, upstream: Option<&Upstream>) -> wire::SpanObject {
    let SegmentSpan { number, parent, data } = span;
    let SpanData { span_kind, name, start_time, end_time, attributes, events, status, .. } = data;
    let span_type = kind::span_type(&span_kind);
    let class = kind::classify(&attributes, span_type);
    let peer = peer::peer(&attributes, span_type, class);
    let is_error = matches!(status, Status::Error { .. });
    wire::SpanObject {
        span_id: number,
        parent_span_id: parent,
        start_time: milliseconds(start_time),
        end_time: milliseconds(end_time),
        refs: if parent == NO_PARENT { upstream.map(reference).into_iter().collect() } else { Vec::new() },
        operation_name: cut_name(name, MAX_OPERATION).into_owned(),
        tags: tags::tags(attributes, class, !peer.is_empty()),
        peer,
        span_type: span_type.into(),
        span_layer: class.layer.into(),
        component_id: class.component,
        is_error,
        logs: logs::logs(events.events, status, end_time),
    }
}

fn reference(upstream: &Upstream) -> wire::SegmentReference {
    let header = upstream.header();
    wire::SegmentReference {
        ref_type: wire::RefType::CrossProcess.into(),
        trace_id: header.trace_id.clone(),
        parent_trace_segment_id: header.segment_id.clone(),
        parent_span_id: header.span_id,
        parent_service: header.service.clone(),
        parent_service_instance: header.instance.clone(),
        parent_endpoint: header.endpoint.clone(),
        network_address_used_at_peer: header.address.clone(),
    }
}

/// Milliseconds since 1970; 0 for what is before.
pub(crate) fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A value as text, without a copy where it is text of its own.
fn value_text(value: Value, limit: usize) -> String {
    match value {
        Value::String(text) => cut(text.into(), limit),
        other => cut(other.to_string(), limit),
    }
}

fn pair(key: &str, value: String) -> wire::KeyStringValuePair {
    wire::KeyStringValuePair { key: cut(key.to_owned(), MAX_KEY), value }
}
