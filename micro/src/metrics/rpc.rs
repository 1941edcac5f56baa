//! Requests that this process's services answer.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram};
use tonic::Code;

use super::{Count, Measure, counter, durations, seconds};

/// Codes of gRPC.
const CODES: usize = 17;

/// The instruments of one method, bound at its first request: what is never called is not shown.
struct Method {
    labels: Vec<KeyValue>,
    took: OnceLock<Measure>,
    /// By code.
    answered: [OnceLock<Count>; CODES],
}

struct Rpc {
    took: Histogram<f64>,
    answered: Counter<u64>,
    by_path: HashMap<&'static str, Method>,
    /// Health, reflection, and what does not exist.
    other: Method,
}

static RPC: LazyLock<Rpc> = LazyLock::new(|| {
    let took = durations("marquee_rpc_duration_seconds", "How long requests to a service took, by method");
    let method = |name: &str| {
        let (service, method) = name.trim_start_matches('/').split_once('/').unwrap_or((name, "other"));
        let labels =
            vec![KeyValue::new("service", service.to_owned()), KeyValue::new("method", method.to_owned())];
        Method { labels, took: OnceLock::new(), answered: Default::default() }
    };
    Rpc {
        took,
        answered: counter(
            "marquee_rpc_requests_total",
            "Requests that a service answered, by method and code",
        ),
        by_path: contract::METHODS.iter().map(|known| (known.path, method(known.path))).collect(),
        other: method("other"),
    }
});

/// A service has answered a request. Of a stream this is its beginning.
pub(crate) fn served(method: Option<&'static contract::Method>, took: Duration, code: Code) {
    let rpc = &*RPC;
    let method = method.and_then(|method| rpc.by_path.get(method.path)).unwrap_or(&rpc.other);
    method.took.get_or_init(|| rpc.took.bind(&method.labels)).record(seconds(took));
    let Some(answered) = usize::try_from(i32::from(code)).ok().and_then(|at| method.answered.get(at)) else {
        return;
    };
    answered
        .get_or_init(|| {
            let mut labels = method.labels.clone();
            labels.push(KeyValue::new("code", format!("{code:?}")));
            rpc.answered.bind(&labels)
        })
        .add(1);
}
