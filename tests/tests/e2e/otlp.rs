//! What a receiver of OTLP is sent of a purchase: its trace, metrics, and lines of the log.

use std::collections::BTreeSet;

use otlp_receiver::v1::logs::v1::LogRecord;
use otlp_receiver::v1::trace::v1::Span;
use otlp_receiver::{Received, Receiver, attribute};
use serde_json::json;
use skywalking_collector::Collector;
use tests::{Mode, Person, ScreeningPlan, Settings, TestCluster};

/// Processes that a purchase goes through, and the parts that a trace has in each.
fn services() -> BTreeSet<&'static str> {
    match crate::MODE {
        Mode::Embedded => BTreeSet::from(["all"]),
        Mode::Distributed => BTreeSet::from(["gateway", "order", "film"]),
    }
}

fn sent_to(address: &str, protocol: &str) -> Settings {
    let settings = Settings::default().with("metrics.every_ms", 200);
    ["traces", "metrics", "log"].into_iter().fold(settings, |settings, signal| {
        let settings = settings.with(&format!("{signal}.otlp.address"), address);
        settings.with(&format!("{signal}.otlp.protocol"), protocol)
    })
}

/// Buys a seat in a screening nobody asked for before; gives back the id of its trace.
async fn buy(cluster: &TestCluster, person: &Person) -> Vec<u8> {
    let film_sid = cluster.screening(&ScreeningPlan::rows(2, 5)).await.film_sid;
    let bought = person.post("/v1/orders", &json!({ "film_sid": film_sid, "seats": ["A1"] })).await;
    assert_eq!(bought.status, 200, "{}", bought.text());
    let id = bought.headers["x-trace-id"].to_str().unwrap().to_owned();
    (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap()).collect()
}

fn is_buying(span: &Span) -> bool {
    span.name == "POST /v1/orders"
}

/// The trace has a part of each process, and every span but the first its parent.
fn is_whole(received: &Received, trace_id: &[u8]) -> bool {
    let there: BTreeSet<_> = received.trace(trace_id).map(|(service, _)| service).collect();
    let ids: BTreeSet<_> = received.trace(trace_id).map(|(_, span)| &span.span_id).collect();
    let mut orphans = received.trace(trace_id).filter(|(_, span)| !ids.contains(&span.parent_span_id));
    let first = orphans.next();
    there == services() && first.is_some_and(|(_, span)| is_buying(span)) && orphans.next().is_none()
}

fn lines<'a>(received: &'a Received, trace_id: &'a [u8]) -> impl Iterator<Item = (&'a str, &'a LogRecord)> {
    let of_purchase = move |line: &LogRecord| {
        line.trace_id == trace_id && attribute(&line.attributes, "rpc") == Some("order.OrderService/Buy")
    };
    received.lines().filter(move |(_, line)| of_purchase(line))
}

async fn everything_arrives(receiver: &Receiver, cluster: &TestCluster) {
    let person = cluster.customer().await;
    let trace_id = buy(cluster, &person).await;
    let received = receiver.until(|received| is_whole(received, &trace_id)).await.unwrap();
    let names: BTreeSet<_> = received.trace(&trace_id).map(|(_, span)| span.name.as_str()).collect();
    for name in ["POST /v1/orders", "order.OrderService/Buy", "gate", "commit"] {
        assert!(names.contains(name), "{name}: {names:?}");
    }
    let mut traces = received.spans().filter(|(_, span)| is_buying(span)).map(|(_, span)| &span.trace_id);
    assert!(traces.all(|id| *id == trace_id), "one purchase is one trace");

    let asked: BTreeSet<_> = services().into_iter().filter(|service| *service != "film").collect();
    let logged = |received: &Received| {
        let there: BTreeSet<_> = lines(received, &trace_id).map(|(service, _)| service.to_owned()).collect();
        there.iter().map(String::as_str).collect::<BTreeSet<_>>() == asked
    };
    let received = receiver.until(logged).await.unwrap();
    for (_, line) in lines(&received, &trace_id) {
        assert_eq!((line.severity_text.as_str(), line.span_id.len()), ("INFO", 8), "{line:?}");
    }

    let counted =
        |received: &Received| received.metrics().any(|(_, metric)| metric.name == "marquee_orders_total");
    receiver.until(counted).await.unwrap();
    assert!(cluster.stop().await, "every process ends well");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_is_one_trace_with_its_lines_and_metrics_over_grpc() {
    let receiver = Receiver::start().await.unwrap();
    let cluster = TestCluster::start_with(crate::MODE, sent_to(&receiver.grpc(), "grpc")).await;
    everything_arrives(&receiver, &cluster).await;
    assert_eq!(receiver.received().http_calls, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_is_one_trace_with_its_lines_and_metrics_over_http() {
    let receiver = Receiver::start().await.unwrap();
    let cluster = TestCluster::start_with(crate::MODE, sent_to(&receiver.http(), "http")).await;
    everything_arrives(&receiver, &cluster).await;
    assert_eq!(receiver.received().grpc_calls, 0);
}

/// A receiver that is away costs nobody a purchase, and one line for each thing that is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_away_is_not_waited_for() {
    let nowhere = format!("http://{}", Collector::nowhere().await.unwrap());
    let settings = sent_to(&nowhere, "grpc").with("log.format", "json");
    let cluster = TestCluster::start_with(crate::MODE, settings).await;
    let person = cluster.customer().await;
    for _ in 0..3 {
        buy(&cluster, &person).await;
    }
    assert!(cluster.stop().await, "every process ends well");
    let log = cluster.log();
    let away = |signal: &str| {
        let said = format!("\"signal\":\"{signal}\"");
        log.lines()
            .filter(|line| line.contains("the receiver of OTLP is away") && line.contains(&said))
            .count()
    };
    let processes = if crate::MODE == Mode::Embedded { 1 } else { 8 };
    for signal in ["traces", "metrics", "logs"] {
        assert!((1..=processes).contains(&away(signal)), "{signal}: {}\n{log}", away(signal));
    }
}
