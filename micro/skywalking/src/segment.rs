//! Segments: the spans of one request in one process.

use std::{
    borrow::Cow,
    sync::Arc,
    time::{Duration, SystemTime},
};

use opentelemetry::trace::{SpanId, Status, TraceId};
use opentelemetry_sdk::trace::SpanData;
use parking_lot::Mutex;

use crate::propagator::Upstream;

/// Most spans kept of a segment: what agents keep by default. Further ones are counted.
pub const MAX_SPANS: i32 = 300;

/// Parent of a segment's first span.
pub(crate) const NO_PARENT: i32 = -1;

/// A segment with spans that may still be running.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) trace: TraceId,
    pub(crate) root: SpanId,
    pub(crate) upstream: Option<Upstream>,
    /// Name of the first span when it started.
    pub(crate) endpoint: Cow<'static, str>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    spans: Vec<SegmentSpan>,
    /// Number of the next span.
    next: i32,
    /// Spans that have started and not ended.
    open: u32,
    left_out: u32,
    root_ended: bool,
    failed: bool,
    finished: bool,
}

/// A span's place in its segment.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) segment: Arc<Segment>,
    pub(crate) number: i32,
    parent: i32,
    /// False beyond the limit: such a span goes by its segment's first one.
    pub(crate) kept: bool,
}

impl Place {
    /// The first span's place in a new segment.
    pub(crate) fn first(segment: Segment) -> Self {
        Self { segment: Arc::new(segment), number: 0, parent: NO_PARENT, kept: true }
    }

    /// A place for a child that starts. `None` where the segment is over.
    pub(crate) fn child(&self) -> Option<Self> {
        let mut state = self.segment.state.lock();
        if state.finished {
            return None;
        }
        state.open += 1;
        let (number, kept) = if state.next < MAX_SPANS {
            state.next += 1;
            (state.next - 1, true)
        } else {
            state.left_out += 1;
            (0, false)
        };
        drop(state);
        Some(Self { segment: Arc::clone(&self.segment), number, parent: self.number, kept })
    }

    /// Stores what the span was. Returns the segment where this was the last thing missing.
    pub(crate) fn end(&self, data: SpanData) -> Option<FinishedSegment> {
        let mut state = self.segment.state.lock();
        state.open = state.open.saturating_sub(1);
        state.failed |= matches!(data.status, Status::Error { .. });
        state.root_ended |= self.parent == NO_PARENT;
        if self.kept {
            state.spans.push(SegmentSpan { number: self.number, parent: self.parent, data });
        }
        if !state.root_ended || state.open > 0 {
            return None;
        }
        state.finished = true;
        let (spans, failed, left_out) = (std::mem::take(&mut state.spans), state.failed, state.left_out);
        drop(state);
        let Segment { trace, root, upstream, .. } = &*self.segment;
        Some(FinishedSegment {
            trace: *trace,
            root: *root,
            upstream: upstream.clone(),
            spans,
            failed,
            left_out,
        })
    }
}

impl Segment {
    pub(crate) fn new(
        trace: TraceId,
        root: SpanId,
        upstream: Option<Upstream>,
        endpoint: Cow<'static, str>,
    ) -> Self {
        // The first span counts as started.
        let state = State {
            spans: Vec::new(),
            next: 1,
            open: 1,
            left_out: 0,
            root_ended: false,
            failed: false,
            finished: false,
        };
        Self { trace, root, upstream, endpoint, state: Mutex::new(state) }
    }
}

/// All spans of one request in one process, each of which has ended.
#[derive(Clone, Debug)]
pub struct FinishedSegment {
    pub(crate) trace: TraceId,
    pub(crate) root: SpanId,
    pub(crate) upstream: Option<Upstream>,
    /// In the order in which they ended.
    pub(crate) spans: Vec<SegmentSpan>,
    failed: bool,
    pub(crate) left_out: u32,
}

/// A span in its segment.
#[derive(Clone, Debug)]
pub struct SegmentSpan {
    /// Its number, from 0.
    pub number: i32,
    /// Its parent's number; -1 for the first span.
    pub parent: i32,
    /// What the SDK knows of it.
    pub data: SpanData,
}

impl FinishedSegment {
    /// The trace, as OpenTelemetry knows it.
    #[must_use]
    pub fn trace_id(&self) -> TraceId {
        self.trace
    }

    /// Where the request came from, if it came with a header `sw8`.
    #[must_use]
    pub fn upstream(&self) -> Option<&Upstream> {
        self.upstream.as_ref()
    }

    /// The spans, in the order in which they ended.
    #[must_use]
    pub fn spans(&self) -> &[SegmentSpan] {
        &self.spans
    }

    /// The spans, given away.
    #[must_use]
    pub fn into_spans(self) -> Vec<SegmentSpan> {
        self.spans
    }

    /// Whether a span ended with an error.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// How many spans were left out because there were too many.
    #[must_use]
    pub fn left_out(&self) -> u32 {
        self.left_out
    }

    /// From the first start to the last end.
    #[must_use]
    pub fn lasted(&self) -> Duration {
        let start = self.spans.iter().map(|span| span.data.start_time).min();
        let end = self.spans.iter().map(|span| span.data.end_time).max();
        let between = |(start, end): (SystemTime, SystemTime)| end.duration_since(start).ok();
        start.zip(end).and_then(between).unwrap_or_default()
    }
}
