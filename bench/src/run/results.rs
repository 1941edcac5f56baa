//! What the measures came to so far, and the report of it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::load::Sample;
use crate::machine::Machine;
use crate::process::Seen;
use crate::report::{Row, Target, Unit};
use crate::{Measure, Options, Report};

/// What a plain implementation could at best reach on PostgreSQL.
pub const PLAIN_POSTGRES: &str = "PostgreSQL alone, 1 order a transaction (4 statements), 32 clients";
/// How much better Buy on PostgreSQL and Redis is to be.
const BETTER: f64 = 2.0;
/// An idle system takes less, MiB.
const IDLE_MIB: f64 = 40.0;
/// A system is ready sooner, milliseconds.
const READY_MS: f64 = 1_000.0;

/// Results of a run that goes on.
#[derive(Default)]
pub struct Results {
    samples: BTreeMap<(usize, Measure), Sample>,
    /// By name, in the order they came: how many, in which time.
    stores: Vec<(&'static str, u64, Duration)>,
    process: Vec<Row>,
    /// Segments at SkyWalking's collector, and calls at the receiver of OTLP.
    received: Option<(usize, usize)>,
}

impl Results {
    /// Adds a slice.
    ///
    /// # Errors
    /// None that can happen.
    pub fn add(&mut self, measure: Measure, in_flight: usize, sample: &Sample) -> anyhow::Result<()> {
        match self.samples.entry((in_flight, measure)) {
            std::collections::btree_map::Entry::Occupied(mut entry) => entry.get_mut().add(sample),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(sample.clone());
                Ok(())
            }
        }
    }

    /// Takes note of what came of the traces.
    pub fn received(&mut self, received: (usize, usize)) {
        self.received = Some(received);
    }

    /// Adds a slice of a store by itself.
    pub fn stores(&mut self, name: &'static str, (count, time): (u64, Duration)) {
        match self.stores.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, all, whole)) => {
                *all += count;
                *whole += time;
            }
            None => self.stores.push((name, count, time)),
        }
    }

    /// Adds what was seen of the executable on an empty folder.
    pub fn first_start(&mut self, seen: Seen) {
        self.ready("from start to ready, empty data folder", seen);
        self.idle("idle memory of the executable", seen);
    }

    /// Adds what was seen of the executable on a folder it knows.
    pub fn second_start(&mut self, seen: Seen) {
        self.ready("from start to ready, existing data folder", seen);
    }

    /// Adds what was seen of the executable with many orders stored.
    pub fn idle_among_many(&mut self, orders: u64, seen: Seen) {
        self.ready(&format!("from start to ready, {orders} orders stored"), seen);
        self.idle(&format!("idle memory of the executable, {orders} orders stored"), seen);
    }

    /// The highest rate of anything under this load.
    #[must_use]
    pub fn fastest(&self, in_flight: usize) -> Option<f64> {
        let of_load = self.samples.iter().filter(|((load, _), _)| *load == in_flight);
        of_load.map(|(_, sample)| sample.per_second()).max_by(f64::total_cmp)
    }

    /// The rate of a measure under this load.
    #[must_use]
    pub fn per_second(&self, measure: Measure, in_flight: usize) -> Option<f64> {
        Some(self.samples.get(&(in_flight, measure))?.per_second())
    }

    /// All of it.
    #[must_use]
    pub fn report(self, machine: Machine, options: &Options) -> Report {
        let mut rows: Vec<Row> = self.stores.iter().map(store_row).collect();
        for in_flight in &options.in_flight {
            let load = format!("{} x {in_flight}", options.connections);
            for measure in Measure::ALL {
                rows.extend(self.row(measure, *in_flight, &load));
            }
        }
        rows.extend(self.process);
        let mut settings = format!(
            "Each measure {:.1} s under each load, in {} slices that took turns; {} orders stored where many are.",
            options.time.as_secs_f64(),
            options.rounds,
            options.preload
        );
        if let Some((segments, calls)) = self.received {
            settings
                .push_str(&format!(" Received: {segments} segments of SkyWalking, {calls} calls of OTLP."));
        }
        Report { machine, settings, rows }
    }

    fn row(&self, measure: Measure, in_flight: usize, load: &str) -> Option<Row> {
        let sample = self.samples.get(&(in_flight, measure))?;
        let mut row = Row::of_sample(measure.title(), load.to_owned(), sample);
        let plain = self.stores.iter().find(|(name, ..)| *name == PLAIN_POSTGRES);
        if let (Measure::Buy, Some(plain)) = (measure, plain) {
            let plain = store_row(plain);
            return Some(row.against(&plain.measure, plain.value).target(Target::Ratio(BETTER)));
        }
        if let Some(ceiling) = measure.ceilings().first() {
            let value = self.samples.get(&(in_flight, *ceiling))?.per_second();
            row = row.against(ceiling.title(), value);
        }
        Some(match measure.target() {
            Some(least) => row.target(Target::Ratio(least)),
            None => row,
        })
    }

    fn ready(&mut self, name: &str, seen: Seen) {
        let row = Row::new(name, seen.ready_after.as_secs_f64() * 1_000.0, Unit::Milliseconds);
        self.process.push(row.target(Target::Below(READY_MS)));
    }

    #[allow(clippy::cast_precision_loss)]
    fn idle(&mut self, name: &str, seen: Seen) {
        let Some(kib) = seen.resident_kib else { return };
        let row = Row::new(name, kib as f64 / 1024.0, Unit::Mebibytes);
        self.process.push(row.target(Target::Below(IDLE_MIB)));
    }
}

#[allow(clippy::cast_precision_loss)]
fn store_row((name, count, time): &(&'static str, u64, Duration)) -> Row {
    let per_second = if time.is_zero() { 0.0 } else { *count as f64 / time.as_secs_f64() };
    Row::new(*name, per_second, Unit::PerSecond)
}
