//! The other end of a call.

use opentelemetry::{KeyValue, Value};

use super::kind::{Class, text};
use crate::{
    header::MAX_NAME,
    text::cut,
    wire::{SpanLayer, SpanType},
};

/// The peer whole, as the application knows it.
pub(super) const PEER: &str = "peer";

/// The address called, or of the caller. An entry's `server.address` is its own, so it does not count there.
pub(super) fn peer(attributes: &[KeyValue], span_type: SpanType, class: Class) -> String {
    let pairs: &[(&str, &str)] = match span_type {
        SpanType::Exit => &[("network.peer.address", "network.peer.port"), ("server.address", "server.port")],
        SpanType::Entry => &[("network.peer.address", "network.peer.port")],
        SpanType::Local => return String::new(),
    };
    let whole = text(attributes, PEER).map(str::to_owned);
    let joined = || {
        let known = pairs.iter().find_map(|(host, port)| Some((text(attributes, host)?, port)));
        known.map(|(host, port)| join(host, number(attributes, port)))
    };
    let peer = whole.or_else(joined).unwrap_or_default();
    if peer.is_empty() && span_type == SpanType::Exit && class.layer == SpanLayer::Database {
        // A database in the process itself has no address, but the back end shows databases by their peer.
        return text(attributes, "db.system.name")
            .map(|system| format!("{system}-local"))
            .unwrap_or_default();
    }
    cut(peer, MAX_NAME)
}

fn join(host: &str, port: Option<i64>) -> String {
    match port {
        Some(port) if host.contains(':') => format!("[{host}]:{port}"),
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn number(attributes: &[KeyValue], key: &str) -> Option<i64> {
    let found = attributes.iter().rev().find(|attribute| attribute.key.as_str() == key)?;
    match &found.value {
        Value::I64(number) => Some(*number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::KeyValue;

    use super::{super::kind::classify, peer};
    use crate::wire::SpanType;

    fn of(attributes: &[KeyValue], span_type: SpanType) -> String {
        peer(attributes, span_type, classify(attributes, span_type))
    }

    #[test]
    fn the_whole_address_holds_before_its_parts() {
        let mut attributes = vec![
            KeyValue::new("server.address", "::1"),
            KeyValue::new("server.port", 5432),
            KeyValue::new("db.system.name", "postgresql"),
        ];
        assert_eq!(of(&attributes, SpanType::Exit), "[::1]:5432");
        assert_eq!(of(&attributes, SpanType::Entry), "", "its own address");
        attributes.push(KeyValue::new("network.peer.address", "10.0.0.7"));
        assert_eq!(of(&attributes, SpanType::Exit), "10.0.0.7");
        attributes.push(KeyValue::new("peer", "orders:1"));
        assert_eq!(of(&attributes, SpanType::Exit), "orders:1");
        assert_eq!(of(&attributes, SpanType::Local), "");
    }

    #[test]
    fn a_database_in_the_process_is_called_local() {
        assert_eq!(of(&[KeyValue::new("db.system.name", "sqlite")], SpanType::Exit), "sqlite-local");
    }
}
