//! Many calls at a time, for as long as a test wants.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use contract::order::{CancelRequest, GetInfoRequest};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::node::Caller;

/// What is called.
#[derive(Debug, Clone, Copy)]
pub enum What {
    /// Something that only reads.
    Reads,
    /// Something that must not be done twice.
    Changes,
}

/// Calls that go on until they are ended.
pub struct Load {
    stop: CancellationToken,
    done: Arc<AtomicUsize>,
    workers: Vec<JoinHandle<Vec<Status>>>,
}

impl Load {
    /// Calls as many at a time as there are `workers`.
    pub fn start(caller: &Caller, what: What, workers: usize) -> Self {
        let (stop, done) = (CancellationToken::new(), Arc::new(AtomicUsize::new(0)));
        let worker = |_| {
            let (mut orders, stop, done) = (caller.orders(), stop.clone(), done.clone());
            tokio::spawn(async move {
                let mut failures = Vec::new();
                while !stop.is_cancelled() {
                    let answered = match what {
                        What::Reads => orders.get_info(GetInfoRequest { order_id: 1 }).await.map(|_| ()),
                        What::Changes => orders.cancel(CancelRequest { order_id: 1 }).await.map(|_| ()),
                    };
                    match answered {
                        Ok(()) => drop(done.fetch_add(1, Ordering::SeqCst)),
                        Err(status) => {
                            failures.push(status);
                            tokio::time::sleep(Duration::from_millis(1)).await;
                        }
                    }
                }
                failures
            })
        };
        Self { workers: (0..workers).map(worker).collect(), stop, done }
    }

    /// Calls that were answered.
    pub fn done(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }

    /// Waits until so many more have been answered.
    pub async fn more(&self, count: usize) {
        let until = self.done() + count;
        super::consul::eventually("calls are answered", || self.done() >= until).await;
    }

    /// Ends it. Gives how many calls were answered, and those that failed.
    pub async fn end(self) -> (usize, Vec<Status>) {
        self.stop.cancel();
        let mut failures = Vec::new();
        for worker in self.workers {
            failures.extend(worker.await.unwrap());
        }
        (self.done.load(Ordering::SeqCst), failures)
    }
}
