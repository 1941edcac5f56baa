//! Pauses between attempts.

use std::time::Duration;

/// Pauses that grow from a first to a longest one, each shortened at random so
/// that many processes do not come back in step.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    /// Pauses between `first` and `longest`.
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, failures: 0 }
    }

    /// The pause after one more failure: between half of it and the whole.
    pub fn next(&mut self) -> Duration {
        let whole = self.first.saturating_mul(1 << self.failures.min(16)).min(self.longest);
        self.failures = self.failures.saturating_add(1);
        whole.mul_f64(rand::random_range(0.5..=1.0))
    }

    /// Whether the next failure is the first one in a row.
    pub fn is_fresh(&self) -> bool {
        self.failures == 0
    }

    /// After a success.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_begin_anew() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1));
        for whole in [100, 200, 400, 800, 1000, 1000] {
            let pause = backoff.next();
            assert!(pause >= Duration::from_millis(whole / 2) && pause <= Duration::from_millis(whole));
        }
        backoff.reset();
        assert!(backoff.is_fresh() && backoff.next() <= Duration::from_millis(100));
    }
}
