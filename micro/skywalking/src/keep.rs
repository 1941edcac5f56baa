//! Which segments are reported.

use std::time::Duration;

use opentelemetry::trace::TraceId;

use crate::ids::spread;

/// Which finished segments are kept. Failures and slow ones always are; of the rest a share, decided by the trace id
/// alone, so that every process keeps the same traces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keep {
    /// The share kept of all traces, 0 to 1.
    pub rate: f64,
    /// A segment that lasted this long is kept.
    pub slow: Duration,
}

impl Default for Keep {
    /// Everything.
    fn default() -> Self {
        Self { rate: 1.0, slow: Duration::MAX }
    }
}

impl Keep {
    /// Whether a segment is kept.
    pub(crate) fn wants(&self, trace: TraceId, failed: bool, lasted: Duration) -> bool {
        failed || lasted >= self.slow || self.takes(trace)
    }

    /// Whether the trace is among the share.
    #[must_use]
    pub fn takes(&self, trace: TraceId) -> bool {
        // 53 bits are what a float holds exactly; so nothing is lost on the way there.
        const STEPS: u64 = 1 << 53;
        #[allow(clippy::cast_precision_loss, reason = "both are at most 2^53")]
        let place = (spread(trace) >> 11) as f64 / STEPS as f64;
        place < self.rate
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use opentelemetry::trace::TraceId;

    use super::Keep;

    const NEVER: Duration = Duration::MAX;

    fn kept(rate: f64, ids: impl Iterator<Item = u128>) -> usize {
        let keep = Keep { rate, slow: NEVER };
        ids.filter(|&id| keep.takes(TraceId::from(id))).count()
    }

    /// Ids as agents make them: counted, of a clock, and UUIDs with their fixed digits.
    fn forms() -> [Box<dyn Fn(u128) -> u128>; 3] {
        let uuid = |n: u128| {
            let random = n.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_0C15_0000_0001);
            random & !(0xF << 76) & !(0x3 << 62) | 4 << 76 | 2 << 62
        };
        [Box::new(|n| n + 1), Box::new(|n| (1_700_000_000_000 + n) << 64 | 7), Box::new(uuid)]
    }

    #[test]
    fn the_share_holds_for_every_form_of_id() {
        for form in forms() {
            assert_eq!(kept(1.0, (0..10_000).map(&form)), 10_000);
            assert_eq!(kept(0.0, (0..10_000).map(&form)), 0);
            let tenth = kept(0.1, (0..10_000).map(&form));
            assert!((850..1_150).contains(&tenth), "{tenth} of 10,000 are not about a tenth");
        }
    }

    #[test]
    fn what_a_smaller_share_keeps_a_larger_one_keeps_too() {
        for id in 1..1_000 {
            let id = TraceId::from(id);
            let [small, large] = [0.2, 0.4].map(|rate| Keep { rate, slow: NEVER }.takes(id));
            assert!(large || !small);
        }
    }

    #[test]
    fn failures_and_slow_ones_are_kept() {
        let keep = Keep { rate: 0.0, slow: Duration::from_millis(500) };
        let id = TraceId::from(1);
        assert!(keep.wants(id, true, Duration::ZERO));
        assert!(keep.wants(id, false, Duration::from_millis(500)));
        assert!(!keep.wants(id, false, Duration::from_millis(499)));
    }
}
