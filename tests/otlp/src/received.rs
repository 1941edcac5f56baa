//! What a receiver was sent.

use std::fmt;

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs};
use opentelemetry_proto::tonic::metrics::v1::{Metric, ResourceMetrics};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};

/// Everything that has arrived, in its order.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// How many calls there were, over gRPC.
    pub grpc_calls: usize,
    /// The same over HTTP.
    pub http_calls: usize,
    /// Spans.
    pub spans: Vec<ResourceSpans>,
    /// Rounds of metrics.
    pub metrics: Vec<ResourceMetrics>,
    /// Lines of the log.
    pub logs: Vec<ResourceLogs>,
}

impl Received {
    /// All spans, each with its service.
    pub fn spans(&self) -> impl Iterator<Item = (&str, &Span)> {
        self.spans.iter().flat_map(|part| {
            let spans = part.scope_spans.iter().flat_map(|scope| &scope.spans);
            spans.map(move |span| (service(part.resource.as_ref()), span))
        })
    }

    /// The spans of a trace, each with its service.
    pub fn trace<'a>(&'a self, trace_id: &'a [u8]) -> impl Iterator<Item = (&'a str, &'a Span)> {
        self.spans().filter(move |(_, span)| span.trace_id == trace_id)
    }

    /// All metrics, each with the service that sent it.
    pub fn metrics(&self) -> impl Iterator<Item = (&str, &Metric)> {
        self.metrics.iter().flat_map(|part| {
            let metrics = part.scope_metrics.iter().flat_map(|scope| &scope.metrics);
            metrics.map(move |metric| (service(part.resource.as_ref()), metric))
        })
    }

    /// All lines of the log, each with its service.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &LogRecord)> {
        self.logs.iter().flat_map(|part| {
            let lines = part.scope_logs.iter().flat_map(|scope| &scope.log_records);
            lines.map(move |line| (service(part.resource.as_ref()), line))
        })
    }
}

/// How much there is.
impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { grpc_calls, http_calls, .. } = self;
        let (spans, metrics, lines) = (self.spans().count(), self.metrics().count(), self.lines().count());
        write!(f, "{spans} spans, {metrics} metrics, {lines} lines in {grpc_calls} and {http_calls} calls")
    }
}

fn service(resource: Option<&Resource>) -> &str {
    resource.and_then(|resource| attribute(&resource.attributes, "service.name")).unwrap_or_default()
}

/// The text of an attribute.
#[must_use]
pub fn attribute<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text),
        _ => None,
    }
}
