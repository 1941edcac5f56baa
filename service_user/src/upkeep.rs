//! What the service does by itself: rotates signing keys, removes expired rows.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use micro::{Clock, Kit};

use crate::config::Config;
use crate::key_ring::KeyRing;
use crate::store::Store;

/// Most statements of one round of cleaning; what is left waits for the next.
const BATCHES_PER_ROUND: usize = 100;

/// Starts the background work.
pub fn spawn(kit: &Kit, config: &Config, store: &Store, keys: &Arc<KeyRing>) {
    let every = Duration::from_millis(config.keys.check_every_ms);
    let (keys, key_store) = (keys.clone(), store.clone());
    repeat(kit, "user.keys", every, move || {
        let (keys, store) = (keys.clone(), key_store.clone());
        async move {
            if let Err(problem) = keys.maintain(&store).await {
                tracing::error!(%problem, cause = ?std::error::Error::source(&problem), "signing keys not checked");
            }
        }
    });

    let every = Duration::from_millis(config.cleanup.every_ms);
    let (clock, store, batch) = (kit.clock.clone(), store.clone(), i64::from(config.cleanup.batch));
    repeat(kit, "user.cleanup", every, move || {
        let (clock, store) = (clock.clone(), store.clone());
        async move { clean(&clock, &store, batch).await }
    });
}

async fn clean(clock: &Clock, store: &Store, batch: i64) {
    for _ in 0..BATCHES_PER_ROUND {
        match store.remove_expired(clock.now_ms(), batch).await {
            Ok(0) => return,
            Ok(removed) => tracing::debug!(removed, "expired sign-ins removed"),
            Err(problem) => {
                tracing::warn!(%problem, "expired sign-ins not removed");
                return;
            }
        }
    }
}

/// Runs `work` every so often until the process stops; a round under way is finished.
fn repeat<W, F>(kit: &Kit, name: &'static str, every: Duration, work: W)
where
    W: Fn() -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    kit.tasks.spawn(name, |stop| async move {
        while stop.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
            work().await;
        }
    });
}
