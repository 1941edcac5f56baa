//! `marquee doctor`.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use marquee::config::Config;
use marquee::doctor::{Finding, State, check, examine};
use micro::config::ConfigError;
use serde_json::json;

use super::print;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Also look through every order, claim, ticket and row of the ledger for contradictions, and
    /// compare them with what a running server shows. Changes nothing; may be run while it sells.
    #[arg(long)]
    check: bool,
    /// Write what was found as JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Config, file: Option<&Path>, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut findings = examine(config, file).await;
    if arguments.check {
        findings.extend(check(config).await);
    }
    tell(&findings, arguments)
}

/// Without a configuration there is nothing more to look at.
pub fn unreadable(error: &ConfigError, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let advice = "correct it; config.yaml names every key";
    let finding = Finding::bad("configuration", error.to_string(), advice);
    tell(&[finding], arguments)
}

/// Writes the report; the exit code says whether anything is bad.
fn tell(findings: &[Finding], arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let bad = findings.iter().filter(|finding| finding.state == State::Bad).count();
    if arguments.json {
        let version = env!("CARGO_PKG_VERSION");
        print(&format!("{:#}\n", json!({ "version": version, "well": bad == 0, "findings": findings })))?;
    } else {
        let mut text = String::new();
        for finding in findings {
            text.push_str(&format!("{finding}\n"));
        }
        text.push_str(&match bad {
            0 => format!(
                "Nothing stands in the way of: marquee serve (version {})\n",
                env!("CARGO_PKG_VERSION")
            ),
            _ => format!("{bad} of {} checks are bad.\n", findings.len()),
        });
        print(&text)?;
    }
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
