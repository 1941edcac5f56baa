//! Looks after what failed, until it answers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::client::Inner;

/// How often what failed is probed.
const PROBE_EVERY: Duration = Duration::from_millis(100);
/// How often it is asked while nobody else does, so that its absence is known
/// before somebody waits for it.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Probes in vain after which a server's connection is made anew.
const PROBES_ALONE: u32 = 3;
/// The same for a cluster's, which mends itself while some node still answers.
const PROBES_CLUSTER: u32 = 20;

/// Runs until the process stops.
pub async fn supervise(redis: Arc<Inner>, stop: CancellationToken) {
    stop.run_until_cancelled_owned(async move {
        loop {
            if tokio::time::timeout(HEARTBEAT, redis.trouble.notified()).await.is_err() {
                probe(&redis, &format!("{}:heartbeat", redis.prefix())).await;
            }
            mend(&redis).await;
        }
    })
    .await;
}

/// Probes and connects until every part answers.
async fn mend(redis: &Inner) {
    let patience = if redis.connector.is_cluster() { PROBES_CLUSTER } else { PROBES_ALONE };
    let mut in_vain = 0;
    loop {
        let keys = redis.breakers.open_keys();
        if keys.is_empty() {
            return;
        }
        if redis.lost.load(Ordering::Acquire) || in_vain >= patience {
            in_vain = 0;
            connect(redis).await;
        }
        in_vain += 1;
        for key in keys {
            if probe(redis, &key).await {
                in_vain = 0;
                let forgot = redis.breakers.close(&key);
                tracing::info!(%key, forgot, "redis answers again");
                if forgot {
                    redis.losses.send_modify(|count| *count += 1);
                }
            }
        }
        tokio::time::sleep(PROBE_EVERY).await;
    }
}

async fn probe(redis: &Inner, key: &str) -> bool {
    redis.ask::<i64>(key, redis::cmd("EXISTS").arg(key)).await.is_ok()
}

/// Makes every connection anew.
pub async fn connect(redis: &Inner) {
    for link in &redis.links {
        match redis.connector.connect(None).await {
            Ok(connection) => link.store(Some(Arc::new(connection))),
            Err(error) => {
                link.store(None);
                redis.lost.store(true, Ordering::Release);
                redis.unreachable(&error);
                return;
            }
        }
    }
    redis.lost.store(false, Ordering::Release);
}
