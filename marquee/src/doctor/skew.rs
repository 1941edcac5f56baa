//! Whether this machine's clock and that of another agree.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Finding;

/// Further apart, holds and tokens end at other times than people were told.
const APART: f64 = 2.0;
/// What to do then.
const ADVICE: &str =
    "set both clocks by NTP: holds, tokens and sales windows go by the clock of whoever looks";

/// What another machine's clock showed, and how well that is known.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Seconds that it is ahead of ours.
    ahead: f64,
    /// How long the answer took.
    took: Duration,
    /// How exact their clock is shown.
    grain: Duration,
}

impl Reading {
    /// The clock there showed so many seconds since 1970 in an answer that took so long and
    /// has just come.
    pub fn just_now(there: f64, took: Duration, grain: Duration) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        // Half way between question and answer; in the middle of what is not shown.
        let here = now - took.as_secs_f64() / 2.0;
        Self { ahead: there + grain.as_secs_f64() / 2.0 - here, took, grain }
    }

    /// In words: how long the answer took, and how far the clocks are apart.
    pub fn told(&self) -> String {
        let took_ms = self.took.as_secs_f64() * 1000.0;
        format!("answers in {took_ms:.1} ms, its clock is {:.3} s {}", self.ahead.abs(), self.direction())
    }

    fn direction(&self) -> &'static str {
        if self.ahead < 0.0 { "behind" } else { "ahead" }
    }

    /// What was found, with advice where the clocks are further apart than can be explained.
    pub fn judged(&self, subject: &'static str, found: String) -> Finding {
        let unknown = APART + self.took.as_secs_f64() / 2.0 + self.grain.as_secs_f64();
        if self.ahead.abs() > unknown {
            return Finding::doubtful(subject, found, ADVICE);
        }
        Finding::good(subject, found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn what_the_way_explains_is_no_difference() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
        for (off, state) in [(-0.9, State::Good), (-5.0, State::Doubtful), (5.0, State::Doubtful)] {
            let reading = Reading::just_now(now + off, Duration::from_millis(10), Duration::from_secs(1));
            assert_eq!(reading.judged("clock", reading.told()).state, state, "{off}");
        }
    }
}
