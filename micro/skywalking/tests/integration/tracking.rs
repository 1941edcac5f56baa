//! Which spans make a segment, and how many.

use std::sync::Arc;

use opentelemetry::{
    Context,
    trace::{SpanKind, TraceContextExt as _},
};
use opentelemetry_skywalking::{Keep, MAX_SPANS, Sw8};
use skywalking_collector::{Collector, Received};
use tokio::task::JoinSet;

use crate::process::Process;

#[tokio::test]
async fn a_segment_waits_for_its_last_span() {
    let collector = Collector::start().await.expect("a collector");
    let process = Process::start("orders", &collector.address());
    let request = process.server("request", &Context::new());
    let work = process.span("work", SpanKind::Internal, vec![], &request);
    request.span().end();
    // The request has been answered, but its work goes on, and even begins something.
    let late = process.span("late", SpanKind::Internal, vec![], &request);
    let later = process.span("later", SpanKind::Internal, vec![], &late);
    for cx in [&late, &work, &later] {
        assert_eq!(process.tracker.tracked(), 4);
        cx.span().end();
    }
    assert_eq!(process.tracker.tracked(), 0);
    let segment = collector.segments(1).await.expect("the segment").remove(0);
    let places: Vec<_> = segment
        .spans
        .iter()
        .map(|span| (span.operation_name.as_str(), span.span_id, span.parent_span_id))
        .collect();
    assert_eq!(places, [("request", 0, -1), ("work", 1, 0), ("late", 2, 0), ("later", 3, 2)]);

    // What begins after the last span has ended is a segment of its own, in the same trace.
    process.span("afterthought", SpanKind::Internal, vec![], &request).span().end();
    let second = collector.segments(2).await.expect("a second one").remove(1);
    assert_eq!(second.trace_id, segment.trace_id);
    assert_eq!(second.spans[0].operation_name, "afterthought");
}

#[tokio::test]
async fn a_segment_keeps_so_many_spans() {
    let collector = Collector::start().await.expect("a collector");
    let process = Process::start("orders", &collector.address());
    let request = process.server("import", &Context::new());
    for _ in 1..MAX_SPANS {
        process.span("row", SpanKind::Internal, vec![], &request).span().end();
    }
    let beyond = process.span("one too many", SpanKind::Internal, vec![], &request);
    let child = process.span("its child", SpanKind::Internal, vec![], &beyond);
    let headers = process.headers(&child);
    assert_eq!(Sw8::parse(&headers["sw8"]).map(|sw8| sw8.span_id), Some(0), "goes by the first span");
    for cx in [child, beyond, request] {
        cx.span().end();
    }
    let segment = collector.segments(1).await.expect("the segment").remove(0);
    assert_eq!(i32::try_from(segment.spans.len()), Ok(MAX_SPANS));
    assert!(segment.is_size_limited);
    assert_eq!((process.tracker.left_out(), process.tracker.tracked()), (2, 0));
    assert_eq!(process.stop().await, (1, 0));
}

#[tokio::test]
async fn only_so_many_spans_are_followed() {
    const SPANS: u64 = 500;
    const ROOM: usize = 64;
    let collector = Collector::start().await.expect("a collector");
    let process =
        Process::with("orders", &collector.address(), Keep::default(), |builder| builder.tracked(ROOM));
    let running: Vec<_> = (0..SPANS).map(|_| process.server("at once", &Context::new())).collect();
    let tracked = process.tracker.tracked();
    assert!((1..=ROOM).contains(&tracked), "{tracked}");
    assert_eq!(process.tracker.untracked(), SPANS - tracked as u64);
    for cx in &running {
        cx.span().end();
    }
    assert_eq!(process.tracker.tracked(), 0, "there is room again");
    assert_eq!(process.stop().await, (tracked as u64, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn spans_of_many_threads_find_their_segments() {
    const REQUESTS: usize = 300;
    const STEPS: usize = 8;
    let collector = Collector::start().await.expect("a collector");
    let process = Arc::new(Process::start("orders", &collector.address()));
    let mut requests = JoinSet::new();
    for _ in 0..REQUESTS {
        let process = Arc::clone(&process);
        requests.spawn(async move {
            let request = process.server("request", &Context::new());
            let mut steps = JoinSet::new();
            for _ in 0..STEPS {
                let (process, request) = (Arc::clone(&process), request.clone());
                steps.spawn(async move {
                    let step = process.span("step", SpanKind::Internal, vec![], &request);
                    tokio::task::yield_now().await;
                    step.span().end();
                });
            }
            // Ends among its steps; those that have not begun by then may find their segment over.
            tokio::task::yield_now().await;
            request.span().end();
            steps.join_all().await;
        });
    }
    requests.join_all().await;
    assert_eq!(process.tracker.tracked(), 0);
    let spans = REQUESTS * (STEPS + 1);
    let of = |received: &Received| received.segments.iter().map(|segment| segment.spans.len()).sum::<usize>();
    let received = collector.until(|received| of(received) >= spans).await.expect("every span");
    assert_eq!(of(&received), spans, "and none twice");
    for segment in &received.segments {
        assert!(segment.spans.iter().map(|span| span.span_id).eq((0..).take(segment.spans.len())));
    }
}
