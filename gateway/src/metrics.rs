//! Requests of clients: what they asked for, how they were answered, how long it took.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use http::StatusCode;
use micro::metrics::opentelemetry::KeyValue;
use micro::metrics::opentelemetry::metrics::{BoundUpDownCounter, Counter, Histogram};
use micro::metrics::{Count, Measure, counter, durations, seconds, up_down};

use crate::edge;
use crate::grpc::Protocol;

/// Classes of HTTP statuses, 1xx to 5xx.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// How requests are made: JSON and pages, gRPC, gRPC-Web.
const PROTOCOLS: [&str; 3] = ["http", "grpc", "grpc_web"];

/// The instruments of one route, bound at its first request: what is never asked for is not shown.
struct Route {
    name: &'static str,
    took: OnceLock<Measure>,
    /// By protocol and class of the status.
    answered: [[OnceLock<Count>; CLASSES.len()]; PROTOCOLS.len()],
}

struct Http {
    took: Histogram<f64>,
    answered: Counter<u64>,
    in_flight: BoundUpDownCounter<i64>,
    routes: HashMap<&'static str, Route>,
}

/// What is no method of the contract.
const PAGE: &str = "page";
const HEALTH: &str = "health";
const OTHER: &str = "other";

static HTTP: LazyLock<Http> = LazyLock::new(|| {
    let took = durations(
        "marquee_http_request_duration_seconds",
        "How long requests of clients took until the head of the answer, by route",
    );
    let methods = contract::METHODS.iter().map(|method| method.path.trim_start_matches('/'));
    let route = |name| (name, Route { name, took: OnceLock::new(), answered: Default::default() });
    Http {
        took,
        answered: counter(
            "marquee_http_requests_total",
            "Requests of clients, by route, protocol and class of the HTTP status",
        ),
        in_flight: up_down("marquee_http_requests_in_flight", "Requests of clients being answered").bind(&[]),
        routes: methods.chain([PAGE, HEALTH, OTHER]).map(route).collect(),
    }
});

/// A request on its way: counted for as long as it is there.
pub struct InFlight(());

impl InFlight {
    /// It has come.
    pub fn new() -> Self {
        HTTP.in_flight.add(1);
        Self(())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        HTTP.in_flight.add(-1);
    }
}

/// What a protocol is called.
pub fn protocol(protocol: Option<Protocol>) -> &'static str {
    PROTOCOLS[index(protocol)]
}

fn index(protocol: Option<Protocol>) -> usize {
    match protocol {
        None => 0,
        Some(Protocol::Native) => 1,
        Some(Protocol::Web) => 2,
    }
}

fn label(route: &edge::Route) -> &'static str {
    match (route, route.contract()) {
        (_, Some(method)) => method.path.trim_start_matches('/'),
        (edge::Route::Page(_) | edge::Route::Site(_), None) => PAGE,
        (edge::Route::Health(_), None) => HEALTH,
        _ => OTHER,
    }
}

/// A request has been answered, or its stream begins.
pub fn answered(route: &edge::Route, protocol: Option<Protocol>, took: Duration, status: StatusCode) {
    let http = &*HTTP;
    let Some(route) = http.routes.get(label(route)).or_else(|| http.routes.get(OTHER)) else { return };
    let instrument = route.took.get_or_init(|| http.took.bind(&[KeyValue::new("route", route.name)]));
    instrument.record(seconds(took));
    let protocol = index(protocol);
    let class = usize::from(status.as_u16() / 100).saturating_sub(1).min(CLASSES.len() - 1);
    let count = route.answered[protocol][class].get_or_init(|| {
        http.answered.bind(&[
            KeyValue::new("route", route.name),
            KeyValue::new("protocol", PROTOCOLS[protocol]),
            KeyValue::new("status", CLASSES[class]),
        ])
    });
    count.add(1);
}
