//! Attributes as tags, under the names the back end reads.

use opentelemetry::{KeyValue, Value};

use super::{MAX_VALUE, kind::Class, pair, peer::PEER, value_text};
use crate::wire::{KeyStringValuePair, SpanLayer};

/// Redis commands that only read: the back end draws reads and writes apart.
const READS: [&str; 20] = [
    "GET",
    "MGET",
    "GETRANGE",
    "EXISTS",
    "TTL",
    "HGET",
    "HMGET",
    "HGETALL",
    "HKEYS",
    "HVALS",
    "HLEN",
    "HEXISTS",
    "LRANGE",
    "LLEN",
    "SMEMBERS",
    "SISMEMBER",
    "SCARD",
    "ZRANGE",
    "ZSCORE",
    "ZCARD",
];
/// Redis commands that write.
const WRITES: [&str; 20] = [
    "SET", "SETEX", "SETNX", "MSET", "GETSET", "DEL", "UNLINK", "EXPIRE", "INCR", "DECR", "HSET", "HSETNX",
    "HDEL", "HINCRBY", "LPUSH", "RPUSH", "LPOP", "SADD", "SREM", "ZADD",
];

/// The tags. The back end refuses a name that comes twice, so of several with one name the last one holds.
/// What became the peer is not said again.
pub(super) fn tags(attributes: Vec<KeyValue>, class: Class, has_peer: bool) -> Vec<KeyStringValuePair> {
    let full_url = attributes.iter().any(|attribute| attribute.key.as_str() == "url.full");
    let cache = class.layer == SpanLayer::Cache;
    let mut tags = Vec::with_capacity(attributes.len() + 1);
    for KeyValue { key, value, .. } in attributes {
        let key = key.as_str();
        if has_peer && key == PEER {
            continue;
        }
        let value = match (key, value) {
            ("db.system.name", Value::String(system)) => product(system.as_str()).to_owned(),
            (_, value) => value_text(value, MAX_VALUE),
        };
        if cache
            && key == "db.operation.name"
            && let Some(direction) = direction(&value)
        {
            put(&mut tags, "cache.op", direction.to_owned());
        }
        put(&mut tags, name(key, cache, full_url), value);
    }
    tags
}

fn put(tags: &mut Vec<KeyStringValuePair>, key: &str, value: String) {
    match tags.iter_mut().find(|tag| tag.key == key) {
        Some(tag) => tag.value = value,
        None => tags.push(pair(key, value)),
    }
}

/// The back end's name of an attribute.
fn name(key: &str, cache: bool, full_url: bool) -> &str {
    match key {
        "http.request.method" => "http.method",
        "http.response.status_code" => "http.status_code",
        "rpc.grpc.status_code" | "rpc.response.status_code" => "rpc.status_code",
        "url.full" => "url",
        // Both names would be one.
        "url.path" if !full_url => "url",
        "db.system.name" if cache => "cache.type",
        "db.operation.name" if cache => "cache.cmd",
        "db.system.name" => "db.type",
        "db.namespace" => "db.instance",
        "db.query.text" => "db.statement",
        other => other,
    }
}

/// The name the back end has for a database or cache.
fn product(system: &str) -> &str {
    match system {
        "postgresql" => "PostgreSQL",
        "sqlite" => "SQLite",
        "mysql" => "MySQL",
        "mariadb" => "MariaDB",
        "redis" => "Redis",
        other => other,
    }
}

fn direction(command: &str) -> Option<&'static str> {
    let among = |commands: &[&str]| commands.iter().any(|known| known.eq_ignore_ascii_case(command));
    if among(&READS) {
        Some("read")
    } else if among(&WRITES) {
        Some("write")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::KeyValue;

    use super::{super::kind::classify, MAX_VALUE, tags};
    use crate::wire::SpanType;

    fn of(attributes: &[KeyValue]) -> Vec<(String, String)> {
        let class = classify(attributes, SpanType::Exit);
        tags(attributes.to_vec(), class, true).into_iter().map(|tag| (tag.key, tag.value)).collect()
    }

    fn owned<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
        pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec()
    }

    #[test]
    fn a_statement() {
        let attributes = [
            KeyValue::new("db.system.name", "postgresql"),
            KeyValue::new("db.namespace", "orders"),
            KeyValue::new("db.query.text", "SELECT 1"),
            KeyValue::new("peer", "db:5432"),
            KeyValue::new("batch.size", 64),
        ];
        let expected = [
            ("db.type", "PostgreSQL"),
            ("db.instance", "orders"),
            ("db.statement", "SELECT 1"),
            ("batch.size", "64"),
        ];
        assert_eq!(of(&attributes), owned(expected));
    }

    #[test]
    fn commands_of_a_cache() {
        let of_command = |command: &'static str| {
            of(&[KeyValue::new("db.system.name", "redis"), KeyValue::new("db.operation.name", command)])
        };
        let read = [("cache.type", "Redis"), ("cache.op", "read"), ("cache.cmd", "hgetall")];
        assert_eq!(of_command("hgetall"), owned(read));
        assert_eq!(of_command("EVALSHA"), owned([("cache.type", "Redis"), ("cache.cmd", "EVALSHA")]));
    }

    #[test]
    fn no_name_comes_twice_and_values_are_cut() {
        let attributes = [
            KeyValue::new("http.request.method", "GET"),
            KeyValue::new("url.path", "/a"),
            KeyValue::new("url.full", "http://x/a"),
            KeyValue::new("http.response.status_code", 100),
            KeyValue::new("http.response.status_code", 200),
            KeyValue::new("note", "x".repeat(MAX_VALUE + 1)),
        ];
        let long = "x".repeat(MAX_VALUE);
        let expected = [
            ("http.method", "GET"),
            ("url.path", "/a"),
            ("url", "http://x/a"),
            ("http.status_code", "200"),
            ("note", &long),
        ];
        assert_eq!(of(&attributes), owned(expected));
    }
}
