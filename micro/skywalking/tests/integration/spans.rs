//! How spans look in SkyWalking.

use std::borrow::Cow;

use opentelemetry::{
    Context, KeyValue,
    trace::{SpanKind, Status, TraceContextExt as _},
};
use opentelemetry_skywalking::{Endpoint, Sw8, limits};
use skywalking_collector::{
    Collector, tag,
    v3::{Log, SpanLayer, SpanObject, SpanType},
};

use crate::process::Process;

/// What a span with these attributes is reported as.
async fn reported(kind: SpanKind, attributes: Vec<KeyValue>) -> SpanObject {
    let collector = Collector::start().await.expect("a collector");
    let process = Process::start("orders", &collector.address());
    process.span("it", kind, attributes, &Context::new()).span().end();
    collector.segments(1).await.expect("the segment").remove(0).spans.remove(0)
}

fn looks(span: &SpanObject) -> (SpanType, SpanLayer, i32, &str) {
    (span.span_type(), span.span_layer(), span.component_id, &span.peer)
}

fn of(log: &Log) -> Vec<(&str, &str)> {
    log.data.iter().map(|pair| (pair.key.as_str(), pair.value.as_str())).collect()
}

#[tokio::test]
async fn servers_and_clients() {
    let grpc = || vec![KeyValue::new("rpc.system", "grpc")];
    let span = reported(SpanKind::Server, grpc()).await;
    assert_eq!(looks(&span), (SpanType::Entry, SpanLayer::RpcFramework, 23, ""));

    let mut called = grpc();
    called.extend([KeyValue::new("server.address", "films"), KeyValue::new("server.port", 8080)]);
    let span = reported(SpanKind::Client, called).await;
    assert_eq!(looks(&span), (SpanType::Exit, SpanLayer::RpcFramework, 23, "films:8080"));

    let http = || {
        vec![
            KeyValue::new("http.request.method", "GET"),
            KeyValue::new("url.path", "/v1/films"),
            KeyValue::new("http.response.status_code", 200),
        ]
    };
    let span = reported(SpanKind::Server, http()).await;
    assert_eq!(looks(&span), (SpanType::Entry, SpanLayer::Http, 49, ""));
    let tags = ["http.method", "url", "http.status_code"].map(|key| tag(&span, key));
    assert_eq!(tags, [Some("GET"), Some("/v1/films"), Some("200")]);
    assert_eq!(looks(&reported(SpanKind::Client, http()).await), (SpanType::Exit, SpanLayer::Http, 2, ""));

    let span = reported(SpanKind::Internal, vec![KeyValue::new("seats", 2)]).await;
    assert_eq!(looks(&span), (SpanType::Local, SpanLayer::Unknown, 11000, ""));
    assert_eq!(tag(&span, "seats"), Some("2"));
}

#[tokio::test]
async fn databases_and_caches() {
    let store = |system: &'static str| {
        vec![KeyValue::new("db.system.name", system), KeyValue::new("peer", "store:1")]
    };
    let span = reported(SpanKind::Client, store("postgresql")).await;
    assert_eq!(looks(&span), (SpanType::Exit, SpanLayer::Database, 22, "store:1"));
    assert_eq!(tag(&span, "db.type"), Some("PostgreSQL"));
    let span = reported(SpanKind::Client, store("redis")).await;
    assert_eq!(looks(&span), (SpanType::Exit, SpanLayer::Cache, 7, "store:1"));
    assert_eq!(tag(&span, "cache.type"), Some("Redis"));
    let span = reported(SpanKind::Client, vec![KeyValue::new("db.system.name", "sqlite")]).await;
    assert_eq!(looks(&span), (SpanType::Exit, SpanLayer::Database, 31, "sqlite-local"));
    let span = reported(SpanKind::Client, store("else")).await;
    assert_eq!(looks(&span), (SpanType::Exit, SpanLayer::Database, 0, "store:1"));
}

#[tokio::test]
async fn failures_are_marked_and_explained() {
    let collector = Collector::start().await.expect("a collector");
    let process = Process::start("orders", &collector.address());
    let cx = process.server("Buy", &Context::new());
    cx.span().add_event("seats claimed", vec![KeyValue::new("count", 2)]);
    cx.span().add_event(
        "exception",
        vec![
            KeyValue::new("exception.type", "StoreError"),
            KeyValue::new("exception.message", "connection lost"),
            KeyValue::new("exception.stacktrace", "at buy"),
        ],
    );
    cx.span().set_status(Status::error("the store is away"));
    cx.span().end();

    let span = collector.segments(1).await.expect("the segment").remove(0).spans.remove(0);
    assert!(span.is_error);
    assert!(span.start_time > 1_700_000_000_000 && span.end_time >= span.start_time);
    let [event, exception, failure] = span.logs.as_slice() else { panic!("three logs: {span:?}") };
    assert_eq!(of(event), [("event", "seats claimed"), ("count", "2")]);
    assert_eq!(
        of(exception),
        [
            ("event", "error"),
            ("error.kind", "StoreError"),
            ("message", "connection lost"),
            ("stack", "at buy")
        ]
    );
    assert_eq!(of(failure), [("event", "error"), ("message", "the store is away")]);
    assert_eq!(failure.time, span.end_time);
}

#[tokio::test]
async fn long_texts_are_cut() {
    let long = "座".repeat(limits::MAX_VALUE + 1);
    let span = reported(SpanKind::Internal, vec![KeyValue::new("note", long)]).await;
    assert_eq!(tag(&span, "note").map(|value| value.chars().count()), Some(limits::MAX_VALUE));
}

#[tokio::test]
async fn the_endpoint_may_be_told() {
    let process = Process::start("orders", "http://127.0.0.1:9");
    let told = Context::new().with_value(Endpoint(Cow::Borrowed("GET /v1/films/{id}")));
    let endpoint = |cx: &Context| {
        let headers = process.headers(&process.server("request", cx));
        Sw8::parse(&headers["sw8"]).expect("a header").endpoint
    };
    assert_eq!(endpoint(&told), "GET /v1/films/{id}");
    assert_eq!(endpoint(&Context::new()), "request");
}
