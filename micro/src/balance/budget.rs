//! How much may be tried again.

use std::sync::atomic::{AtomicU32, Ordering};

/// What one call adds: a fifth of what one repetition costs. So repetitions add
/// at most 20 % to the load of a service that is in trouble.
const PER_CALL: u32 = 1;
/// What one repetition costs.
const PER_REPEAT: u32 = 5;
/// Saved up at most: 1,000 repetitions, which is what a node with many calls under
/// way leaves behind when it dies.
const MOST: u32 = 1_000 * PER_REPEAT;

/// A token bucket for the calls of one service.
#[derive(Debug)]
pub struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(MOST))
    }
}

impl Budget {
    /// A call is made.
    pub fn deposit(&self) {
        // Nearly always full: then nothing is written that other threads would wait for.
        if self.0.load(Ordering::Relaxed) < MOST {
            self.0.fetch_add(PER_CALL, Ordering::Relaxed);
        }
    }

    /// Whether a call may be repeated; pays for it.
    pub fn withdraw(&self) -> bool {
        let pay = |saved: u32| saved.checked_sub(PER_REPEAT);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_calls_pay_for_one_repetition() {
        let budget = Budget::default();
        while budget.withdraw() {}
        for _ in 0..4 {
            budget.deposit();
        }
        assert!(!budget.withdraw());
        budget.deposit();
        assert!(budget.withdraw() && !budget.withdraw());
    }
}
