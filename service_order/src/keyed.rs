//! One at a time for the same idempotency key: a retry waits for the call it repeats.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::OwnedMutexGuard;

type KeyName = (i64, Arc<str>);
type Turn = Arc<tokio::sync::Mutex<()>>;

/// The keys that are being used at the moment.
#[derive(Clone, Default)]
pub struct KeyTurns(Arc<Mutex<HashMap<KeyName, Turn>>>);

/// The right to use a key.
pub struct KeyTurn {
    turns: KeyTurns,
    name: KeyName,
    guard: Option<OwnedMutexGuard<()>>,
}

impl KeyTurns {
    /// Waits until nobody else uses the key.
    pub async fn take(&self, user_id: i64, name: Arc<str>) -> KeyTurn {
        let name = (user_id, name);
        let turn = self.0.lock().entry(name.clone()).or_default().clone();
        let guard = turn.lock_owned().await;
        KeyTurn { turns: self.clone(), name, guard: Some(guard) }
    }
}

impl Drop for KeyTurn {
    fn drop(&mut self) {
        let mut turns = self.turns.0.lock();
        self.guard = None;
        // Only the map itself still knows it: nobody waits.
        if turns.get(&self.name).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            turns.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_second_waits_for_the_first_and_nothing_is_left_behind() {
        let turns = KeyTurns::default();
        let first = turns.take(1, "k".into()).await;
        let waiting = tokio::spawn({
            let turns = turns.clone();
            async move { drop(turns.take(1, "k".into()).await) }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(turns.take(2, "k".into()).await);
        drop(first);
        waiting.await.unwrap();
        assert!(turns.0.lock().is_empty());
    }
}
