//! From when until when a screening's seats are sold.

use super::schedule::Slot;

/// When sales open and close, milliseconds UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SalesWindow {
    /// From when seats are sold.
    pub opens_at: i64,
    /// From when they are no longer.
    pub closes_at: i64,
}

impl SalesWindow {
    /// The window that was asked for: 0 opens at once, 0 closes at the start.
    ///
    /// Nothing where it would close before it opens, or after the film has ended.
    #[must_use]
    pub fn new(open: i64, close: i64, slot: &Slot, now: i64) -> Option<Self> {
        let opens_at = if open == 0 { now.min(slot.starts_at - 1) } else { open };
        let closes_at = if close == 0 { slot.starts_at } else { close };
        (opens_at < closes_at && closes_at <= slot.ends_at).then_some(Self { opens_at, closes_at })
    }

    /// The window when the start moves by some milliseconds: sales close as long
    /// before or after the start as before, and open when they were to open.
    #[must_use]
    pub fn moved(self, by: i64) -> Self {
        Self { opens_at: self.opens_at, closes_at: self.closes_at + by }
    }

    /// Whether seats are sold now.
    #[must_use]
    pub fn is_open(&self, now: i64) -> bool {
        (self.opens_at..self.closes_at).contains(&now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_opens_before_it_closes_and_closes_before_the_end() {
        let slot = Slot::new(1_000_000, 0, 60, 15);
        let window = SalesWindow::new(0, 0, &slot, 5).unwrap();
        assert_eq!(window, SalesWindow { opens_at: 5, closes_at: 1_000_000 });
        assert!(window.is_open(5) && !window.is_open(4) && !window.is_open(1_000_000));
        assert!(SalesWindow::new(2_000_000, 0, &slot, 5).is_none());
        assert!(SalesWindow::new(0, slot.ends_at + 1, &slot, 5).is_none());
        assert!(SalesWindow::new(0, slot.ends_at, &slot, 5).is_some());
    }

    #[test]
    fn a_window_moves_with_the_start() {
        let window = SalesWindow { opens_at: 5, closes_at: 900 };
        assert_eq!(window.moved(100), SalesWindow { opens_at: 5, closes_at: 1000 });
    }
}
