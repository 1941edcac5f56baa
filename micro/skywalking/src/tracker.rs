//! Where each running span is: in which segment, under which number.

use std::{
    array,
    collections::HashMap,
    fmt,
    hash::{BuildHasherDefault, Hasher},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use opentelemetry::trace::SpanId;
use parking_lot::Mutex;

use crate::{ids::span_number, segment::Place};

/// Most spans followed at a time, by default: 100,000 take some 10 MB, and are what 30,000 requests a second of a
/// second each have.
pub const MAX_TRACKED: usize = 100_000;

/// Parts with a lock each, so that threads rarely meet.
const SHARDS: usize = 32;

/// The spans that are running, and those that have ended in a segment that has not. Shared by the processor, which
/// fills it, and the propagator, which looks the calling span up. Clones are one and the same.
#[derive(Clone)]
pub struct Tracker(Arc<Inner>);

struct Inner {
    shards: [Shard; SHARDS],
    /// Most spans of a shard.
    room: usize,
    untracked: AtomicU64,
    left_out: AtomicU64,
}

/// On a cache line of its own: neighbours would slow each other down.
#[derive(Default)]
#[repr(align(64))]
struct Shard(Mutex<HashMap<u64, Place, BuildHasherDefault<IdHasher>>>);

/// Span ids of the SDK are random; those of others may be counted. A multiplication is enough for both.
#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(self.0 ^ u64::from(byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        let product = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = product ^ (product >> 32);
    }
}

impl Default for Tracker {
    fn default() -> Self {
        Self::new(MAX_TRACKED)
    }
}

impl fmt::Debug for Tracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracker").field("tracked", &self.tracked()).finish_non_exhaustive()
    }
}

impl Tracker {
    /// Follows about so many spans at a time (rounded up to a multiple of 32). Further ones are counted, not reported.
    #[must_use]
    pub fn new(max_spans: usize) -> Self {
        Self(Arc::new(Inner {
            shards: array::from_fn(|_| Shard::default()),
            room: max_spans.div_ceil(SHARDS),
            untracked: AtomicU64::new(0),
            left_out: AtomicU64::new(0),
        }))
    }

    /// Spans followed now.
    #[must_use]
    pub fn tracked(&self) -> usize {
        self.0.shards.iter().map(|shard| shard.0.lock().len()).sum()
    }

    /// Spans that were not followed because there were too many.
    #[must_use]
    pub fn untracked(&self) -> u64 {
        self.0.untracked.load(Ordering::Relaxed)
    }

    /// Spans left out of their segment because it had too many.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.0.left_out.load(Ordering::Relaxed)
    }

    /// A span's place, if it is followed.
    pub(crate) fn place(&self, id: SpanId) -> Option<Place> {
        self.shard(id).lock().get(&span_number(id)).cloned()
    }

    /// Follows a span in the segment of its parent. False where that segment is over.
    pub(crate) fn join(&self, id: SpanId, parent: &Place) -> bool {
        // The segment's lock is taken under the shard's, never the other way round.
        let mut shard = self.shard(id).lock();
        if shard.len() >= self.0.room {
            self.0.untracked.fetch_add(1, Ordering::Relaxed);
            return true;
        }
        let Some(place) = parent.child() else { return false };
        if !place.kept {
            self.0.left_out.fetch_add(1, Ordering::Relaxed);
        }
        shard.insert(span_number(id), place);
        true
    }

    /// Follows the first span of a segment.
    pub(crate) fn open(&self, id: SpanId, place: impl FnOnce() -> Place) {
        let mut shard = self.shard(id).lock();
        if shard.len() < self.0.room {
            shard.insert(span_number(id), place());
        } else {
            self.0.untracked.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The place of a span that ends. One that is kept is followed until its segment is over, so that late
    /// children still join it.
    pub(crate) fn ended(&self, id: SpanId) -> Option<Place> {
        let mut shard = self.shard(id).lock();
        let place = shard.get(&span_number(id))?.clone();
        if !place.kept {
            shard.remove(&span_number(id));
        }
        Some(place)
    }

    /// Follows a span no longer.
    pub(crate) fn forget(&self, id: SpanId) {
        self.shard(id).lock().remove(&span_number(id));
    }

    fn shard(&self, id: SpanId) -> &Mutex<HashMap<u64, Place, BuildHasherDefault<IdHasher>>> {
        // The last byte, below the number of shards.
        let [.., last] = id.to_bytes();
        &self.0.shards[usize::from(last) % SHARDS].0
    }
}
