//! Waiting for what must come: asked again and again, never slept for.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Pause between two questions.
const PAUSE: Duration = Duration::from_millis(20);

/// Asks until there is an answer.
///
/// # Panics
/// With `what` where there is none in `patience`.
pub async fn eventually<T>(
    patience: Duration,
    what: impl Display,
    mut ask: impl AsyncFnMut() -> Option<T>,
) -> T {
    let until = Instant::now() + patience;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < until, "not in {patience:?}: {what}");
        sleep(PAUSE).await;
    }
}

/// Milliseconds since 1970.
#[must_use]
pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
