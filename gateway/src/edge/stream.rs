//! A stream of messages over HTTP: server-sent events, or JSON lines.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response};
use micro::trace::TraceContext;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{Failure, Frames, Origin, State};
use crate::directory::Method;
use crate::transcode::{self, Cursor, Raw};

/// A comment is sent so often, so that nothing on the way takes a quiet stream for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How messages are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `text/event-stream`; `id` is the message's `sequence` where it has one.
    Events,
    /// `application/x-ndjson`: one JSON object a line.
    Lines,
}

/// The stream as an answer. It ends with the service's, when the client goes
/// or when the gateway stops. A failure on the way is the last thing sent: an
/// event `problem`, or a line `{"problem": ...}`.
#[must_use]
pub fn response(
    state: &Arc<State>,
    method: &Arc<Method>,
    frames: Frames,
    format: Format,
    origin: Origin,
) -> Response<Body> {
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat.reset();
    let feed = Feed {
        frames: Some(frames),
        format,
        sequence: sequence_number(method),
        method: method.clone(),
        trace: origin.trace,
        heartbeat,
        closing: state.closing.clone(),
    };
    let pieces = futures_util::stream::unfold(feed, |mut feed| async move {
        let piece = feed.next().await?;
        Some((Ok::<_, std::convert::Infallible>(piece), feed))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let content_type = match format {
        Format::Events => "text/event-stream",
        Format::Lines => "application/x-ndjson",
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // For proxies such as nginx, which would otherwise collect before sending.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

struct Feed {
    /// Nothing once the stream has ended.
    frames: Option<Frames>,
    method: Arc<Method>,
    format: Format,
    /// Number of the field `sequence` in the messages.
    sequence: Option<u32>,
    trace: TraceContext,
    heartbeat: Interval,
    closing: CancellationToken,
}

impl Feed {
    async fn next(&mut self) -> Option<Bytes> {
        let frames = self.frames.as_mut()?;
        tokio::select! {
            () = self.closing.cancelled() => None,
            message = frames.next() => {
                self.heartbeat.reset();
                match message {
                    Ok(message) => self.piece(&message?),
                    Err(status) => Some(self.last(&Failure::from_status(&status))),
                }
            }
            _ = self.heartbeat.tick(), if self.format == Format::Events => Some(Bytes::from_static(b":\n\n")),
        }
    }

    fn piece(&mut self, message: &[u8]) -> Option<Bytes> {
        let mut out = Vec::with_capacity(message.len() * 3 + 64);
        if self.format == Format::Events {
            if let Some(sequence) = self.sequence.and_then(|number| find(message, number)) {
                out.extend_from_slice(format!("id: {sequence}\n").as_bytes());
            }
            out.extend_from_slice(b"data: ");
        }
        let written = transcode::write(&self.method.shapes, self.method.output, message, &mut out);
        if written.is_err() {
            return Some(self.last(&Failure::internal("an answer that is not what the contract says")));
        }
        out.extend_from_slice(self.end());
        Some(out.into())
    }

    fn last(&mut self, failure: &Failure) -> Bytes {
        self.frames = None;
        let problem = failure.to_json(self.trace);
        let (before, after): (&[u8], &[u8]) = match self.format {
            Format::Events => (b"event: problem\ndata: ", b""),
            Format::Lines => (b"{\"problem\":", b"}"),
        };
        [before, &problem, after, self.end()].concat().into()
    }

    fn end(&self) -> &'static [u8] {
        match self.format {
            Format::Events => b"\n\n",
            Format::Lines => b"\n",
        }
    }
}

fn sequence_number(method: &Method) -> Option<u32> {
    let shape = method.shapes.get(method.output);
    shape.field("sequence").map(|index| shape.fields[index].number)
}

fn find(message: &[u8], wanted: u32) -> Option<u64> {
    let mut cursor = Cursor::new(message);
    while !cursor.is_empty() {
        match cursor.field().ok()? {
            (number, Raw::Varint(value)) if number == wanted => return Some(value),
            _ => {}
        }
    }
    None
}
