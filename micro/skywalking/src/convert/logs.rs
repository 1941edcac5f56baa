//! Events and errors as logs.

use std::time::SystemTime;

use opentelemetry::{
    KeyValue,
    trace::{Event, Status},
};

use super::{MAX_STACK, MAX_VALUE, milliseconds, pair, value_text};
use crate::{
    text::cut,
    wire::{KeyStringValuePair, Log},
};

/// A log for each event and, where the span failed, one that says why.
pub(super) fn logs(events: Vec<Event>, status: Status, end: SystemTime) -> Vec<Log> {
    let failure = match status {
        Status::Error { description } => Some(failure(description.into_owned(), end)),
        _ => None,
    };
    events.into_iter().map(log).chain(failure).collect()
}

fn failure(message: String, at: SystemTime) -> Log {
    let mut data = vec![pair("event", "error".to_owned())];
    if !message.is_empty() {
        data.push(pair("message", cut(message, MAX_VALUE)));
    }
    Log { time: milliseconds(at), data }
}

fn log(event: Event) -> Log {
    let exception = event.name == "exception";
    let name = if exception { "error".to_owned() } else { cut(event.name.into_owned(), MAX_VALUE) };
    let mut data = Vec::with_capacity(event.attributes.len() + 1);
    data.push(pair("event", name));
    data.extend(event.attributes.into_iter().map(entry));
    Log { time: milliseconds(event.timestamp), data }
}

fn entry(attribute: KeyValue) -> KeyStringValuePair {
    let (key, limit) = match attribute.key.as_str() {
        "exception.type" => ("error.kind", MAX_VALUE),
        "exception.message" => ("message", MAX_VALUE),
        "exception.stacktrace" => ("stack", MAX_STACK),
        other => (other, MAX_VALUE),
    };
    pair(key, value_text(attribute.value, limit))
}
