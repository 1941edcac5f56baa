//! When signing keys are made, used, published and forgotten.
//!
//! Keys are numbered. The schedule is a pure function of the stored keys and the
//! time, so processes that read the same table sign with the same key.

/// The times of signing keys, all in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySchedule {
    /// How long a key signs.
    pub rotate_after_ms: i64,
    /// How long a key is published before it signs.
    pub publish_ahead_ms: i64,
    /// How long tokens live: a key stays published so long after its last signature.
    pub token_life_ms: i64,
}

/// One key's place in the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyTerm {
    /// The key's number, counted from 1.
    pub serial: i64,
    /// From when it signs, in milliseconds since 1970.
    pub sign_from: i64,
}

impl KeySchedule {
    /// The key to make now, if one is due. `terms` are the stored keys in order of their numbers.
    #[must_use]
    pub fn due(&self, terms: &[KeyTerm], now_ms: i64) -> Option<KeyTerm> {
        let Some(last) = terms.last() else {
            return Some(KeyTerm { serial: 1, sign_from: now_ms });
        };
        let sign_from = last.sign_from.saturating_add(self.rotate_after_ms);
        let due = now_ms >= sign_from.saturating_sub(self.publish_ahead_ms);
        // A service that was down for long still publishes a key before it signs with it.
        let sign_from = sign_from.max(now_ms.saturating_add(self.publish_ahead_ms));
        due.then_some(KeyTerm { serial: last.serial + 1, sign_from })
    }

    /// The index of the key that signs now: the newest whose time has come, or
    /// the oldest where clocks disagree and none has.
    #[must_use]
    pub fn signing(&self, terms: &[KeyTerm], now_ms: i64) -> Option<usize> {
        let newest = terms.iter().rposition(|term| term.sign_from <= now_ms);
        newest.or(if terms.is_empty() { None } else { Some(0) })
    }

    /// The number of the newest key that no living token can be signed with;
    /// it and all before it can go. 0 where there is none.
    #[must_use]
    pub fn retired_up_to(&self, terms: &[KeyTerm], now_ms: i64) -> i64 {
        // A token may have been signed just before the successor took over, on a clock
        // that is behind; the time of being published ahead covers that too.
        let kept = self.token_life_ms.saturating_add(self.publish_ahead_ms);
        let mut gone = terms.windows(2).filter(|pair| pair[1].sign_from.saturating_add(kept) <= now_ms);
        gone.next_back().map_or(0, |pair| pair[0].serial)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SCHEDULE: KeySchedule =
        KeySchedule { rotate_after_ms: 1_000, publish_ahead_ms: 100, token_life_ms: 50 };

    #[test]
    fn a_key_is_made_published_used_and_retired_in_this_order() {
        let first = SCHEDULE.due(&[], 0).unwrap();
        assert_eq!(first, KeyTerm { serial: 1, sign_from: 0 });
        assert_eq!(SCHEDULE.due(&[first], 899), None);
        let second = SCHEDULE.due(&[first], 900).unwrap();
        assert_eq!(second, KeyTerm { serial: 2, sign_from: 1_000 });
        let both = [first, second];
        assert_eq!(SCHEDULE.signing(&both, 999), Some(0));
        assert_eq!(SCHEDULE.signing(&both, 1_000), Some(1));
        assert_eq!(SCHEDULE.retired_up_to(&both, 1_149), 0);
        assert_eq!(SCHEDULE.retired_up_to(&both, 1_150), 1);
    }

    #[test]
    fn after_a_long_silence_the_new_key_is_still_published_first() {
        let old = KeyTerm { serial: 4, sign_from: 0 };
        assert_eq!(SCHEDULE.due(&[old], 50_000), Some(KeyTerm { serial: 5, sign_from: 50_100 }));
        assert_eq!(SCHEDULE.signing(&[old], 50_000), Some(0));
    }

    proptest! {
        #[test]
        fn every_token_can_be_verified_while_it_lives(steps in prop::collection::vec(1i64..700, 1..100)) {
            let (mut now, mut terms, mut signed) = (1_000_000_i64, Vec::<KeyTerm>::new(), Vec::new());
            for step in steps {
                now += step;
                terms.extend(SCHEDULE.due(&terms, now));
                let gone = SCHEDULE.retired_up_to(&terms, now);
                terms.retain(|term| term.serial > gone);
                let key = terms[SCHEDULE.signing(&terms, now).unwrap()];
                signed.push((key.serial, now + SCHEDULE.token_life_ms));
                for (serial, until) in &signed {
                    prop_assert!(*until <= now || terms.iter().any(|term| term.serial == *serial));
                }
                prop_assert!(terms.len() <= 3);
            }
        }

        #[test]
        fn a_key_is_published_before_it_signs(first in 0i64..10_000, later in 0i64..10_000) {
            let term = KeyTerm { serial: 1, sign_from: first };
            if let Some(next) = SCHEDULE.due(&[term], first + later) {
                prop_assert!(next.sign_from >= first + later + SCHEDULE.publish_ahead_ms || next.sign_from > first + later);
                prop_assert!(SCHEDULE.signing(&[term, next], first + later) == Some(0));
            }
        }
    }
}
