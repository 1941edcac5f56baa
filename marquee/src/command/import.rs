//! `marquee import films FILE`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use marquee::FilmClient;
use marquee::config::Config;
use marquee::film_import::{self, ImportError, Summary};
use marquee::operator::Operator;

use super::print;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Films from a JSON list of movie records, as vega-datasets has them. Repeating it makes no doubles.
    Films {
        /// The file.
        file: PathBuf,
        /// Print the summary as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let What::Films { file, json } = &arguments.what;
    let records = film_import::read(file)?;
    let operator = Operator::new(config)?.with_films().await?;
    let summary = with_progress(&operator.clients().films, &records).await;
    operator.close().await;
    let summary = summary?;
    let text = if *json { serde_json::to_string_pretty(&summary)? + "\n" } else { summary.to_string() };
    Ok(print(&text)?)
}

/// Imports a file through a film service that runs already.
pub async fn import_file(films: &FilmClient, file: &Path) -> Result<Summary, ImportError> {
    with_progress(films, &film_import::read(file)?).await
}

/// Shows a bar on standard error, where that is a terminal.
async fn with_progress(films: &FilmClient, records: &[serde_json::Value]) -> Result<Summary, ImportError> {
    let bar = ProgressBar::new(records.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} films, {eta} to go") {
        bar.set_style(style);
    }
    let summary = film_import::run(films, records, || bar.inc(1)).await;
    bar.finish_and_clear();
    summary
}
