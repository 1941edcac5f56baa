//! What a connection is doing, and whether it has done nothing for too long.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep};

/// How long a connection that was asked to end may take to do so: longer than
/// the other side is waited for when a connection is closed.
const GRACE: Duration = Duration::from_secs(2);
/// A busy connection is not looked at more often.
const SHORTEST: Duration = Duration::from_millis(10);

/// What a connection is doing.
pub struct Activity {
    state: Mutex<State>,
    /// Told once the first request has come.
    begun: Notify,
}

struct State {
    /// Requests whose answers are not complete.
    open: usize,
    doing: Doing,
    /// Since when it does that.
    since: Instant,
    /// Whether requests come one after the other, as in HTTP/1.
    one_at_a_time: bool,
}

/// What goes on while no request is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// The first request has not come, nor all of its head.
    Beginning,
    /// The next request has not begun.
    Idle,
    /// Some of the head of the next request has come.
    Head,
}

impl Activity {
    /// A connection that begins.
    pub fn new() -> Arc<Self> {
        let state = State { open: 0, doing: Doing::Beginning, since: Instant::now(), one_at_a_time: false };
        Arc::new(Self { state: Mutex::new(state), begun: Notify::new() })
    }

    /// Waits for the first request, for one waiter.
    pub async fn begun(&self) {
        self.begun.notified().await;
    }

    /// The head of a request has come; it is open until what is given back is dropped.
    pub fn open(self: &Arc<Self>, one_at_a_time: bool) -> Open {
        let mut state = self.state.lock();
        state.open += 1;
        state.one_at_a_time = one_at_a_time;
        if state.doing == Doing::Beginning {
            self.begun.notify_one();
        }
        Open(self.clone())
    }

    /// Whether requests come one after the other; not known before the first.
    pub fn is_one_at_a_time(&self) -> bool {
        self.state.lock().one_at_a_time
    }

    /// Bytes have come.
    fn heard(&self) {
        let mut state = self.state.lock();
        // Of HTTP/2 these may be about the connection; of the first request time runs from the beginning.
        if state.open == 0 && state.one_at_a_time && state.doing == Doing::Idle {
            state.doing = Doing::Head;
            state.since = Instant::now();
        }
    }

    /// When the connection has been silent for too long; nothing while a request is open.
    fn due(&self, patience: Patience) -> Option<Instant> {
        let state = self.state.lock();
        let allowed = if state.doing == Doing::Idle { patience.idle } else { patience.head };
        (state.open == 0).then(|| state.since + allowed)
    }
}

/// A request whose answer is not complete.
pub struct Open(Arc<Activity>);

impl Drop for Open {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        state.open -= 1;
        state.doing = Doing::Idle;
        state.since = Instant::now();
    }
}

/// How long a connection may be silent.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until the head of a request that has begun is complete, the first one's included.
    pub head: Duration,
    /// Until the next request begins.
    pub idle: Duration,
}

/// Ends when a connection has been silent for too long.
pub struct Silence {
    activity: Arc<Activity>,
    patience: Patience,
    /// Earliest end, where the connection was asked to end.
    not_before: Option<Instant>,
    sleep: Pin<Box<Sleep>>,
}

impl Silence {
    /// Of a connection.
    pub fn new(activity: Arc<Activity>, patience: Patience) -> Self {
        let sleep = Box::pin(tokio::time::sleep(patience.head));
        Self { activity, patience, not_before: None, sleep }
    }

    /// Waits anew once the connection was asked to end; says whether it had been asked before.
    pub fn asked_to_end(&mut self) -> bool {
        let end = Instant::now() + GRACE;
        self.sleep.as_mut().reset(end);
        self.not_before.replace(end).is_some()
    }
}

impl Future for Silence {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let due = self.activity.due(self.patience);
            let due = due.map(|due| self.not_before.map_or(due, |end| due.max(end)));
            // A head that has begun is due earlier than what was waited for.
            if let Some(due) = due.filter(|due| *due < self.sleep.deadline()) {
                self.sleep.as_mut().reset(due);
            }
            ready!(self.sleep.as_mut().poll(context));
            match due {
                Some(due) if due <= Instant::now() => return Poll::Ready(()),
                Some(due) => self.sleep.as_mut().reset(due),
                None => {
                    // Whoever falls silent from now on is not due before that.
                    let again = Instant::now() + self.patience.idle.max(SHORTEST);
                    self.sleep.as_mut().reset(again);
                }
            }
        }
    }
}

/// A stream that tells when bytes have come.
pub struct Heard<S> {
    stream: S,
    activity: Arc<Activity>,
}

impl<S> Heard<S> {
    /// An open stream.
    pub fn new(stream: S, activity: Arc<Activity>) -> Self {
        Self { stream, activity }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Heard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.activity.heard();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Heard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The body of an answer, complete when it is dropped.
pub struct Answer {
    body: axum::body::Body,
    _open: Open,
}

impl Answer {
    /// The answer to an open request.
    pub fn new(body: axum::body::Body, open: Open) -> Self {
        Self { body, _open: open }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
