//! `marquee import films FILE`.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use marquee::FilmClient;
use marquee::config::Config;
use marquee::film_import::{self, ImportError, Summary, Years};
use marquee::operator::Operator;
use micro::Clock;

use super::print;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Films from a JSON list of movie records, as vega-datasets has them. Repeating it makes no doubles.
    ///
    /// docs/film-import.md says which keys are read, and how.
    Films {
        /// The file.
        file: PathBuf,
        /// Print the summary as JSON.
        #[arg(long)]
        json: bool,
        /// The file has no film after this year: later years are a century too late (2046 is
        /// 1946). Ten years from now where it is not said.
        #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1900..=2999))]
        latest_year: Option<i16>,
    },
}

pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let What::Films { file, json, latest_year } = &arguments.what;
    let records = film_import::read(file)?;
    let operator = Operator::new(config)?.with_films().await?;
    let summary = with_progress(&operator.clients().films, records, years(*latest_year)).await;
    operator.close().await;
    let summary = summary?;
    let text = if *json { serde_json::to_string_pretty(&summary)? + "\n" } else { summary.to_string() };
    print(&text)?;
    if summary.nothing_taken() {
        bail!("{} has no record that is a film; see docs/film-import.md", file.display());
    }
    Ok(())
}

fn years(latest: Option<i16>) -> Years {
    latest.map_or_else(|| Years::announced(Clock::system().now_ms()), Years::none_after)
}

/// Imports a file through a film service that runs already.
pub async fn import_file(films: &FilmClient, file: &Path) -> Result<Summary, ImportError> {
    with_progress(films, film_import::read(file)?, years(None)).await
}

/// Shows a bar on standard error, where that is a terminal.
async fn with_progress(
    films: &FilmClient,
    records: Vec<serde_json::Value>,
    years: Years,
) -> Result<Summary, ImportError> {
    let bar = ProgressBar::new(records.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} films, {eta} to go") {
        bar.set_style(style);
    }
    let summary = film_import::run(films, records, years, |done| bar.set_position(done as u64)).await;
    bar.finish_and_clear();
    summary
}
