//! What an operator sees of Consul and does to it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long something may take that happens by itself.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks Consul's interface at `address`.
pub fn get(address: &str, path: &str) -> Option<Value> {
    serde_json::from_str(&exchange(address, "GET", path, "")?).ok()
}

/// Tells Consul something.
pub fn put(address: &str, path: &str) {
    exchange(address, "PUT", path, "").expect("Consul answers");
}

/// Registers a node on this machine that is always said to be well.
pub fn register(address: &str, service: &str, port: u16) {
    let body = serde_json::json!({"ID": "by-hand", "Name": service, "Address": "127.0.0.1", "Port": port});
    exchange(address, "PUT", "/v1/agent/service/register", &body.to_string()).expect("Consul answers");
}

fn exchange(address: &str, method: &str, path: &str, body: &str) -> Option<String> {
    let host = address.strip_prefix("http://")?;
    let mut stream = TcpStream::connect(host).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let length = body.len();
    write!(stream, "{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n{body}")
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.contains(" 200 ").then(|| body.to_owned())
}

/// Entries of a service that are not critical.
pub fn passing(address: &str, service: &str) -> Vec<Value> {
    let entries = get(address, &format!("/v1/health/service/{service}?passing"));
    entries.and_then(|entries| entries.as_array().cloned()).unwrap_or_default()
}

/// Waits until something is so.
pub async fn eventually(what: &str, mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until Consul lists so many healthy nodes.
pub async fn until_nodes(address: &str, service: &str, count: usize) {
    let what = format!("{count} nodes of {service} are healthy");
    eventually(&what, || passing(address, service).len() == count).await;
}
