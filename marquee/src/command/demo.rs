//! `marquee demo`.

use std::path::PathBuf;

use clap::Args;
use marquee::config::Config;
use marquee::operator::Operator;
use marquee::{Clients, demo};
use micro::Clock;

use super::{import, print};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Import films from this file first, and show the most popular ones.
    #[arg(long, value_name = "FILE")]
    films: Option<PathBuf>,
    /// Only in a new system: do nothing where there are accounts, either.
    #[arg(long)]
    if_new: bool,
}

pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let operator = Operator::new(config)?.with_users().await?.with_films().await?;
    let outcome = set_up(&operator.clients(), arguments).await;
    operator.close().await;
    print(&outcome?.to_string())
}

async fn set_up(clients: &Clients, arguments: &Arguments) -> anyhow::Result<demo::Outcome> {
    if let Some(file) = &arguments.films {
        print(&import::import_file(&clients.films, file).await?.to_string())?;
    }
    let wanted = if arguments.if_new { demo::Where::New } else { demo::Where::NoCinemas };
    Ok(demo::set_up(clients, &Clock::system(), wanted).await?)
}
