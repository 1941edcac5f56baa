//! What a process depends on, and how that is.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Once, OnceLock, Weak};
use std::time::Duration;

use futures_util::future::join_all;
use opentelemetry::KeyValue;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::database::Database;
use crate::metrics;

/// What does not answer by then is away.
const PATIENCE: Duration = Duration::from_secs(2);
/// An answer this old still counts: who asks more often asks for the same.
const FRESH: Duration = Duration::from_millis(250);

/// Finds out whether a dependency answers, and why not.
pub type Check = Box<dyn Fn() -> Checking + Send + Sync>;
type Checking = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Health of a process.
#[derive(Clone, Default)]
pub struct Health(Arc<Inner>);

#[derive(Default)]
struct Inner {
    dependencies: Mutex<Vec<Arc<Dependency>>>,
    stop: OnceLock<CancellationToken>,
}

struct Dependency {
    name: String,
    /// Whether the process is of no use without it.
    required: bool,
    check: Check,
    seen: Mutex<Option<Seen>>,
}

/// What was found when it was looked at last.
struct Seen {
    /// Why it is away; nothing where it answers.
    why: Option<String>,
    /// Since when it is so, as far as it was looked at.
    since: Instant,
    looked: Instant,
    answered: Option<Instant>,
}

impl Health {
    /// Adds something that the process depends on. Where it is not `required`, the
    /// process is ready without it.
    pub fn add(&self, name: impl Into<String>, required: bool, check: Check) {
        tell(&self.0);
        let dependency = Dependency { name: name.into(), required, check, seen: Mutex::new(None) };
        self.0.dependencies.lock().push(Arc::new(dependency));
    }

    /// Adds a database, which is required.
    pub fn add_database(&self, name: &str, database: &Database) {
        let probe = database.probe();
        self.add(format!("database {name}"), true, Box::new(move || Box::pin(probe.clone().answers())));
    }

    /// The process stops when this is cancelled.
    pub(super) fn stops_with(&self, stop: CancellationToken) {
        // The first one stands: a process stops once.
        let _ = self.0.stop.set(stop);
    }

    /// Looks at every dependency.
    pub async fn look(&self) {
        let all = self.0.dependencies.lock().clone();
        join_all(all.iter().map(|dependency| dependency.look())).await;
    }

    /// Whether the process is ready, and what was found at the last look.
    #[must_use]
    pub fn report(&self) -> (bool, Value) {
        let all = self.0.dependencies.lock().clone();
        let stopping = self.0.stop.get().is_some_and(CancellationToken::is_cancelled);
        let ready = !stopping && all.iter().all(|dependency| !dependency.required || dependency.is_up());
        let status = match (stopping, ready) {
            (true, _) => "stopping",
            (false, true) => "ready",
            (false, false) => "unavailable",
        };
        let named: serde_json::Map<_, _> =
            all.iter().map(|dependency| (dependency.name.clone(), dependency.report())).collect();
        (ready, json!({ "status": status, "dependencies": named }))
    }
}

impl Dependency {
    async fn look(&self) {
        if self.seen.lock().as_ref().is_some_and(|seen| seen.looked.elapsed() < FRESH) {
            return;
        }
        let late = || Err(format!("no answer in {} s", PATIENCE.as_secs()));
        let found = tokio::time::timeout(PATIENCE, (self.check)()).await.unwrap_or_else(|_| late());
        let now = Instant::now();
        let mut seen = self.seen.lock();
        let why = found.err();
        let before = seen.take();
        let same = before.as_ref().filter(|before| before.why.is_some() == why.is_some());
        let since = same.map_or(now, |before| before.since);
        let answered = if why.is_none() { Some(now) } else { before.and_then(|before| before.answered) };
        *seen = Some(Seen { why, since, looked: now, answered });
    }

    fn is_up(&self) -> bool {
        self.seen.lock().as_ref().is_some_and(|seen| seen.why.is_none())
    }

    fn report(&self) -> Value {
        let seen = self.seen.lock();
        let Some(seen) = &*seen else {
            return json!({ "state": "unknown", "required": self.required });
        };
        let mut report = json!({
            "state": if seen.why.is_none() { "up" } else { "down" },
            "required": self.required,
            "for_seconds": rounded(seen.since),
            "last_success_seconds_ago": seen.answered.map(rounded),
        });
        if let Some(why) = &seen.why {
            report["why"] = why.as_str().into();
        }
        report
    }
}

/// Seconds since then, to the millisecond.
fn rounded(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
}

static KNOWN: Mutex<Vec<Weak<Inner>>> = Mutex::new(Vec::new());
static GAUGE: Once = Once::new();

/// Begins to tell of these dependencies among the metrics.
fn tell(inner: &Arc<Inner>) {
    let mut known = KNOWN.lock();
    let weak = Arc::downgrade(inner);
    if !known.iter().any(|other| other.ptr_eq(&weak)) {
        known.retain(|other| other.strong_count() > 0);
        known.push(weak);
    }
    drop(known);
    GAUGE.call_once(|| {
        let text = "1 while what the process depends on answers, 0 while it does not";
        metrics::gauge("marquee_dependency_up", text, || {
            let known: Vec<_> = KNOWN.lock().iter().filter_map(Weak::upgrade).collect();
            let all = known.iter().flat_map(|inner| inner.dependencies.lock().clone());
            let row = |dependency: Arc<Dependency>| {
                let up = f64::from(u8::from(dependency.is_up()));
                (up, vec![KeyValue::new("dependency", dependency.name.clone())])
            };
            all.map(row).collect()
        });
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn check(up: &Arc<AtomicBool>) -> Check {
        let up = up.clone();
        Box::new(move || {
            let found = if up.load(Ordering::Relaxed) { Ok(()) } else { Err("it is gone".to_owned()) };
            Box::pin(async { found })
        })
    }

    #[tokio::test]
    async fn what_is_required_decides_and_everything_is_told() {
        let (database, gate) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
        let health = Health::default();
        health.add("database", true, check(&database));
        health.add("gate", false, check(&gate));
        assert!(!health.report().0, "nobody has looked yet");
        health.look().await;
        let (ready, report) = health.report();
        assert!(ready);
        assert_eq!(report["dependencies"]["gate"]["why"], "it is gone");
        assert_eq!(report["dependencies"]["gate"]["last_success_seconds_ago"], Value::Null);

        database.store(false, Ordering::Relaxed);
        health.look().await;
        assert!(health.report().0, "a fresh answer still counts");
        tokio::time::sleep(FRESH).await;
        health.look().await;
        let (ready, report) = health.report();
        assert!(!ready);
        assert_eq!(report["status"], "unavailable");
        let database = &report["dependencies"]["database"];
        assert!(database["for_seconds"].as_f64().unwrap() < FRESH.as_secs_f64(), "{report}");
        assert!(database["last_success_seconds_ago"].as_f64().unwrap() >= FRESH.as_secs_f64(), "{report}");
    }

    #[tokio::test]
    async fn what_never_answers_is_down_and_stopping_goes_before_all() {
        let health = Health::default();
        health.add("silent", true, Box::new(|| Box::pin(std::future::pending())));
        health.look().await;
        assert_eq!(health.report().1["dependencies"]["silent"]["why"], "no answer in 2 s");
        let stop = CancellationToken::new();
        health.stops_with(stop.clone());
        stop.cancel();
        assert_eq!(health.report().1["status"], "stopping");
    }
}
