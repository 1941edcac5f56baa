//! Server-sent events (the HTML standard's `text/event-stream`), read one by one.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;

use crate::http::{Call, Client};

/// How long an event may take to come.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open stream of events.
pub struct Events {
    body: Incoming,
    read: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// Its type; empty for an ordinary message.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its data.
    pub data: String,
}

impl Events {
    /// Opens a stream.
    pub async fn open(client: &Client, path: &str) -> Self {
        let call = Call::new("GET", path, None).with("accept", "text/event-stream");
        let response = client.open(call).await.expect("an answer");
        assert_eq!(response.status(), 200);
        let content_type = response.headers()["content-type"].to_str().unwrap();
        assert!(content_type.starts_with("text/event-stream"), "{content_type}");
        Self { body: response.into_body(), read: String::new() }
    }

    /// The next event; nothing where the stream ended. Comments are skipped.
    pub async fn next(&mut self) -> Option<Event> {
        tokio::time::timeout(PATIENCE, self.read_next()).await.expect("an event in time")
    }

    async fn read_next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.read.find("\n\n") {
                let text: String = self.read.drain(..end + 2).collect();
                let event = parse(&text);
                if event != Event::default() {
                    return Some(event);
                }
            }
            let frame = self.body.frame().await?.expect("the stream does not break");
            if let Ok(data) = frame.into_data() {
                self.read.push_str(std::str::from_utf8(&data).expect("UTF-8"));
            }
        }
    }
}

fn parse(text: &str) -> Event {
    let mut event = Event::default();
    for line in text.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut event.name),
            "id" => value.clone_into(&mut event.id),
            "data" => {
                if !event.data.is_empty() {
                    event.data.push('\n');
                }
                event.data.push_str(value);
            }
            _ => {}
        }
    }
    event
}
