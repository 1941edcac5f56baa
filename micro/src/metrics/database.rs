//! Pools of connections to databases.

use std::sync::{Arc, LazyLock, Once, Weak};

use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;
use parking_lot::Mutex;
use sqlx::AnyPool;
use tokio::time::Instant;

use super::{Measure, durations, gauge, seconds};

/// A pool as it is looked at from outside; ends with the database it is of.
pub struct Pool {
    /// Which database: the name of its file or of the service it belongs to.
    pub name: Arc<str>,
    /// The pool.
    pub pool: AnyPool,
    /// Most connections.
    pub most: u32,
    /// How long beginning a transaction takes, the wait for a connection included.
    began: Measure,
}

/// A row of the gauges: a pool's name, state, and number.
type Look = fn(&Pool) -> Vec<(Option<&'static str>, u32)>;

static POOLS: Mutex<Vec<Weak<Pool>>> = Mutex::new(Vec::new());
static GAUGES: Once = Once::new();
static BEGAN: LazyLock<Histogram<f64>> = LazyLock::new(|| {
    durations(
        "marquee_database_begin_seconds",
        "How long transactions took to begin, the wait for a connection included",
    )
});

impl Pool {
    /// Begins to tell of a pool.
    #[must_use]
    pub fn watched(name: &str, pool: AnyPool, most: u32) -> Arc<Self> {
        GAUGES.call_once(gauges);
        let began = BEGAN.bind(&[KeyValue::new("database", name.to_owned())]);
        let pool = Arc::new(Self { name: name.into(), pool, most, began });
        let mut pools = POOLS.lock();
        pools.retain(|known| known.strong_count() > 0);
        pools.push(Arc::downgrade(&pool));
        pool
    }

    /// A transaction has begun.
    pub fn began(&self, asked: Instant) {
        self.began.record(seconds(asked.elapsed()));
    }
}

fn gauges() {
    let rows = |look: Look| {
        move || {
            let pools: Vec<_> = POOLS.lock().iter().filter_map(Weak::upgrade).collect();
            let row = |pool: &Arc<Pool>| {
                let name = pool.name.to_string();
                look(pool).into_iter().map(move |(state, number)| {
                    let mut labels = vec![KeyValue::new("database", name.clone())];
                    labels.extend(state.map(|state| KeyValue::new("state", state)));
                    (f64::from(number), labels)
                })
            };
            pools.iter().flat_map(row).collect()
        }
    };
    gauge(
        "marquee_database_connections",
        "Open connections to a database: idle, or at work for a request",
        rows(|pool| {
            let idle = u32::try_from(pool.pool.num_idle()).unwrap_or(u32::MAX);
            vec![(Some("idle"), idle), (Some("busy"), pool.pool.size().saturating_sub(idle))]
        }),
    );
    gauge(
        "marquee_database_connections_max",
        "Most connections that a pool opens; beyond, requests wait",
        rows(|pool| vec![(None, pool.most)]),
    );
}
