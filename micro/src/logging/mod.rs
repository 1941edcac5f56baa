//! The log: one line for an event, for people or as JSON.

mod line;
mod writer;

use std::io::IsTerminal;

use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use serde::Deserialize;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::telemetry::OtlpConfig;
use crate::trace;

pub use line::{RequestLine, level};
pub use writer::end;
pub(crate) use writer::lost;

/// What lines are sent with.
const SENDERS: [&str; 7] = ["h2", "hyper", "hyper_util", "opentelemetry", "reqwest", "tonic", "tower"];

/// How to log.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// What to log: `error`, `warn`, `info`, `debug`, or by module: `info,service_order=debug`.
    pub filter: String,
    /// `text` or `json`.
    pub format: Format,
    /// Whether each request has a line of its own; those that failed always have.
    pub requests: bool,
    /// What takes the lines besides standard error.
    pub otlp: OtlpConfig,
}

/// Form of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

crate::choices!(Format { "text" => Text, "json" => Json });

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: Format::Text, requests: true, otlp: OtlpConfig::default() }
    }
}

/// Whether every setting can be used.
///
/// # Errors
/// The one that cannot, named.
pub fn check(config: &LogConfig) -> Result<(), crate::BoxError> {
    filter(config)?;
    config.otlp.check("log.otlp")
}

/// What sends the lines must not be told of by them: each would make the next.
fn exported(config: &LogConfig) -> Result<EnvFilter, crate::BoxError> {
    let mut exported = filter(config)?;
    for target in SENDERS {
        exported = exported.add_directive(format!("{target}=off").parse()?);
    }
    Ok(exported)
}

fn filter(config: &LogConfig) -> Result<EnvFilter, crate::BoxError> {
    let cannot = |why: String| format!("log.filter: {:?} cannot be used: {why}", config.filter);
    // The library takes a word that is no level for a module, and logs nothing else then.
    if let Some(word) = config.filter.split(',').find(|part| !part.contains(['=', '[']) && !is_level(part)) {
        let levels = "a level is one of off, error, warn, info, debug, trace, and a module has its own by MODULE=LEVEL";
        return Err(cannot(format!("{:?} is no level; {levels}", word.trim())).into());
    }
    let filter = EnvFilter::try_new(&config.filter).map_err(|error| cannot(error.to_string()))?;
    if config.requests {
        return Ok(filter);
    }
    Ok(filter.add_directive(format!("{}=warn", line::TARGET).parse()?))
}

fn is_level(word: &str) -> bool {
    let word = word.trim();
    !word.is_empty() && word.parse::<LevelFilter>().is_ok()
}

/// Starts logging to standard error, where it does not disturb a command's own output.
///
/// With `statements`, traces learn of the statements that go to databases; `sent` gets every line, too.
///
/// # Errors
/// A filter that cannot be read.
pub fn start(
    config: &LogConfig,
    statements: bool,
    sent: Option<&SdkLoggerProvider>,
) -> Result<(), crate::BoxError> {
    let sent = sent.map(|provider| {
        Ok::<_, crate::BoxError>(OpenTelemetryTracingBridge::new(provider).with_filter(exported(config)?))
    });
    let sent = sent.transpose()?;
    let filter = filter(config)?;
    let lines = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(writer::standard_error());
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match config.format {
        Format::Text => lines.with_target(false).with_filter(filter).boxed(),
        Format::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    };
    let statements = statements.then(|| trace::SqlSpans.with_filter(filter_fn(trace::is_statement)));
    Ok(tracing_subscriber::registry().with(lines).with(statements).with(sent).try_init()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_would_silence_everything_by_mistake_is_refused() {
        let with = |filter: &str| check(&LogConfig { filter: filter.to_owned(), ..LogConfig::default() });
        for good in ["info", "WARN", "off", "info,service_order=debug", "info,[request]=trace"] {
            assert!(with(good).is_ok(), "{good}");
        }
        for bad in ["", "inof", "loud", "info,,debug", "info,service_order", "service_order=loud"] {
            let told = with(bad).unwrap_err().to_string();
            assert!(told.starts_with(&format!("log.filter: {bad:?} cannot be used: ")), "{told}");
        }
    }
}
