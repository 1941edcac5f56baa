//! A collector that is down, comes later, hangs, or goes.

use std::time::{Duration, Instant};

use opentelemetry_skywalking::{Keep, LinkState, Timing};
use skywalking_collector::Collector;
use tokio::{sync::mpsc, time::timeout};

use crate::process::{Process, quick};

/// A process and the news of its collector.
fn watched(address: &str, timing: Timing) -> (Process, mpsc::UnboundedReceiver<LinkState>) {
    let (tell, told) = mpsc::unbounded_channel();
    let process = Process::with("orders", address, Keep::default(), |builder| {
        builder.timing(timing).on_link(move |state| drop(tell.send(state)))
    });
    (process, told)
}

/// Far longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The next news; none where the process has stopped.
async fn news(told: &mut mpsc::UnboundedReceiver<LinkState>) -> Option<LinkState> {
    timeout(PATIENCE, told.recv()).await.expect("news of the collector")
}

async fn away(told: &mut mpsc::UnboundedReceiver<LinkState>) -> String {
    match news(told).await {
        Some(LinkState::Away { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

/// Requests that must not wait for anything.
fn requests(process: &Process, how_many: u64) {
    let start = Instant::now();
    for _ in 0..how_many {
        process.request("GET /");
    }
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[tokio::test]
async fn one_that_is_down_costs_only_what_is_counted() {
    let nowhere = Collector::nowhere().await.expect("a port");
    let (process, mut told) = watched(&format!("http://{nowhere}"), quick());
    requests(&process, 100);
    let reason = away(&mut told).await;
    assert!(reason.starts_with("Unavailable"), "{reason}");
    requests(&process, 100);
    assert!(process.counters.is_away());
    assert_eq!(process.stop().await, (0, 200));
    assert_eq!(news(&mut told).await, None, "told once, however often it was tried");
}

#[tokio::test]
async fn one_that_comes_later_gets_what_happens_from_then_on() {
    let place = Collector::nowhere().await.expect("a port");
    let (process, mut told) = watched(&format!("http://{place}"), quick());
    away(&mut told).await;
    requests(&process, 10);

    let collector = Collector::start_at(place).await.expect("the port");
    assert_eq!(news(&mut told).await, Some(LinkState::Connected));
    process.request("after");
    let segments = collector.segments(1).await.expect("the segment");
    assert_eq!(segments[0].spans[0].operation_name, "after");
    assert_eq!(process.stop().await, (1, 10));
}

#[tokio::test]
async fn one_that_goes_and_comes_back_is_found_again() {
    let collector = Collector::start().await.expect("a collector");
    let place = collector.socket();
    let timing = Timing { heartbeat: Duration::from_millis(20), ..quick() };
    let (process, mut told) = watched(&collector.address(), timing);
    process.request("before");
    collector.segments(1).await.expect("the first");
    assert_eq!(news(&mut told).await, Some(LinkState::Connected));
    collector.stop().await;
    away(&mut told).await;

    let collector = Collector::start_at(place).await.expect("the port");
    assert_eq!(news(&mut told).await, Some(LinkState::Connected));
    collector.until(|received| !received.properties.is_empty()).await.expect("who it is, again");
    process.request("after");
    collector.segments(1).await.expect("the second");
    assert_eq!(process.stop().await, (2, 0));
}

#[tokio::test]
async fn one_that_hangs_is_given_up() {
    let collector = Collector::start().await.expect("a collector");
    let timing = Timing { call: Duration::from_millis(200), ..quick() };
    let (process, mut told) = watched(&collector.address(), timing);
    assert_eq!(news(&mut told).await, Some(LinkState::Connected));
    collector.pause();
    requests(&process, 100);
    let reason = away(&mut told).await;
    assert!(reason.starts_with("DeadlineExceeded"), "{reason}");
    requests(&process, 100);

    collector.resume();
    assert_eq!(news(&mut told).await, Some(LinkState::Connected));
    process.request("after");
    collector.segment(|segment| segment.spans[0].operation_name == "after").await.expect("the last");
    let (sent, lost) = process.stop().await;
    assert_eq!((sent, lost), (1, 200));
}

#[tokio::test]
async fn a_full_queue_loses_rather_than_waits() {
    let collector = Collector::start().await.expect("a collector");
    collector.pause();
    let process = Process::with("orders", &collector.address(), Keep::default(), |builder| builder.queue(10));
    requests(&process, 100);
    assert_eq!(process.counters.lost(), 90);
    collector.resume();
    collector.segments(10).await.expect("those that were queued");
    assert_eq!(process.stop().await, (10, 90));
}

#[tokio::test]
async fn the_end_takes_no_longer_than_it_may() {
    let collector = Collector::start().await.expect("a collector");
    collector.pause();
    let timing = Timing { flush: Duration::from_millis(200), ..quick() };
    let (process, _told) = watched(&collector.address(), timing);
    requests(&process, 10);
    let start = Instant::now();
    assert_eq!(process.stop().await, (0, 10));
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[tokio::test]
async fn the_end_sends_what_is_queued() {
    let collector = Collector::start().await.expect("a collector");
    let timing = Timing { linger: Duration::from_secs(60), ..quick() };
    let (process, _told) = watched(&collector.address(), timing);
    requests(&process, 1_234);
    assert_eq!(process.stop().await, (1_234, 0));
    assert_eq!(collector.received().segments.len(), 1_234);
}
