//! Whether Redis answers.

use std::sync::{Arc, LazyLock, Once, Weak};

use opentelemetry::metrics::Counter;
use parking_lot::Mutex;

use super::{Count, counter, gauge, shown};

/// Says whether a Redis answers; of a cluster, whether all parts do.
pub type Answers = dyn Fn() -> bool + Send + Sync;

static KNOWN: Mutex<Vec<Weak<Answers>>> = Mutex::new(Vec::new());
static GAUGE: Once = Once::new();
static FAILURES: LazyLock<Counter<u64>> = LazyLock::new(|| {
    counter("marquee_redis_failures_total", "How often Redis, or a part of a cluster, stopped answering")
});

/// Begins to tell of a Redis until `answers` is dropped; gives what counts its failures.
pub(crate) fn redis_known(answers: &Arc<Answers>) -> Count {
    KNOWN.lock().push(Arc::downgrade(answers));
    GAUGE.call_once(|| {
        gauge("marquee_redis_up", "1 while Redis answers, 0 while it or a part of it is not asked", || {
            let known: Vec<_> = KNOWN.lock().iter().filter_map(Weak::upgrade).collect();
            let up = known.iter().all(|answers| answers());
            if known.is_empty() { Vec::new() } else { vec![(f64::from(u8::from(up)), Vec::new())] }
        });
    });
    shown(&FAILURES, &[])
}
