//! The commands, each in its own file.

mod admin;
mod demo;
mod doctor;
mod import;
mod serve;
mod signals;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Parser, Subcommand};
use marquee::config::Config;
use micro::logging::{self, LogConfig};
use micro::telemetry::Telemetry;

/// Where the configuration file can be named, too; empty is as good as not set.
const CONFIG_VARIABLE: &str = "MARQUEE_CONFIG";
/// How long threads that wait for the system may hold up the end.
const PATIENCE: Duration = Duration::from_secs(1);

/// Cinema ticketing: screenings, seats, orders, payments and tickets.
#[derive(Debug, Parser)]
#[command(name = "marquee", version, arg_required_else_help = true)]
pub struct Arguments {
    /// Configuration file; without it config.yaml of the working directory, if there is one.
    ///
    /// The variable MARQUEE_CONFIG can name it as well. Every key can also be set
    /// by the environment: MARQUEE__SECTION__KEY.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::Arguments),
    /// Take data in from a file.
    Import(import::Arguments),
    /// Set up cinemas, halls, films, two weeks of screenings and logins to try things out with.
    ///
    /// Does nothing where there are cinemas already.
    Demo(demo::Arguments),
    /// Make the first administrator.
    Admin(admin::Arguments),
    /// Look at everything the server needs, and give advice.
    Doctor(doctor::Arguments),
}

/// Does what the command line asks for.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { config, command } = arguments;
    let named = std::env::var_os(CONFIG_VARIABLE).filter(|file| !file.is_empty()).map(PathBuf::from);
    let file = config.or(named);
    let loaded = Config::load(file.as_deref());
    if let (Command::Doctor(arguments), Err(error)) = (&command, &loaded) {
        return doctor::unreadable(error, arguments);
    }
    let config = loaded?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let telemetry = {
        let _inside = runtime.enter();
        tell(&config, &command).inspect_err(|_| logging::end())?
    };
    let result = runtime.block_on(async {
        let result = match command {
            Command::Serve(arguments) => serve::run(&config, &arguments).await,
            Command::Import(arguments) => import::run(&config, &arguments).await,
            Command::Demo(arguments) => demo::run(&config, &arguments).await,
            Command::Admin(arguments) => admin::run(&config, &arguments).await,
            Command::Doctor(arguments) => return doctor::run(&config, file.as_deref(), &arguments).await,
        };
        if let Some(telemetry) = telemetry {
            telemetry.end().await;
        }
        result.map(|()| ExitCode::SUCCESS)
    });
    runtime.shutdown_timeout(PATIENCE);
    logging::end();
    result
}

/// The server tells of itself as configured; other commands speak for themselves and log
/// only what is wrong, unless the configuration asks for something of its own.
fn tell(config: &Config, command: &Command) -> anyhow::Result<Option<Telemetry>> {
    if let Command::Serve(arguments) = command {
        return serve::tell(config, arguments).map(Some);
    }
    let mut log = config.log.clone();
    if log.filter == LogConfig::default().filter {
        "warn".clone_into(&mut log.filter);
    }
    match logging::start(&log, false, None) {
        // The doctor finds it by itself, and goes on.
        Err(error) if !matches!(command, Command::Doctor(_)) => Err(anyhow::anyhow!("{error}")),
        _ => Ok(None),
    }
}

/// Writes to standard output. A reader that has gone is no error.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("standard output cannot be written to"),
    }
}

/// Writes an error to standard error: one line, and each cause on one of its own.
pub fn complain(error: &(dyn Error + 'static)) {
    let mut text = format!("marquee: {error}\n");
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Some errors quote their cause themselves.
        if !text.contains(&cause_text) {
            text.push_str(&format!("  because: {cause_text}\n"));
        }
        source = cause.source();
    }
    // Without standard error there is nobody to tell.
    let _ = io::stderr().write_all(text.as_bytes());
}
