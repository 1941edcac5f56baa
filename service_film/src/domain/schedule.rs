//! When a hall is taken.

/// A minute in milliseconds.
const MINUTE_MS: i64 = 60_000;

/// Longest a screening can block its hall, milliseconds: 900 minutes of film,
/// 120 before it, 240 to clean; the limits of the contract.
pub const LONGEST_MS: i64 = (900 + 120 + 240) * MINUTE_MS;

/// When a screening begins and ends, and until when its hall is taken; milliseconds UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Start.
    pub starts_at: i64,
    /// End of the film.
    pub ends_at: i64,
    /// When the next screening may start.
    pub blocked_until: i64,
}

impl Slot {
    /// The slot of a film of some minutes, with advertising before it and cleaning after it.
    #[must_use]
    pub fn new(starts_at: i64, lead_minutes: i32, film_minutes: i32, cleaning_minutes: i32) -> Self {
        let ends_at = starts_at + (i64::from(lead_minutes) + i64::from(film_minutes)) * MINUTE_MS;
        Self::between(starts_at, ends_at, cleaning_minutes)
    }

    /// The slot between two moments, with cleaning after it.
    #[must_use]
    pub fn between(starts_at: i64, ends_at: i64, cleaning_minutes: i32) -> Self {
        Self { starts_at, ends_at, blocked_until: ends_at + i64::from(cleaning_minutes) * MINUTE_MS }
    }

    /// Whether two screenings cannot both be in one hall. The SQL of
    /// `store::screening_changes` asks the same.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.starts_at < other.blocked_until && other.starts_at < self.blocked_until
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_next_may_start_when_the_hall_is_clean() {
        let first = Slot::new(0, 10, 90, 15);
        assert_eq!(first.ends_at, 100 * MINUTE_MS);
        assert!(first.overlaps(&Slot::new(115 * MINUTE_MS - 1, 0, 90, 15)));
        assert!(!first.overlaps(&Slot::new(115 * MINUTE_MS, 0, 90, 15)));
    }

    fn slots() -> impl Strategy<Value = Slot> {
        (0i64..10_000_000_000, 0..=120, 1..=900, 0..=240).prop_map(|(a, b, c, d)| Slot::new(a, b, c, d))
    }

    proptest! {
        #[test]
        fn overlap_means_a_shared_moment(a in slots(), b in slots()) {
            let shared = a.starts_at.max(b.starts_at) < a.blocked_until.min(b.blocked_until);
            prop_assert_eq!(a.overlaps(&b), shared);
            prop_assert_eq!(a.overlaps(&b), b.overlaps(&a));
            prop_assert!(a.overlaps(&a));
        }

        #[test]
        fn no_slot_is_longer_than_the_longest(slot in slots()) {
            prop_assert!(slot.blocked_until - slot.starts_at <= LONGEST_MS);
        }
    }
}
