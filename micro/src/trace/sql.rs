//! Statements that `sqlx` has run, as parts of what their task does.
//!
//! `sqlx` tells of each statement by an event of `tracing`, with its text (in which values
//! are only numbered) and how long it took. So services need no code of their own.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use opentelemetry::KeyValue;
use opentelemetry::trace::SpanBuilder;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::Span;

/// Where `sqlx` says what it did.
const TARGET: &str = "sqlx::query";
/// Longest statement that is told, bytes.
const MAX_STATEMENT: usize = 1_024;
/// Names of what is done with a database begin with one of these words.
const VERBS: [&str; 6] = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "COMMIT"];

/// The database of this process, as traces show it: its kind and where it is.
static DATABASE: OnceLock<(&'static str, Arc<str>)> = OnceLock::new();

/// Says where the statements of this process go. The first database counts: services
/// in one process have theirs in one place, in all that is usual.
pub fn set_database(system: &'static str, peer: &str) {
    DATABASE.get_or_init(|| (system, peer.into()));
}

/// Whether the event is about a statement.
pub fn is_statement(metadata: &Metadata<'_>) -> bool {
    metadata.target() == TARGET && *metadata.level() <= Level::DEBUG
}

/// Makes spans of statements.
pub struct SqlSpans;

impl<S: Subscriber> Layer<S> for SqlSpans {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let Some((system, peer)) = DATABASE.get() else { return };
        let mut statement = Statement::default();
        event.record(&mut statement);
        let began = SystemTime::now().checked_sub(statement.took).unwrap_or(SystemTime::UNIX_EPOCH);
        Span::exited(|| statement.builder(system, peer), began);
    }
}

/// What `sqlx` says of a statement.
#[derive(Default)]
struct Statement {
    summary: String,
    text: String,
    took: Duration,
}

impl Statement {
    fn builder(self, system: &'static str, peer: &Arc<str>) -> SpanBuilder {
        let mut text = if self.text.trim().is_empty() { self.summary } else { self.text };
        text.truncate(text.floor_char_boundary(MAX_STATEMENT));
        let first = text.split_whitespace().next().unwrap_or_default();
        let name = VERBS.into_iter().find(|verb| verb.eq_ignore_ascii_case(first)).unwrap_or("statement");
        SpanBuilder::from_name(name).with_attributes([
            KeyValue::new("db.system.name", system),
            KeyValue::new("peer", Arc::clone(peer)),
            KeyValue::new("db.query.text", text.split_whitespace().collect::<Vec<_>>().join(" ")),
        ])
    }
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.text),
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.took = Duration::try_from_secs_f64(value).unwrap_or_default();
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
