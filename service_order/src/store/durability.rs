//! Until where commits have reached the disk, for a database whose commits reach it later.
//!
//! What is committed is seen by every reader at once. A crash of the machine may undo it until
//! it is on the disk, so nobody is told of it before: neither who asked for it, nor who reads.

use std::sync::atomic::{AtomicU64, Ordering};

use micro::Problem;
use tokio::sync::watch;

use super::StoreError;

/// Has everything that was committed before the call survive a crash. Called on a thread of its own.
pub type Syncing = Box<dyn FnMut() -> Result<(), StoreError> + Send>;

/// How many commits were begun, and how many of them are on the disk.
#[derive(Debug)]
pub struct Durability {
    begun: AtomicU64,
    /// Nothing once it is not known any more.
    durable: watch::Sender<Option<u64>>,
}

impl Default for Durability {
    fn default() -> Self {
        Self { begun: AtomicU64::new(0), durable: watch::Sender::new(Some(0)) }
    }
}

impl Durability {
    /// A commit begins: from now on its changes may be read.
    pub fn begin(&self) {
        self.begun.fetch_add(1, Ordering::SeqCst);
    }

    /// How many commits were begun.
    #[cfg(test)]
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    /// Makes durable what was committed.
    ///
    /// # Errors
    /// The disk's. What it has kept is not known from then on, whatever it says later:
    /// <https://wiki.postgresql.org/wiki/Fsync_Errors>.
    pub fn reach(&self, sync: &mut Syncing) -> Result<(), StoreError> {
        self.check()?;
        let begun = self.begun.load(Ordering::SeqCst);
        let synced = sync();
        self.durable.send_replace(synced.is_ok().then_some(begun));
        synced
    }

    /// Waits until what could be read up to now is durable.
    ///
    /// # Errors
    /// `STORAGE_FAILED` where the disk failed.
    pub async fn reached(&self) -> Result<(), Problem> {
        let begun = self.begun.load(Ordering::SeqCst);
        let there = |known: &Option<u64>| known.is_none_or(|durable| durable >= begun);
        // The sender is in `self`, so it is there.
        let known = self.durable.subscribe().wait_for(there).await.ok().and_then(|known| *known);
        known.map(drop).ok_or_else(|| lost().into())
    }

    /// Whether the disk has kept everything so far.
    ///
    /// # Errors
    /// It failed.
    pub fn check(&self) -> Result<(), StoreError> {
        self.durable.borrow().map(drop).ok_or_else(lost)
    }
}

/// Why nothing can be promised any more.
fn lost() -> StoreError {
    StoreError::Failed("the disk failed, and what it has kept is not known: start again".into())
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn poll<T>(future: impl Future<Output = T>) -> Poll<T> {
        pin!(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    fn syncing(works: bool) -> Syncing {
        Box::new(move || if works { Ok(()) } else { Err(StoreError::Failed("no disk".into())) })
    }

    #[test]
    fn nobody_is_told_of_what_may_be_lost() {
        let durability = Durability::default();
        assert!(matches!(poll(durability.reached()), Poll::Ready(Ok(()))), "nothing was committed");
        durability.begin();
        assert!(poll(durability.reached()).is_pending());
        durability.reach(&mut syncing(true)).unwrap();
        assert!(matches!(poll(durability.reached()), Poll::Ready(Ok(()))));
    }

    #[test]
    fn what_is_committed_meanwhile_waits_for_the_next_time() {
        let durability = std::sync::Arc::new(Durability::default());
        durability.begin();
        let meanwhile = durability.clone();
        let mut sync: Syncing = Box::new(move || {
            meanwhile.begin();
            Ok(())
        });
        durability.reach(&mut sync).unwrap();
        assert!(poll(durability.reached()).is_pending());
    }

    #[test]
    fn a_disk_that_failed_is_not_believed_again() {
        let durability = Durability::default();
        durability.begin();
        durability.reach(&mut syncing(false)).unwrap_err();
        assert!(matches!(poll(durability.reached()), Poll::Ready(Err(_))));
        durability.reach(&mut syncing(true)).unwrap_err();
        assert!(matches!(poll(durability.reached()), Poll::Ready(Err(_))));
    }
}
