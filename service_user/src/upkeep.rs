//! What the service does by itself: rotates signing keys, reads what was revoked, removes expired rows.

use std::sync::Arc;
use std::time::Duration;

use micro::{Clock, Kit};

use crate::config::Config;
use crate::key_ring::KeyRing;
use crate::revocations::Revocations;
use crate::store::Store;

/// Most statements of one round of cleaning; what is left waits for the next.
const BATCHES_PER_ROUND: usize = 100;
/// How often revoked tokens are read: with the second between two questions of those who
/// verify, a token is refused within two.
const REVOKED_EVERY: Duration = Duration::from_millis(500);

/// Starts the background work.
pub fn spawn(kit: &Kit, config: &Config, store: &Store, keys: &Arc<KeyRing>, revocations: &Arc<Revocations>) {
    let every = Duration::from_millis(config.keys.check_every_ms);
    let (keys, key_store) = (keys.clone(), store.clone());
    kit.tasks.every("user.keys", every, move || {
        let (keys, store) = (keys.clone(), key_store.clone());
        async move {
            if let Err(problem) = keys.maintain(&store).await {
                tracing::error!(%problem, cause = ?std::error::Error::source(&problem), "signing keys not checked");
            }
        }
    });

    let revocations = revocations.clone();
    kit.tasks.every("user.revoked", REVOKED_EVERY, move || {
        let revocations = revocations.clone();
        async move {
            if let Err(problem) = revocations.read().await {
                tracing::warn!(%problem, "revoked tokens not read");
            }
        }
    });

    let every = Duration::from_millis(config.cleanup.every_ms);
    let (clock, store, batch) = (kit.clock.clone(), store.clone(), i64::from(config.cleanup.batch));
    kit.tasks.every("user.cleanup", every, move || {
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
