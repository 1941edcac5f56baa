//! A request's body that can be sent again.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use parking_lot::Mutex;
use tonic::Status;
use tonic::body::Body;

/// Bytes kept to be sent again; what is longer is sent once.
const MAX_KEPT: usize = 1024 * 1024;

/// A body, and what was read of it so far.
///
/// Nothing is read ahead: a stream of requests is passed on as it comes.
pub struct Replay(Arc<Mutex<Shared>>);

struct Shared {
    source: Body,
    kept: Vec<Bytes>,
    kept_bytes: usize,
    trailers: Option<HeaderMap>,
    ended: bool,
    /// What was read was not kept.
    spent: bool,
    /// Its source ended with an error.
    broken: bool,
    /// The attempt that may read.
    attempt: u32,
    /// Whether that attempt has read something.
    read: bool,
}

impl Replay {
    /// Reads `source` once.
    pub fn new(source: Body) -> Self {
        Self(Arc::new(Mutex::new(Shared {
            source,
            kept: Vec::new(),
            kept_bytes: 0,
            trailers: None,
            ended: false,
            spent: false,
            broken: false,
            attempt: 0,
            read: false,
        })))
    }

    /// The body from its beginning; an earlier attempt's ends with an error. Nothing where it was too long to keep.
    pub fn attempt(&self) -> Option<Attempt> {
        let mut shared = self.0.lock();
        if shared.spent {
            return None;
        }
        shared.attempt += 1;
        shared.read = false;
        Some(Attempt { shared: self.0.clone(), number: shared.attempt, at: 0 })
    }

    /// Whether it can be sent again.
    pub fn can_repeat(&self) -> bool {
        !self.0.lock().spent
    }

    /// Whether who sends it has broken off: no call can come of it, wherever it goes.
    pub fn is_broken(&self) -> bool {
        self.0.lock().broken
    }

    /// Whether the last attempt has read any of it: otherwise the other side has no request.
    pub fn was_read(&self) -> bool {
        self.0.lock().read
    }
}

/// The body as one attempt sends it.
pub struct Attempt {
    shared: Arc<Mutex<Shared>>,
    number: u32,
    at: usize,
}

impl http_body::Body for Attempt {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let mut shared = this.shared.lock();
        if shared.attempt != this.number {
            return Poll::Ready(Some(Err(Status::cancelled("the request is sent elsewhere"))));
        }
        if let Some(data) = shared.kept.get(this.at).cloned() {
            this.at += 1;
            shared.read = true;
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if !shared.ended {
            let frame = ready!(Pin::new(&mut shared.source).poll_frame(context));
            let frame = shared.take(frame);
            this.at = shared.kept.len();
            if frame.is_some() {
                return Poll::Ready(frame);
            }
        }
        let trailers = shared.trailers.clone().filter(|_| this.at <= shared.kept.len());
        // Once only: the place behind everything is the end.
        this.at = usize::MAX;
        Poll::Ready(trailers.map(|trailers| Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        let shared = self.shared.lock();
        let all = self.at >= shared.kept.len() && (shared.ended || shared.source.is_end_stream());
        all && (shared.trailers.is_none() || self.at == usize::MAX)
    }
}

impl Shared {
    fn take(&mut self, frame: Option<Result<Frame<Bytes>, Status>>) -> Option<Result<Frame<Bytes>, Status>> {
        let frame = match frame {
            None => {
                self.ended = true;
                return None;
            }
            Some(Err(status)) => {
                self.ended = true;
                self.spent = true;
                self.broken = true;
                return Some(Err(status));
            }
            Some(Ok(frame)) => frame,
        };
        match frame.into_data() {
            Ok(data) => {
                self.read = true;
                self.keep(&data);
                Some(Ok(Frame::data(data)))
            }
            Err(frame) => {
                self.ended = true;
                self.trailers = frame.into_trailers().ok();
                None
            }
        }
    }

    fn keep(&mut self, data: &Bytes) {
        self.kept_bytes = self.kept_bytes.saturating_add(data.len());
        if self.kept_bytes > MAX_KEPT {
            self.spent = true;
        }
        if self.spent {
            self.kept = Vec::new();
        } else {
            self.kept.push(data.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http_body::Body as _;
    use http_body_util::{BodyExt, StreamBody};

    use super::*;

    fn body(chunks: Vec<Bytes>) -> Body {
        Body::new(StreamBody::new(stream::iter(chunks.into_iter().map(|c| Ok::<_, Status>(Frame::data(c))))))
    }

    async fn read(attempt: Attempt) -> Bytes {
        attempt.collect().await.unwrap().to_bytes()
    }

    #[tokio::test]
    async fn every_attempt_sends_the_whole() {
        let replay = Replay::new(body(vec![Bytes::from_static(b"one "), Bytes::from_static(b"two")]));
        let mut first = replay.attempt().unwrap();
        assert!(!replay.was_read());
        first.frame().await.unwrap().unwrap();
        assert!(replay.was_read());
        let second = replay.attempt().unwrap();
        assert!(!replay.was_read());
        assert!(first.frame().await.unwrap().is_err(), "an attempt that was given up reads no more");
        assert_eq!(read(second).await, "one two");
        let third = replay.attempt().unwrap();
        assert!(!third.is_end_stream());
        assert_eq!(read(third).await, "one two");
    }

    #[tokio::test]
    async fn a_long_body_is_sent_once_and_whole() {
        let chunk = Bytes::from(vec![7; MAX_KEPT / 2]);
        let replay = Replay::new(body(vec![chunk.clone(), chunk.clone(), chunk]));
        assert_eq!(read(replay.attempt().unwrap()).await.len(), MAX_KEPT / 2 * 3);
        assert!(!replay.can_repeat() && replay.attempt().is_none());
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_not_sent_again() {
        let pieces = [Ok(Frame::data(Bytes::from_static(b"one"))), Err(Status::cancelled("gone"))];
        let replay = Replay::new(Body::new(StreamBody::new(stream::iter(pieces))));
        let mut attempt = replay.attempt().unwrap();
        attempt.frame().await.unwrap().unwrap();
        assert!(!replay.is_broken() && replay.can_repeat());
        attempt.frame().await.unwrap().unwrap_err();
        assert!(replay.is_broken() && !replay.can_repeat());
    }

    #[tokio::test]
    async fn an_empty_body_ends_at_once() {
        let replay = Replay::new(Body::empty());
        assert!(replay.attempt().unwrap().is_end_stream());
        assert_eq!(read(replay.attempt().unwrap()).await, "");
    }
}
