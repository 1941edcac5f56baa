//! `marquee doctor`.

use std::process::ExitCode;

use clap::Args;
use marquee::config::Config;
use marquee::doctor::{State, check, examine};
use micro::config::ConfigError;

use super::print;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Also look through every order, claim, ticket and row of the ledger for contradictions, and
    /// compare them with what a running server shows. Changes nothing; may be run while it sells.
    #[arg(long)]
    check: bool,
}

pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut findings = examine(config).await;
    if arguments.check {
        findings.extend(check(config).await);
    }
    let bad = findings.iter().filter(|finding| finding.state == State::Bad).count();
    let mut text = String::new();
    for finding in &findings {
        text.push_str(&format!("{finding}\n"));
    }
    text.push_str(&match bad {
        0 => "Nothing stands in the way of: marquee serve\n".to_owned(),
        _ => format!("{bad} of {} checks are bad.\n", findings.len()),
    });
    print(&text)?;
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Without a configuration there is nothing more to look at.
pub fn unreadable(error: &ConfigError) -> anyhow::Result<ExitCode> {
    print(&format!(
        "BAD   configuration   {error}\n      {:<15} correct it; config.yaml names every key\n",
        ""
    ))?;
    Ok(ExitCode::FAILURE)
}
