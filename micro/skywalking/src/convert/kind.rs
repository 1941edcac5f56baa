//! What kind of work a span is: type, layer and component.

use opentelemetry::{KeyValue, trace::SpanKind};

use crate::wire::{SpanLayer, SpanType};

/// Layer and component. The numbers are those of the back end's `component-libraries.yml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) layer: SpanLayer,
    pub(super) component: i32,
}

const UNKNOWN: i32 = 0;
const HTTP_CLIENT: i32 = 2;
const REDIS: i32 = 7;
const POSTGRESQL: i32 = 22;
const GRPC: i32 = 23;
const SQLITE: i32 = 31;
const HTTP: i32 = 49;
const RUST: i32 = 11_000;

pub(super) fn span_type(kind: &SpanKind) -> SpanType {
    match kind {
        SpanKind::Server | SpanKind::Consumer => SpanType::Entry,
        SpanKind::Client | SpanKind::Producer => SpanType::Exit,
        SpanKind::Internal => SpanType::Local,
    }
}

/// The text of an attribute; of several with the same name the last one holds.
pub(super) fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let found = attributes.iter().rev().find(|attribute| attribute.key.as_str() == key)?;
    match &found.value {
        opentelemetry::Value::String(text) => Some(text.as_str()),
        _ => None,
    }
}

pub(super) fn classify(attributes: &[KeyValue], span_type: SpanType) -> Class {
    if let Some(system) = text(attributes, "rpc.system").or_else(|| text(attributes, "rpc.system.name")) {
        let component = if system == "grpc" { GRPC } else { RUST };
        return Class { layer: SpanLayer::RpcFramework, component };
    }
    if let Some(system) = text(attributes, "db.system.name") {
        return store(system);
    }
    if text(attributes, "http.request.method").is_some() {
        let component = if span_type == SpanType::Exit { HTTP_CLIENT } else { HTTP };
        return Class { layer: SpanLayer::Http, component };
    }
    Class { layer: SpanLayer::Unknown, component: RUST }
}

fn store(system: &str) -> Class {
    let (layer, component) = match system {
        "postgresql" => (SpanLayer::Database, POSTGRESQL),
        "sqlite" => (SpanLayer::Database, SQLITE),
        "redis" => (SpanLayer::Cache, REDIS),
        _ => (SpanLayer::Database, UNKNOWN),
    };
    Class { layer, component }
}
