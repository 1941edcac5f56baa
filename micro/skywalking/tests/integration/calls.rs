//! One trace through several processes.

use opentelemetry::{
    Context,
    propagation::{TextMapCompositePropagator, TextMapPropagator as _},
    trace::TraceContextExt as _,
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_skywalking::{Correlation, SW8_CORRELATION, Sw8, Upstream};
use skywalking_collector::{Collector, v3::RefType};

use crate::process::{Headers, Process};

#[tokio::test]
async fn a_call_makes_one_trace_of_two_segments() {
    let collector = Collector::start().await.expect("a collector");
    let gateway = Process::start("gateway", &collector.address());
    let orders = Process::start("orders", &collector.address());

    let request = gateway.server("POST /v1/orders", &Context::new());
    let (call, headers) = gateway.call("10.0.0.7:8080", &request);
    let served = orders.server("order.OrderService/Buy", &orders.read(&headers));
    served.span().end();
    call.span().end();
    request.span().end();

    let segments = collector.segments(2).await.expect("both segments");
    let of = |service: &str| segments.iter().find(|segment| segment.service == service).expect("its segment");
    let (caller, called) = (of("gateway"), of("orders"));
    assert_eq!(caller.trace_id, called.trace_id);
    assert_eq!(caller.trace_id, request.span().span_context().trace_id().to_string());
    assert_ne!(caller.trace_segment_id, called.trace_segment_id);
    assert_eq!(caller.service_instance, "gateway-1");

    let [root, exit] = caller.spans.as_slice() else { panic!("two spans: {caller:?}") };
    assert_eq!((root.span_id, root.parent_span_id, root.refs.len()), (0, -1, 0));
    assert_eq!((exit.span_id, exit.parent_span_id, exit.peer.as_str()), (1, 0, "10.0.0.7:8080"));

    let [entry] = called.spans.as_slice() else { panic!("one span: {called:?}") };
    let [origin] = entry.refs.as_slice() else { panic!("one reference: {entry:?}") };
    assert_eq!(origin.ref_type(), RefType::CrossProcess);
    assert_eq!(origin.trace_id, caller.trace_id);
    assert_eq!(origin.parent_trace_segment_id, caller.trace_segment_id);
    assert_eq!(origin.parent_span_id, exit.span_id);
    assert_eq!(origin.parent_service, "gateway");
    assert_eq!(origin.parent_service_instance, "gateway-1");
    assert_eq!(origin.parent_endpoint, "POST /v1/orders");
    assert_eq!(origin.network_address_used_at_peer, "10.0.0.7:8080");

    assert_eq!(gateway.stop().await, (1, 0));
    assert_eq!(orders.stop().await, (1, 0));
}

#[tokio::test]
async fn a_process_that_calls_itself_gets_a_segment_of_its_own() {
    let collector = Collector::start().await.expect("a collector");
    let whole = Process::start("whole", &collector.address());
    let both = TextMapCompositePropagator::new(vec![Box::new(TraceContextPropagator::new())]);

    let request = whole.server("outer", &Context::new());
    let (call, mut headers) = whole.call("127.0.0.1:1", &request);
    // With W3C's header the remote parent's id is the one of a span that runs right here.
    both.inject_context(&call, &mut headers);
    let cx = both.extract_with_context(&Context::new(), &headers);
    let served = whole.server("inner", &whole.propagator.extract_with_context(&cx, &headers));
    for cx in [served, call, request] {
        cx.span().end();
    }

    let inner = collector.segment(|segment| segment.spans[0].operation_name == "inner").await.expect("it");
    let outer = collector.segment(|segment| segment.spans[0].operation_name == "outer").await.expect("it");
    assert_eq!(inner.trace_id, outer.trace_id);
    assert_eq!(inner.spans[0].refs[0].parent_trace_segment_id, outer.trace_segment_id);
    assert_eq!(outer.spans.len(), 2);
}

#[tokio::test]
async fn correlation_goes_all_the_way() {
    let collector = Collector::start().await.expect("a collector");
    let [first, second, third] = ["a", "b", "c"].map(|name| Process::start(name, &collector.address()));
    let mut correlation = Correlation::default();
    assert!(correlation.put("campaign", "十一"));

    let cx = first.server("start", &Context::new().with_value(correlation));
    let (_call, headers) = first.call("b:1", &cx);
    let cx = second.server("middle", &second.read(&headers));
    let (_call, headers) = second.call("c:1", &cx);
    let end = third.read(&headers);
    assert_eq!(end.get::<Correlation>().and_then(|values| values.get("campaign")), Some("十一"));
}

#[tokio::test]
async fn garbage_is_no_header() {
    let collector = Collector::start().await.expect("a collector");
    let process = Process::start("orders", &collector.address());
    let valid = "1-dA==-cw==-0-YQ==-YQ==-ZQ==-eA==";
    assert!(Sw8::parse(valid).is_some());
    for sw8 in ["", "1", "x-y-z", "1-*-cw==-0-YQ==-YQ==-ZQ==-eA==", &valid.repeat(200)] {
        let cx = process.read(&Headers::from([("sw8".to_owned(), sw8.to_owned())]));
        assert!(cx.get::<Upstream>().is_none() && !cx.span().span_context().is_valid(), "{sw8}");
        process.server("served all the same", &cx).span().end();
    }
    let with = |correlation: &str| {
        Headers::from([("sw8".into(), valid.to_owned()), (SW8_CORRELATION.into(), correlation.to_owned())])
    };
    let cx = process.read(&with("garbage"));
    assert!(cx.get::<Upstream>().is_some() && cx.get::<Correlation>().is_none());

    let segments = collector.segments(5).await.expect("all five");
    assert!(segments.iter().all(|segment| segment.spans[0].refs.is_empty()));
}

#[tokio::test]
async fn who_is_not_recorded_writes_no_header() {
    let collector = Collector::start().await.expect("a collector");
    let process = Process::start("orders", &collector.address());
    assert!(process.headers(&Context::new()).is_empty(), "no span");
    // The caller's span is active, but none of this process.
    let unsampled = "0-dA==-cw==-0-YQ==-YQ==-ZQ==-eA==".to_owned();
    let cx = process.read(&Headers::from([("sw8".into(), unsampled)]));
    assert!(cx.span().span_context().is_valid() && !cx.span().span_context().is_sampled());
    assert!(process.headers(&cx).is_empty());
    // The default sampler follows the caller, who does not record.
    let cx = process.server("not recorded", &cx);
    assert!(process.headers(&cx).is_empty());
    cx.span().end();
    assert_eq!(process.stop().await, (0, 0));
}
