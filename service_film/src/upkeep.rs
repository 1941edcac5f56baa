//! What the service does by itself: tells cancellations that are not told yet, forgets old keys.

use std::sync::Arc;
use std::time::Duration;

use micro::Kit;

use crate::catalogue::Catalogue;
use crate::config::Config;

/// Cancellations told in one round; what is left waits for the next.
const CANCELLATIONS_PER_ROUND: i64 = 100;
/// How often old keys are looked for.
const KEYS_EVERY: Duration = Duration::from_secs(10 * 60);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Starts the background work.
pub fn spawn(kit: &Kit, config: &Config, catalogue: &Arc<Catalogue>) {
    let retry = Duration::from_millis(config.cancel_retry_ms);
    let telling = catalogue.clone();
    kit.tasks.every("film.cancellations", retry, move || {
        let catalogue = telling.clone();
        async move { tell_cancellations(&catalogue).await }
    });

    let (forgetting, keep_ms) = (catalogue.clone(), i64::from(config.keep_keys_days) * DAY_MS);
    kit.tasks.every("film.keys", KEYS_EVERY, move || {
        let catalogue = forgetting.clone();
        async move {
            if let Err(problem) = catalogue.store.forget_keys(catalogue.clock.now_ms() - keep_ms).await {
                tracing::warn!(%problem, "old idempotency keys not removed");
            }
        }
    });
}

async fn tell_cancellations(catalogue: &Catalogue) {
    let untold = match catalogue.store.untold_cancellations(CANCELLATIONS_PER_ROUND).await {
        Ok(untold) => untold,
        Err(problem) => {
            tracing::warn!(%problem, "cancelled screenings could not be read");
            return;
        }
    };
    let stopping = catalogue.tasks.stopping();
    for film_sid in untold {
        if stopping.is_cancelled() {
            return;
        }
        match catalogue.tell_cancelled(film_sid).await {
            Ok(()) => tracing::info!(film_sid, "the order service took note of a cancelled screening"),
            Err(problem) => {
                tracing::warn!(film_sid, %problem, "the order service took no note of a cancelled screening");
            }
        }
    }
}
