//! Whether calls should go to a node.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// Failures in a row that eject a node.
const IN_A_ROW: u32 = 5;
/// How long the first ejection lasts; each further one twice as long.
const FIRST: Duration = Duration::from_secs(1);
/// The longest ejection.
const LONGEST: Duration = Duration::from_secs(60);
/// A node that was well for this long begins anew.
const FORGIVEN_AFTER: Duration = Duration::from_secs(60);

/// What is known of a node's health.
#[derive(Debug, Default)]
pub struct Health {
    failures: AtomicU32,
    /// Whether `state` has to be looked at.
    unwell: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// No connection can be made.
    unreachable: bool,
    ejected_until: Option<Instant>,
    ejections: u32,
}

impl Health {
    /// Whether calls should go there while others are better.
    pub fn is_well(&self) -> bool {
        !self.unwell.load(Ordering::Relaxed) || self.is_well_at(Instant::now())
    }

    fn is_well_at(&self, now: Instant) -> bool {
        let state = self.state.lock();
        let ejected = state.ejected_until.is_some_and(|until| until > now);
        if !state.unreachable && !ejected {
            self.unwell.store(false, Ordering::Relaxed);
        }
        !state.unreachable && !ejected
    }

    /// It has answered, whatever it was.
    pub fn answered(&self) {
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    /// It has lost a call or said that it is unavailable. Gives how long it is ejected, if it is now.
    pub fn failed(&self) -> Option<Duration> {
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 < IN_A_ROW {
            return None;
        }
        self.failures.store(0, Ordering::Relaxed);
        self.eject(Instant::now())
    }

    fn eject(&self, now: Instant) -> Option<Duration> {
        let mut state = self.state.lock();
        match state.ejected_until {
            // Calls that were under way when it was ejected do not count again.
            Some(until) if until > now => return None,
            Some(until) if now.duration_since(until) > FORGIVEN_AFTER => state.ejections = 0,
            _ => {}
        }
        let pause = FIRST.saturating_mul(1 << state.ejections.min(16)).min(LONGEST);
        state.ejections = state.ejections.saturating_add(1);
        state.ejected_until = Some(now + pause);
        self.unwell.store(true, Ordering::Relaxed);
        Some(pause)
    }

    /// No connection can be made. Says whether that is news.
    pub fn cannot_be_reached(&self) -> bool {
        let mut state = self.state.lock();
        self.unwell.store(true, Ordering::Relaxed);
        !std::mem::replace(&mut state.unreachable, true)
    }

    /// A connection was made.
    pub fn can_be_reached(&self) {
        if self.unwell.load(Ordering::Relaxed) {
            self.state.lock().unreachable = false;
        }
    }

    /// Whether no connection could be made the last time.
    pub fn is_unreachable(&self) -> bool {
        self.unwell.load(Ordering::Relaxed) && self.state.lock().unreachable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_eject() {
        let health = Health::default();
        for _ in 0..IN_A_ROW - 1 {
            assert_eq!(health.failed(), None);
        }
        health.answered();
        assert_eq!(health.failed(), None, "an answer in between begins anew");
        assert!(health.is_well());
        for _ in 1..IN_A_ROW - 1 {
            assert_eq!(health.failed(), None);
        }
        assert_eq!(health.failed(), Some(FIRST));
        assert!(!health.is_well());
        assert!((0..20).all(|_| health.failed().is_none()), "it is ejected already");
    }

    #[test]
    fn each_ejection_lasts_twice_as_long_until_all_is_forgiven() {
        let health = Health::default();
        let mut now = Instant::now();
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(health.eject(now), Some(Duration::from_secs(seconds)));
            now += Duration::from_secs(seconds);
            assert!(!health.is_well_at(now - Duration::from_millis(1)) && health.is_well_at(now));
        }
        assert_eq!(health.eject(now + FORGIVEN_AFTER * 2), Some(FIRST));
    }

    #[test]
    fn a_node_out_of_reach_is_unwell_until_it_is_reached() {
        let health = Health::default();
        assert!(health.cannot_be_reached() && !health.cannot_be_reached());
        assert!(!health.is_well() && health.is_unreachable());
        health.can_be_reached();
        assert!(health.is_well() && !health.is_unreachable());
    }
}
