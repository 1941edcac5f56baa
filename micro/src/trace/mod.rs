//! What a request went through: spans, for SkyWalking and for what speaks OpenTelemetry.
//!
//! Handlers know nothing of it. The kit makes a [`Span`] where a request comes in, where
//! one goes out, and around work worth seeing; which span a task works in is in a task-local,
//! so that it need not be handed on. Where no exporter is configured there are no spans, and
//! a request costs nothing more.

mod config;
mod headers;
mod span;
mod sql;
mod start;
mod w3c;

pub use config::{SkyWalkingConfig, TraceConfig};
pub use span::Span;
pub use start::Traces;
pub use w3c::{TRACEPARENT, TraceContext};

pub(crate) use sql::{SqlSpans, is_statement, set_database};
