//! What a process closes last: its databases, and whoever writes to them.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::{Instant, timeout_at};

type Close = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What is closed when everything else of the process has ended.
///
/// Dropping a database only lets go of it: its files are closed some time later, and not at
/// all where the process ends before. Here the end of the process waits for it.
#[derive(Clone, Default)]
pub struct Closing(Arc<Mutex<Vec<(String, Close)>>>);

impl Closing {
    /// Adds something, with what closes it. What was added last is closed first.
    pub fn add(&self, name: impl Into<String>, close: impl Future<Output = ()> + Send + 'static) {
        self.0.lock().push((name.into(), Box::pin(close)));
    }

    /// Closes everything, in at most `patience`: what is not closed by then is safe all the
    /// same, the next start looks at its log.
    pub async fn close(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let all = std::mem::take(&mut *self.0.lock());
        for (name, close) in all.into_iter().rev() {
            if timeout_at(until, close).await.is_err() {
                tracing::warn!(name, ?patience, "not closed in time; the next start mends it");
            }
        }
    }
}

impl fmt::Debug for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.lock().iter().map(|(name, _)| name)).finish()
    }
}
