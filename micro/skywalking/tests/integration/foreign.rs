//! Traces that agents of other languages began.

use opentelemetry::{
    Context,
    propagation::TextMapPropagator as _,
    trace::{TraceContextExt as _, TraceId},
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_skywalking::Sw8;
use skywalking_collector::Collector;

use crate::process::{Headers, Process};

/// As the agent for Java makes them.
const AGENT: &str = "5a3c1f0e2b7d4c6a9e8f001122334455.1.16000000000000001";

fn from_agent(trace_id: &str) -> Sw8 {
    Sw8 {
        sampled: true,
        trace_id: trace_id.into(),
        segment_id: "5a3c1f0e2b7d4c6a9e8f001122334455.7.16000000000000002".into(),
        span_id: 4,
        service: "shop".into(),
        instance: "shop@10.0.0.1".into(),
        endpoint: "GET:/".into(),
        address: "10.0.0.7:8080".into(),
    }
}

fn headers(sw8: &Sw8) -> Headers {
    Headers::from([("sw8".into(), sw8.to_string())])
}

#[tokio::test]
async fn its_trace_id_is_reported_and_passed_on() {
    let collector = Collector::start().await.expect("a collector");
    let process = Process::start("orders", &collector.address());
    let served = process.server("Buy", &process.read(&headers(&from_agent(AGENT))));
    let (call, next) = process.call("films:1", &served);
    call.span().end();
    served.span().end();

    let segment = collector.segments(1).await.expect("the segment").remove(0);
    assert_eq!(segment.trace_id, AGENT);
    let origin = &segment.spans[0].refs[0];
    assert_eq!((origin.parent_span_id, origin.parent_service.as_str()), (4, "shop"));
    let next = Sw8::parse(&next["sw8"]).expect("a header");
    assert_eq!((next.trace_id.as_str(), &next.segment_id), (AGENT, &segment.trace_segment_id));
    assert_eq!((next.span_id, next.endpoint.as_str(), next.sampled), (1, "Buy", true));
}

#[tokio::test]
async fn the_same_id_is_the_same_trace_in_every_process() {
    let [one, other] = ["one", "other"].map(|name| Process::start(name, "http://127.0.0.1:9"));
    let id = |process: &Process, text: &str| {
        process.read(&headers(&from_agent(text))).span().span_context().trace_id()
    };
    assert_eq!(id(&one, AGENT), id(&other, AGENT));
    assert_ne!(id(&one, AGENT), id(&one, "another"));
    let number = TraceId::from_hex("5a3c1f0e2b7d4c6a9e8f001122334455").expect("hexadecimal");
    assert_eq!(id(&one, "5a3c1f0e-2b7d-4c6a-9e8f-001122334455"), number);
}

#[tokio::test]
async fn the_ids_of_w3c_hold_where_both_headers_come() {
    let collector = Collector::start().await.expect("a collector");
    let process = Process::start("orders", &collector.address());
    let mut headers = headers(&from_agent(AGENT));
    let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    headers.insert("traceparent".into(), traceparent.into());

    let cx = TraceContextPropagator::new().extract_with_context(&Context::new(), &headers);
    let cx = process.server("Buy", &process.propagator.extract_with_context(&cx, &headers));
    assert_eq!(cx.span().span_context().trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
    cx.span().end();

    let segment = collector.segments(1).await.expect("the segment").remove(0);
    assert_eq!(segment.trace_id, AGENT, "SkyWalking still knows the trace by its own id");
    assert_eq!(segment.spans[0].refs[0].parent_service, "shop");
}
