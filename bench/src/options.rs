//! What is measured, and for how long.

use std::path::PathBuf;
use std::time::Duration;

use crate::Measure;

/// What is measured, and for how long.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long each measure runs under each load, all its slices together.
    pub time: Duration,
    /// Slices a measure is cut into; the slices of all measures take turns.
    pub rounds: u32,
    /// Connections of the load generator.
    pub connections: usize,
    /// Calls under way at a time on each connection; every measure runs with each of these.
    pub in_flight: Vec<usize>,
    /// Orders stored before the measure with many orders; it is left out where 0.
    pub preload: u64,
    /// Where the databases are put, in a folder that is removed at the end.
    pub dir: PathBuf,
    /// The executable whose start and idle memory are measured; both are left out where there is none.
    pub executable: Option<PathBuf>,
    /// On PostgreSQL and Redis, private servers of the run, in place of everything embedded.
    pub distributed: bool,
    /// The measures to run; all where empty. What they are compared with runs too.
    pub only: Vec<Measure>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(5),
            rounds: 3,
            connections: 4,
            in_flight: vec![16, 64],
            preload: 1_000_000,
            dir: PathBuf::from("."),
            executable: None,
            distributed: false,
            only: Vec::new(),
        }
    }
}

impl Options {
    /// Whether the numbers can be used.
    ///
    /// # Errors
    /// The one that cannot, named.
    pub fn check(&self) -> anyhow::Result<()> {
        let in_range = |count: &usize| (1..=1_000).contains(count);
        anyhow::ensure!(!self.time.is_zero(), "the time of a measure must not be zero");
        anyhow::ensure!((1..=100).contains(&self.rounds), "rounds must be 1 to 100");
        anyhow::ensure!(in_range(&self.connections), "connections must be 1 to 1000");
        anyhow::ensure!(
            !self.in_flight.is_empty() && self.in_flight.iter().all(in_range),
            "calls in flight must be 1 to 1000"
        );
        Ok(())
    }

    /// Whether a measure is to run: it is asked for, or one asked for is compared with it.
    #[must_use]
    pub fn wants(&self, measure: Measure) -> bool {
        if measure == Measure::BuyAmongMany && (self.preload == 0 || self.distributed) {
            return false;
        }
        self.only.is_empty()
            || self.only.iter().any(|asked| *asked == measure || asked.ceilings().contains(&measure))
    }

    /// Most calls under way at a time.
    #[must_use]
    pub fn most_workers(&self) -> usize {
        self.connections * self.in_flight.iter().copied().max().unwrap_or(1)
    }

    /// Time of one slice.
    #[must_use]
    pub fn slice(&self) -> Duration {
        self.time / self.rounds
    }
}
