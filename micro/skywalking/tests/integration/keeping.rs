//! Which segments are reported.

use std::time::{Duration, SystemTime};

use opentelemetry::{
    Context,
    trace::{Span as _, SpanKind, Status, TraceContextExt as _, Tracer as _},
};
use opentelemetry_skywalking::Keep;
use skywalking_collector::Collector;

use crate::process::Process;

fn seldom(collector: &Collector, rate: f64) -> Process {
    let keep = Keep { rate, slow: Duration::from_millis(500) };
    Process::with("orders", &collector.address(), keep, |builder| builder)
}

fn lasting(process: &Process, name: &'static str, time: Duration) {
    let start = SystemTime::now();
    let builder = process.tracer.span_builder(name).with_start_time(start);
    let mut span = builder.start_with_context(&process.tracer, &Context::new());
    span.end_with_timestamp(start + time);
}

#[tokio::test]
async fn failures_and_slow_ones_come_whatever_the_rate() {
    let collector = Collector::start().await.expect("a collector");
    let process = seldom(&collector, 0.0);
    process.request("fine");
    lasting(&process, "quick", Duration::from_millis(499));
    lasting(&process, "slow", Duration::from_millis(500));
    let request = process.server("fails inside", &Context::new());
    let step = process.span("step", SpanKind::Internal, vec![], &request);
    step.span().set_status(Status::error("no seats"));
    step.span().end();
    request.span().end();

    collector.segments(2).await.expect("two of them");
    assert_eq!(process.tracker.tracked(), 0, "what is not kept is not followed either");
    assert_eq!(process.stop().await, (2, 0));
    let mut names: Vec<_> = collector
        .received()
        .segments
        .into_iter()
        .map(|mut segment| segment.spans.remove(0).operation_name)
        .collect();
    names.sort();
    assert_eq!(names, ["fails inside", "slow"]);
}

#[tokio::test]
async fn the_rate_keeps_whole_traces() {
    const REQUESTS: usize = 400;
    let collector = Collector::start().await.expect("a collector");
    let [gateway, orders] = ["gateway", "orders"].map(|name| {
        let keep = Keep { rate: 0.25, slow: Duration::MAX };
        Process::with(name, &collector.address(), keep, |builder| builder)
    });
    for _ in 0..REQUESTS {
        let request = gateway.server("outer", &Context::new());
        let (call, headers) = gateway.call("orders:1", &request);
        orders.server("inner", &orders.read(&headers)).span().end();
        call.span().end();
        request.span().end();
    }
    let (outer, lost) = gateway.stop().await;
    assert_eq!((orders.stop().await, lost), ((outer, 0), 0));
    // Six standard deviations around 100.
    assert!((48..=152).contains(&outer), "{outer} of {REQUESTS}");
    let segments = collector.received().segments;
    for segment in &segments {
        let same = segments.iter().filter(|other| other.trace_id == segment.trace_id);
        assert_eq!(same.count(), 2, "both halves of a trace or none");
    }
}
