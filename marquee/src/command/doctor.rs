//! `marquee doctor`.

use std::process::ExitCode;

use marquee::config::Config;
use marquee::doctor::{State, examine};
use micro::config::ConfigError;

use super::print;

pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let findings = examine(config).await;
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
