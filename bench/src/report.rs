//! What a run found out, for people and for programs.

use std::fmt;

use serde::Serialize;

use crate::load::Sample;
use crate::machine::Machine;

/// A run's results.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Where it ran.
    pub machine: Machine,
    /// What was run, in a few words.
    pub settings: String,
    /// The results.
    pub rows: Vec<Row>,
}

/// One result.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// What was measured.
    pub measure: String,
    /// Connections and calls in flight on each, `4 x 16`; empty where it is not about load.
    pub load: String,
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
    /// How long calls took.
    pub latency: Option<Latency>,
    /// Processor time of one call, caller and system together, microseconds.
    pub cpu_per_call: Option<f64>,
    /// What it is compared with, of the same run.
    pub against: Option<Against>,
    /// The value as a part of what it is compared with.
    pub ratio: Option<f64>,
    /// What is to be reached.
    pub target: Option<Target>,
    /// Whether it is reached.
    pub met: Option<bool>,
}

/// Unit of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Calls, orders or writes a second.
    PerSecond,
    /// MiB of memory.
    Mebibytes,
    /// Milliseconds.
    Milliseconds,
}

/// What a row is compared with.
#[derive(Debug, Clone, Serialize)]
pub struct Against {
    /// Its name.
    pub measure: String,
    /// Its value under the same load.
    pub value: f64,
}

/// What is to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The ratio is at least this.
    Ratio(f64),
    /// The value is below this.
    Below(f64),
}

/// How long calls took, microseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Latency {
    /// Half of them no longer than this.
    pub p50: u64,
    /// 99 percent.
    pub p99: u64,
    /// 99.9 percent.
    pub p999: u64,
}

impl Row {
    /// A value alone.
    #[must_use]
    pub fn new(measure: impl Into<String>, value: f64, unit: Unit) -> Self {
        Self {
            measure: measure.into(),
            load: String::new(),
            value,
            unit,
            latency: None,
            cpu_per_call: None,
            against: None,
            ratio: None,
            target: None,
            met: None,
        }
    }

    pub(crate) fn of_sample(measure: &str, load: String, sample: &Sample) -> Self {
        let at = |quantile| sample.latency.value_at_quantile(quantile);
        let latency = Latency { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
        Self {
            load,
            latency: Some(latency),
            cpu_per_call: sample.cpu_per_call(),
            ..Self::new(measure, sample.per_second(), Unit::PerSecond)
        }
    }

    /// The same, compared with something of the same run.
    #[must_use]
    pub fn against(mut self, measure: &str, value: f64) -> Self {
        self.ratio = (value > 0.0).then(|| self.value / value);
        self.against = Some(Against { measure: measure.to_owned(), value });
        self
    }

    /// The same, with what is to be reached.
    #[must_use]
    pub fn target(mut self, target: Target) -> Self {
        self.target = Some(target);
        self.met = match target {
            Target::Ratio(least) => self.ratio.map(|ratio| ratio >= least),
            Target::Below(limit) => Some(self.value < limit),
        };
        self
    }
}

impl Report {
    /// Whether every target that was measured is met.
    #[must_use]
    pub fn met(&self) -> bool {
        self.rows.iter().all(|row| row.met != Some(false))
    }

    /// A Markdown table, and above it the machine.
    #[must_use]
    pub fn markdown(&self) -> String {
        let Machine { cores, processor, memory_mib, system, load_before } = &self.machine;
        let mut text = format!(
            "Machine: {cores} cores, {processor}, {memory_mib} MiB, {system}; load average before the run {load_before}.\n\
             {}\n\n\
             | measure | load | value | p50 / p99 / p99.9 | CPU a call | compared with | ratio | target | |\n\
             |---|---|---:|---:|---:|---|---:|---:|---|\n",
            self.settings
        );
        for row in &self.rows {
            text.push_str(&row.to_string());
            text.push('\n');
        }
        text
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::PerSecond => "/s",
            Unit::Mebibytes => " MiB",
            Unit::Milliseconds => " ms",
        };
        let latency = self.latency.map(|latency| latency.to_string()).unwrap_or_default();
        let against = self
            .against
            .as_ref()
            .map(|against| format!("{} ({}/s)", against.measure, thousands(against.value)));
        let cpu = self.cpu_per_call.map(|cpu| format!("{cpu:.0} µs")).unwrap_or_default();
        let ratio = self.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        let target = match self.target {
            Some(Target::Ratio(least)) => format!("≥ {least}"),
            Some(Target::Below(limit)) => format!("< {limit}{unit}"),
            None => String::new(),
        };
        let met = match self.met {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "",
        };
        write!(
            f,
            "| {} | {} | {}{unit} | {latency} | {cpu} | {} | {ratio} | {target} | {met} |",
            self.measure,
            self.load,
            thousands(self.value),
            against.unwrap_or_default()
        )
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99, p999] = [self.p50, self.p99, self.p999].map(milliseconds);
        write!(f, "{p50} / {p99} / {p999} ms")
    }
}

#[allow(clippy::cast_precision_loss)]
fn milliseconds(microseconds: u64) -> String {
    let milliseconds = microseconds as f64 / 1000.0;
    if milliseconds < 10.0 { format!("{milliseconds:.2}") } else { format!("{milliseconds:.0}") }
}

/// `12,345`; small values with one digit after the point.
fn thousands(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_judged_by_its_target() {
        let row = |value| Row::new("Buy", value, Unit::PerSecond).against("empty", 100.0);
        assert_eq!(row(60.0).target(Target::Ratio(0.6)).met, Some(true));
        assert_eq!(row(59.9).target(Target::Ratio(0.6)).met, Some(false));
        assert_eq!(Row::new("idle", 40.0, Unit::Mebibytes).target(Target::Below(40.0)).met, Some(false));
    }

    #[test]
    fn a_row_reads_as_a_line_of_a_table() {
        let row = Row::new("Buy", 12_345.6, Unit::PerSecond).against("empty", 20_000.0);
        let line = row.target(Target::Ratio(0.6)).to_string();
        assert_eq!(line, "| Buy |  | 12,346/s |  |  | empty (20,000/s) | 0.62 | ≥ 0.6 | met |");
    }
}
