//! Which processes are there: a process that is killed says no goodbye, and the
//! others notice its silence.

use std::sync::LazyLock;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Redis, Script, cmd};
use crate::Tasks;

/// How often a process says that it is there.
const SAY_EVERY: Duration = Duration::from_secs(1);
/// A process that was silent for so long is lost.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long Redis remembers, where all processes have ended.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

static SAY: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("presence.lua")));

/// A process among others of its kind.
pub struct Presence {
    redis: Redis,
    /// Who is there.
    there: String,
    /// How many were lost.
    lost: String,
    own: String,
}

impl Presence {
    /// Says that this process is one of that name until it stops; what is given back
    /// changes whenever another one was lost.
    #[must_use]
    pub fn start(redis: Redis, name: &str, tasks: &Tasks) -> watch::Receiver<()> {
        let there = format!("{}:{{presence}}:{name}", redis.prefix());
        let lost = format!("{there}:lost");
        let presence = Self { redis, there, lost, own: format!("{:016x}", rand::random::<u64>()) };
        let (noticed, losses) = watch::channel(());
        tasks.spawn("presence", move |stop| async move { presence.run(&noticed, stop).await });
        losses
    }

    async fn run(self, noticed: &watch::Sender<()>, stop: CancellationToken) {
        let mut known = None;
        loop {
            // Not said, it is said again: three times before anybody misses this process.
            if let Ok((lost, now)) = self.say().await {
                if now > 0 || known.is_some_and(|known| known != lost) {
                    tracing::warn!(name = self.there, "a process has ended without a word");
                    noticed.send_replace(());
                }
                known = Some(lost);
            }
            if stop.run_until_cancelled(tokio::time::sleep(SAY_EVERY)).await.is_none() {
                break;
            }
        }
        // Where this is lost, the others take it for a process that was killed: that only costs time.
        let _: Result<i64, _> =
            self.redis.query(&self.there, cmd("ZREM").arg(&self.there).arg(&self.own)).await;
    }

    async fn say(&self) -> Result<(i64, i64), super::Failure> {
        let arguments = |call: &mut super::Cmd| {
            call.arg(&self.own).arg(milliseconds(PATIENCE)).arg(milliseconds(KEPT));
        };
        self.redis.run(&SAY, &[&self.there, &self.lost], arguments).await
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
