//! Kept segments on their way to the reporter.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use tokio::sync::mpsc;

use crate::{segment::FinishedSegment, sink::SegmentSink};

/// Gives segments to the [`Reporter`](crate::Reporter). Never waits: where the queue is full, the collector away or
/// the reporter gone, the segment is counted as lost.
#[derive(Clone, Debug)]
pub struct ReportSink {
    queue: mpsc::Sender<FinishedSegment>,
    counters: Counters,
}

impl ReportSink {
    /// What has become of the segments.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters.clone()
    }
}

impl SegmentSink for ReportSink {
    fn take(&self, segment: FinishedSegment) {
        if self.counters.is_away() || self.queue.try_send(segment).is_err() {
            self.counters.lose(1);
        }
    }
}

/// What became of the segments. Clones read the same numbers.
#[derive(Clone, Debug, Default)]
pub struct Counters(Arc<Numbers>);

#[derive(Debug, Default)]
struct Numbers {
    sent: AtomicU64,
    lost: AtomicU64,
    away: AtomicBool,
}

impl Counters {
    /// Segments that the collector has acknowledged.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.0.sent.load(Ordering::Relaxed)
    }

    /// Segments that were kept and not reported. One that was sent and not acknowledged counts as lost.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.0.lost.load(Ordering::Relaxed)
    }

    /// Whether the collector did not answer when it was last asked.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.0.away.load(Ordering::Relaxed)
    }

    pub(crate) fn lose(&self, segments: usize) {
        self.0.lost.fetch_add(segments as u64, Ordering::Relaxed);
    }

    pub(crate) fn send(&self, segments: usize) {
        self.0.sent.fetch_add(segments as u64, Ordering::Relaxed);
    }

    pub(crate) fn set_away(&self, away: bool) {
        self.0.away.store(away, Ordering::Relaxed);
    }
}

/// Both ends of a queue of so many segments.
pub(crate) fn queue(segments: usize) -> (ReportSink, mpsc::Receiver<FinishedSegment>) {
    let (sender, receiver) = mpsc::channel(segments.max(1));
    (ReportSink { queue: sender, counters: Counters::default() }, receiver)
}
