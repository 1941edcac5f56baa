//! The connections to one node.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use parking_lot::Mutex;

use super::connect::{ConnectError, Sender, Target, connect};

/// Connections to one node: each is the work of one thread at a time on both sides.
const MAX_CONNECTIONS: usize = 4;
/// Calls under way on every connection before another one is opened.
const BUSY: usize = 16;
/// How often a connection that ended at once is made again for one call.
const MAX_TRIES: usize = 3;

/// Connections, opened when they are needed.
pub struct Connections(Arc<Inner>);

struct Inner {
    target: Target,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: Vec<Arc<Connection>>,
    /// The connection that is being made; all calls that need one wait for it.
    attempt: Option<Attempt>,
}

type Attempt = Shared<BoxFuture<'static, Result<(), ConnectError>>>;

struct Connection {
    sender: Sender,
    calls: AtomicUsize,
}

/// A place for one call on a connection.
pub struct Place(Arc<Connection>);

impl Place {
    /// Sends on the connection.
    pub fn sender(&self) -> Sender {
        self.0.sender.clone()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.calls.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connections {
    /// None yet.
    pub fn new(target: Target) -> Self {
        Self(Arc::new(Inner { target, state: Mutex::default() }))
    }

    /// A place on an open connection; one is made where there is none.
    ///
    /// # Errors
    /// None can be made.
    pub async fn place(&self) -> Result<Place, ConnectError> {
        for _ in 0..MAX_TRIES {
            let attempt = match self.0.open_or_attempt() {
                Ok(place) => return Ok(place),
                Err(attempt) => attempt,
            };
            attempt.await?;
        }
        Err(ConnectError::new(&self.0.target, "connections end at once"))
    }
}

impl Inner {
    fn open_or_attempt(self: &Arc<Self>) -> Result<Place, Attempt> {
        let mut state = self.state.lock();
        state.open.retain(|connection| !connection.sender.is_closed());
        let count = state.open.len();
        let calls = |connection: &&Arc<Connection>| connection.calls.load(Ordering::Relaxed);
        let Some(connection) = state.open.iter().min_by_key(calls).cloned() else {
            return Err(state.attempt.get_or_insert_with(|| self.attempt()).clone());
        };
        let busy = connection.calls.fetch_add(1, Ordering::Relaxed) >= BUSY;
        if busy && count < MAX_CONNECTIONS && state.attempt.is_none() {
            // Goes on by itself: this call takes what there is.
            state.attempt = Some(self.attempt());
        }
        Ok(Place(connection))
    }

    /// Connects in a task of its own, so that it goes on when the call that wanted it has given up.
    fn attempt(self: &Arc<Self>) -> Attempt {
        let inner = Arc::downgrade(self);
        let target = self.target.clone();
        let task = tokio::spawn(async move {
            let connected = connect(&target).await;
            let Some(inner) = inner.upgrade() else { return Ok(()) };
            let mut state = inner.state.lock();
            state.attempt = None;
            let sender = connected?;
            state.open.push(Arc::new(Connection { sender, calls: AtomicUsize::new(0) }));
            Ok(())
        });
        let target = self.target.clone();
        let ended =
            task.map(move |ended| ended.unwrap_or_else(|error| Err(ConnectError::new(&target, &error))));
        ended.boxed().shared()
    }
}
