//! The processes a system consists of.

use std::fmt;

use crate::Mode;

/// Processes of each kind where there are several.
const OF_EACH: u8 = 2;

/// A process of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// What `serve` is told: `all`, `user`, `film`, `order`, `gateway`.
    pub role: &'static str,
    /// Which of its kind, from 1.
    pub number: u8,
}

impl Part {
    /// Everything in one.
    pub const ALL: Self = Self { role: "all", number: 1 };

    /// All processes of a system, those first that others call.
    pub fn of(mode: Mode) -> Vec<Self> {
        match mode {
            Mode::Embedded => vec![Self::ALL],
            Mode::Distributed => ["user", "film", "order", "gateway"]
                .into_iter()
                .flat_map(|role| (1..=OF_EACH).map(move |number| Self { role, number }))
                .collect(),
        }
    }

    /// Whether clients outside call it.
    #[must_use]
    pub fn is_edge(self) -> bool {
        matches!(self.role, "all" | "gateway")
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.role, self.number)
    }
}
