//! The command line: `marquee bench`, and the executable `bench`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crate::{Measure, Options};

/// What the command line says.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Seconds each measure runs under each load.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Slices each measure is cut into; the slices of all measures take turns.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Connections of the load generator.
    #[arg(long, default_value_t = 4)]
    connections: usize,
    /// Calls under way at a time on each connection; everything is measured with each of these.
    #[arg(long, value_delimiter = ',', default_values_t = [16, 64])]
    in_flight: Vec<usize>,
    /// Orders stored before the measure with many orders; 0 leaves it out.
    #[arg(long, default_value_t = 1_000_000)]
    preload: u64,
    /// Folder for the databases; they are removed at the end. Its disk is what is measured.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// The marquee executable whose start and idle memory are measured; left out where not given.
    #[arg(long, value_name = "FILE")]
    marquee_bin: Option<PathBuf>,
    /// Measure on PostgreSQL and Redis, private servers of the run, in place of everything embedded.
    #[arg(long)]
    distributed: bool,
    /// Measure only these, and what they are compared with.
    #[arg(long, value_delimiter = ',', value_name = "MEASURE")]
    only: Vec<Measure>,
    /// Write the results as JSON.
    #[arg(long)]
    json: bool,
    /// End with a failure where a target is missed.
    #[arg(long)]
    check: bool,
}

impl Args {
    fn options(&self) -> anyhow::Result<Options> {
        Ok(Options {
            time: Duration::try_from_secs_f64(self.seconds)?,
            rounds: self.rounds,
            connections: self.connections,
            in_flight: self.in_flight.clone(),
            preload: self.preload,
            dir: self.dir.clone(),
            executable: self.marquee_bin.as_deref().map(std::path::absolute).transpose()?,
            distributed: self.distributed,
            only: self.only.clone(),
        })
    }
}

/// Measures, and writes the results to standard output.
///
/// # Errors
/// Whatever makes the results worthless, a single failed call included.
pub async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let report = Box::pin(crate::run(&args.options()?)).await?;
    let text = if args.json { serde_json::to_string_pretty(&report)? } else { report.markdown() };
    writeln!(std::io::stdout(), "{}", text.trim_end())?;
    Ok(if args.check && !report.met() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
