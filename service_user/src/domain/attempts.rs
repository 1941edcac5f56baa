//! How often something may be tried: a number of free attempts, then growing pauses.

use serde::Deserialize;

/// Most doublings of the pause; the longest pause cuts in long before.
const MAX_DOUBLINGS: u32 = 30;

/// How many attempts are free and how the pauses after them grow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptRule {
    /// Attempts without a pause.
    pub free: u32,
    /// The pause after the last free attempt, in milliseconds; each further attempt doubles it.
    pub first_pause_ms: i64,
    /// The longest pause, in milliseconds.
    pub longest_pause_ms: i64,
    /// After this many milliseconds without an attempt all is forgotten.
    pub forget_after_ms: i64,
}

/// What is remembered of the attempts on one thing: 16 bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Attempts that count.
    pub counted: u32,
    /// When the last of them was, in milliseconds since 1970.
    pub last_at: i64,
}

impl AttemptRule {
    /// Counts one attempt at `now_ms`.
    ///
    /// # Errors
    /// The milliseconds to wait where it comes too early; such an attempt is not
    /// counted, so hammering does not make the pause longer.
    pub fn attempt(&self, so_far: Attempts, now_ms: i64) -> Result<Attempts, i64> {
        self.check(so_far, now_ms)?;
        Ok(self.count(so_far, now_ms))
    }

    /// Whether an attempt may begin at `now_ms`.
    ///
    /// # Errors
    /// The milliseconds to wait where it comes too early.
    pub fn check(&self, so_far: Attempts, now_ms: i64) -> Result<(), i64> {
        let pause = self.pause_ms(so_far.counted);
        let next_at = so_far.last_at.saturating_add(pause);
        if !self.is_forgotten(so_far, now_ms) && pause > 0 && now_ms < next_at {
            return Err(next_at.saturating_sub(now_ms));
        }
        Ok(())
    }

    /// What is remembered after one more that counts.
    #[must_use]
    pub fn count(&self, so_far: Attempts, now_ms: i64) -> Attempts {
        if self.is_forgotten(so_far, now_ms) {
            return Attempts { counted: 1, last_at: now_ms };
        }
        // Of two at once the one that looked at the clock first may be counted second.
        let last_at = so_far.last_at.max(now_ms);
        Attempts { counted: so_far.counted.saturating_add(1), last_at }
    }

    /// How many attempts may be under way at a time, so that no more are made
    /// than are free even if all of them turn out to count.
    #[must_use]
    pub fn at_once(&self, so_far: Attempts, now_ms: i64) -> u32 {
        let counted = if self.is_forgotten(so_far, now_ms) { 0 } else { so_far.counted };
        self.free.saturating_sub(counted).max(1)
    }

    fn is_forgotten(&self, so_far: Attempts, now_ms: i64) -> bool {
        now_ms.saturating_sub(so_far.last_at) >= self.forget_after_ms
    }

    /// The pause after so many counted attempts, in milliseconds.
    #[must_use]
    pub fn pause_ms(&self, counted: u32) -> i64 {
        if counted < self.free.max(1) {
            return 0;
        }
        let doublings = (counted - self.free.max(1)).min(MAX_DOUBLINGS);
        self.first_pause_ms.saturating_mul(1_i64 << doublings).min(self.longest_pause_ms)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULE: AttemptRule =
        AttemptRule { free: 3, first_pause_ms: 1_000, longest_pause_ms: 5_000, forget_after_ms: 60_000 };

    #[test]
    fn free_attempts_at_once_may_be_counted_in_any_order() {
        let so_far = RULE.attempt(Attempts::default(), 100_000).unwrap();
        let so_far = RULE.attempt(so_far, 99_998).unwrap();
        assert_eq!(so_far, Attempts { counted: 2, last_at: 100_000 });
    }

    #[test]
    fn pauses_begin_after_the_free_attempts_and_double() {
        let pauses: Vec<i64> = (0..8).map(|counted| RULE.pause_ms(counted)).collect();
        assert_eq!(pauses, [0, 0, 0, 1_000, 2_000, 4_000, 5_000, 5_000]);
    }

    #[test]
    fn an_early_attempt_hears_how_long_to_wait() {
        let tried = Attempts { counted: 3, last_at: 10_000 };
        assert_eq!(RULE.attempt(tried, 10_400), Err(600));
        assert_eq!(RULE.attempt(tried, 11_000), Ok(Attempts { counted: 4, last_at: 11_000 }));
        assert_eq!(RULE.attempt(tried, 70_000), Ok(Attempts { counted: 1, last_at: 70_000 }));
    }

    fn rules() -> impl Strategy<Value = AttemptRule> {
        (1u32..20, 1i64..10_000, 1i64..100_000, 0i64..1_000_000).prop_map(|(free, first, more, forget)| {
            let longest = first + more;
            AttemptRule {
                free,
                first_pause_ms: first,
                longest_pause_ms: longest,
                forget_after_ms: longest + forget,
            }
        })
    }

    proptest! {
        #[test]
        fn waiting_as_told_is_enough(
            rule in rules(), counted in 0u32..200, last_at in 0i64..1_000_000, later in 0i64..1_000_000,
        ) {
            let so_far = Attempts { counted, last_at };
            if let Err(wait) = rule.attempt(so_far, last_at + later) {
                prop_assert!(wait > 0 && wait <= rule.longest_pause_ms);
                prop_assert!(rule.attempt(so_far, last_at + later + wait).is_ok());
            }
        }

        #[test]
        fn attempts_in_a_window_are_bounded(rule in rules(), steps in prop::collection::vec(0i64..5_000, 1..300)) {
            // However the attempts are spread, those after the free ones keep their
            // distance, until a silence long enough that all is forgotten.
            let (mut now, mut state, mut accepted) = (1_i64, Attempts::default(), Vec::new());
            for step in steps {
                now += step;
                if let Ok(next) = rule.attempt(state, now) {
                    accepted.push(now);
                    state = next;
                }
            }
            let free = usize::try_from(rule.free).unwrap();
            for run in accepted.chunk_by(|earlier, later| later - earlier < rule.forget_after_ms) {
                for pair in run.windows(2).skip(free - 1) {
                    prop_assert!(pair[1] - pair[0] >= rule.first_pause_ms);
                }
            }
        }

        #[test]
        fn those_under_way_cannot_use_up_more_than_is_free(
            rule in rules(), counted in 0u32..200, last_at in 1i64..1_000_000, later in 0i64..2_000_000,
        ) {
            let (so_far, now) = (Attempts { counted, last_at }, last_at + later);
            if rule.check(so_far, now).is_ok() {
                let all_wrong = (1..rule.at_once(so_far, now)).fold(so_far, |so_far, _| rule.count(so_far, now));
                prop_assert!(rule.check(all_wrong, now).is_ok(), "the last of them was allowed as well");
            }
        }

        #[test]
        fn pauses_never_shrink(rule in rules(), counted in 0u32..u32::MAX) {
            prop_assert!(rule.pause_ms(counted) <= rule.pause_ms(counted.saturating_add(1)));
        }
    }
}
