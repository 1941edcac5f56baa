//! What SkyWalking is told by everything in one process. Of several, see `e2e_distributed/traces.rs`.

use std::collections::BTreeSet;

use serde_json::json;
use skywalking_collector::v3::SpanType;
use skywalking_collector::v3::meter_data::Metric;
use skywalking_collector::{Collector, Received};
use tests::{ScreeningPlan, Settings, TestCluster};

fn meters(received: &Received) -> BTreeSet<&str> {
    let single = received.meters.iter().filter_map(|meter| match &meter.metric {
        Some(Metric::SingleValue(value)) if value.value > 0.0 => Some(value.name.as_str()),
        _ => None,
    });
    single.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_is_one_segment_and_the_process_tells_what_it_uses() {
    let collector = Collector::start().await.unwrap();
    let settings = Settings::default().with("traces.skywalking.address", collector.address());
    let cluster = TestCluster::start_with(crate::MODE, settings).await;
    let person = cluster.customer().await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(2, 5)).await.film_sid;
    let bought = person.post("/v1/orders", &json!({ "film_sid": film_sid, "seats": ["A1"] })).await;
    assert_eq!(bought.status, 200, "{}", bought.text());
    let trace_id = bought.headers["x-trace-id"].to_str().unwrap();

    let arrived = |received: &Received| received.segments.iter().any(|segment| segment.trace_id == trace_id);
    let received = collector.until(arrived).await.unwrap();
    let segments: Vec<_> = received.segments.iter().filter(|segment| segment.trace_id == trace_id).collect();
    let [segment] = &*segments else { panic!("one process, one segment: {segments:#?}") };
    assert_eq!(segment.service, "marquee::all");
    let ids: BTreeSet<_> = segment.spans.iter().map(|span| span.span_id).collect();
    for span in &segment.spans {
        let first = span.parent_span_id == -1;
        assert_eq!(first, span.span_type() == SpanType::Entry, "{span:?}");
        assert!(first || ids.contains(&span.parent_span_id), "its parent is there: {span:?}");
    }
    let names: BTreeSet<_> = segment.spans.iter().map(|span| span.operation_name.as_str()).collect();
    for name in
        ["POST /v1/orders", "order.OrderService/Buy", "film.FilmInternal/GetSalesFacts", "gate", "commit"]
    {
        assert!(names.contains(name), "{name}: {names:?}");
    }

    let known = ["process_cpu_seconds", "resident_memory_bytes", "threads", "open_files", "tasks"]
        .map(|name| format!("instance_marquee_{name}"));
    let told = |received: &Received| known.iter().all(|name| meters(received).contains(name.as_str()));
    let received = collector.until(told).await.unwrap();
    assert_eq!(received.meters[0].service, "marquee::all");
}
