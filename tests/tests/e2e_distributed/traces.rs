//! What an operator sees of a purchase in SkyWalking.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use servers::Greeter;
use skywalking_collector::v3::{SegmentObject, SpanObject, SpanType};
use skywalking_collector::{Collector, Received, tag};
use tests::http::Call;
use tests::{Part, Person, ScreeningPlan, Settings, TestCluster, eventually};

/// Component ids as SkyWalking's back end knows them.
const REDIS: i32 = 7;
const POSTGRESQL: i32 = 22;
const GRPC: i32 = 23;

/// A system whose processes report everything to a collector.
async fn start() -> (TestCluster, Collector) {
    let collector = Collector::start().await.unwrap();
    let settings = Settings::default().with("traces.skywalking.address", collector.address());
    (TestCluster::start_with(crate::MODE, settings).await, collector)
}

/// Buys one seat, and says in which headers it was asked for.
async fn buy(person: &Person, film_sid: i64, seat: &str, headers: &[(&str, &str)]) -> u16 {
    let wish = json!({ "film_sid": film_sid, "seats": [seat] });
    let call = person.request("POST", "/v1/orders", Some(&wish));
    let call = headers.iter().fold(call, |call: Call, (name, value)| call.with(name, value));
    person.client.send(call).await.status
}

fn of<'a>(received: &'a Received, trace_id: &str) -> Vec<&'a SegmentObject> {
    received.segments.iter().filter(|segment| segment.trace_id == trace_id).collect()
}

/// Whether all that a purchase in a screening nobody asked for before leaves has come.
fn is_whole(received: &Received, trace_id: &str) -> bool {
    let services: BTreeSet<&str> = received.spans(trace_id).map(|(service, _)| service).collect();
    services == BTreeSet::from(["marquee::film", "marquee::gateway", "marquee::order"])
}

fn exits(segment: &SegmentObject) -> impl Iterator<Item = &SpanObject> {
    segment.spans.iter().filter(|span| span.span_type() == SpanType::Exit)
}

/// Every segment but the gateway's hangs on a calling span that is there, at the address it called.
fn joins_up(segments: &[&SegmentObject]) {
    let by_id: BTreeMap<&str, &SegmentObject> =
        segments.iter().map(|segment| (segment.trace_segment_id.as_str(), *segment)).collect();
    assert_eq!(by_id.len(), segments.len(), "ids of segments are their own");
    for segment in segments {
        let entry = &segment.spans[0];
        assert_eq!((entry.span_type(), entry.parent_span_id), (SpanType::Entry, -1));
        if segment.service == "marquee::gateway" {
            assert!(entry.refs.is_empty());
            continue;
        }
        let [reference] = &*entry.refs else { panic!("one caller: {entry:?}") };
        let caller = by_id[reference.parent_trace_segment_id.as_str()];
        let calling = caller.spans.iter().find(|span| span.span_id == reference.parent_span_id).unwrap();
        assert_eq!(calling.span_type(), SpanType::Exit);
        assert_eq!(calling.peer, reference.network_address_used_at_peer);
        assert_eq!(reference.parent_service, caller.service);
        assert_eq!(reference.parent_endpoint, caller.spans[0].operation_name);
    }
}

/// Who called whom, by which protocol. Places are named by what is there.
fn edges(cluster: &TestCluster, segments: &[&SegmentObject]) -> BTreeSet<(String, String, i32)> {
    let services: BTreeMap<&str, &str> = segments
        .iter()
        .flat_map(|segment| {
            segment.spans.iter().flat_map(|span| &span.refs).map(move |called| (called, segment))
        })
        .map(|(called, segment)| (called.network_address_used_at_peer.as_str(), segment.service.as_str()))
        .collect();
    let engines = cluster.engines();
    let place = |peer: &str| {
        let postgres = engines.postgres.url("orders");
        if postgres.contains(peer) {
            "postgres".to_owned()
        } else if redis(&engines).contains(peer) {
            "redis".to_owned()
        } else {
            services.get(peer).map_or_else(|| peer.to_owned(), |service| (*service).to_owned())
        }
    };
    let edge = |segment: &SegmentObject, exit: &SpanObject| {
        (segment.service.clone(), place(&exit.peer), exit.component_id)
    };
    segments.iter().flat_map(|segment| exits(segment).map(|exit| edge(segment, exit))).collect()
}

fn redis(engines: &tests::Engines) -> String {
    match &engines.redis {
        tests::engines::Gate::Alone(redis) => redis.url(),
        tests::engines::Gate::Cluster(cluster) => cluster.urls().join(","),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_is_one_trace_through_everything_it_touches() {
    let (cluster, collector) = start().await;
    let person = cluster.customer().await;
    // Keys that verify tokens are asked for once by each process, and are no part of a purchase.
    let first = cluster.screening(&ScreeningPlan::rows(4, 10)).await.film_sid;
    for seat in 1..=8 {
        assert_eq!(buy(&person, first, &format!("A{seat}"), &[]).await, 200);
    }
    let film_sid = cluster.screening(&ScreeningPlan::rows(4, 10)).await.film_sid;
    let trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace_id}-00f067aa0ba902b7-01");
    assert_eq!(buy(&person, film_sid, "A1", &[("traceparent", &parent)]).await, 200);

    let received = collector.until(|received| is_whole(received, trace_id)).await.unwrap();
    let segments = of(&received, trace_id);
    joins_up(&segments);
    let edge = |from: &str, to: &str, component| (format!("marquee::{from}"), to.to_owned(), component);
    assert_eq!(
        edges(&cluster, &segments),
        BTreeSet::from([
            edge("gateway", "marquee::order", GRPC),
            edge("order", "marquee::film", GRPC),
            edge("order", "redis", REDIS),
            edge("order", "postgres", POSTGRESQL),
            edge("film", "postgres", POSTGRESQL),
        ])
    );

    let spans: Vec<_> = received.spans(trace_id).collect();
    let find = |service: &str, name: &str| {
        let found = spans.iter().find(|(of, span)| *of == service && span.operation_name == name);
        found.unwrap_or_else(|| panic!("{service} {name}: {spans:#?}")).1
    };
    let entry = find("marquee::gateway", "POST /v1/orders");
    assert_eq!((tag(entry, "http.method"), tag(entry, "url")), (Some("POST"), Some("/v1/orders")));
    assert_eq!(tag(find("marquee::order", "gate"), "gate.seats"), Some("1"));
    assert_eq!(tag(find("marquee::order", "commit"), "batch.commands"), Some("1"));
    for (_, span) in &spans {
        assert!(!span.is_error, "{span:?}");
        let statement = tag(span, "db.statement").unwrap_or_default();
        assert!(!statement.contains(&format!("= {film_sid}")), "values are not told: {statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_with_a_trace_of_skywalking_joins_it_and_garbage_is_ignored() {
    let (cluster, collector) = start().await;
    let person = cluster.customer().await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(4, 10)).await.film_sid;

    // `shop-trace.7.1`, `shop-segment`, `shop`, `shop-1`, `/basket`, `tickets:80`.
    let sw8 = "1-c2hvcC10cmFjZS43LjE=-c2hvcC1zZWdtZW50-3-c2hvcA==-c2hvcC0x-L2Jhc2tldA==-dGlja2V0czo4MA==";
    assert_eq!(buy(&person, film_sid, "A1", &[("sw8", sw8)]).await, 200);
    let received = collector.until(|received| is_whole(received, "shop-trace.7.1")).await.unwrap();
    let gateway = received
        .segments
        .iter()
        .find(|segment| segment.trace_id == "shop-trace.7.1" && segment.service == "marquee::gateway");
    let reference = &gateway.unwrap().spans[0].refs[0];
    assert_eq!((reference.parent_trace_segment_id.as_str(), reference.parent_span_id), ("shop-segment", 3));
    assert_eq!((reference.parent_service.as_str(), reference.parent_endpoint.as_str()), ("shop", "/basket"));

    let long = "1-".repeat(3_000);
    for (at, garbage) in ["", "1", "1-x", "7-!!-$$-a-b-c-d-e", "1-----------", &long].iter().enumerate() {
        let headers = [("sw8", *garbage), ("sw8-correlation", *garbage), ("traceparent", *garbage)];
        assert_eq!(buy(&person, film_sid, &format!("B{}", at + 1), &headers).await, 200, "{garbage}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_made_again_elsewhere_stays_in_its_trace() {
    let (cluster, collector) = start().await;
    let people = [cluster.customer().await, cluster.customer().await, cluster.customer().await];
    let film_sid = cluster.screening(&ScreeningPlan::rows(4, 10)).await.film_sid;
    cluster.kill_part(Part { role: "order", number: 1 }).await;
    // Each call goes to either node at random, until one has met the dead one.
    let wishes =
        || people.iter().zip(["A", "B", "C"]).flat_map(|wish| (1..=10).map(move |seat| (wish, seat)));
    for (at, ((person, row), seat)) in (1..).zip(wishes()) {
        let parent = format!("00-{at:032x}-00f067aa0ba902b7-01");
        assert_eq!(buy(person, film_sid, &format!("{row}{seat}"), &[("traceparent", &parent)]).await, 200);
    }
    let tried_twice = |received: &Received| tried_twice(received, wishes().count());
    let received = collector
        .until(|received| tried_twice(received).is_some_and(|trace| is_answered(received, &trace)))
        .await
        .unwrap();
    joins_up(&of(&received, &tried_twice(&received).unwrap()));
}

/// The first of the traces 1 to `traces` in which a gateway called a dead node and then one that answered.
fn tried_twice(received: &Received, traces: usize) -> Option<String> {
    (1..=traces).map(|at| format!("{at:032x}")).find(|trace_id| {
        of(received, trace_id).into_iter().filter(|it| it.service == "marquee::gateway").any(|gateway| {
            let calls: Vec<_> = exits(gateway).map(|call| (call.is_error, &call.peer)).collect();
            matches!(&*calls, [(true, dead), (false, alive)] if dead != alive)
        })
    })
}

fn is_answered(received: &Received, trace_id: &str) -> bool {
    of(received, trace_id).iter().any(|segment| segment.service == "marquee::order")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_service_is_told_the_trace_and_what_goes_with_it() {
    let (cluster, _collector) = start().await;
    let consul = cluster.engines().consul.address(0);
    let _greeter = tokio::task::spawn_blocking(move || Greeter::start(&consul, &[])).await.unwrap();
    let sw8 = "1-c2hvcC10cmFjZS43LjI=-c2hvcC1zZWdtZW50-3-c2hvcA==-c2hvcC0x-L2Jhc2tldA==-dGlja2V0czo4MA==";
    let names = eventually(std::time::Duration::from_secs(10), "the gateways find it", async || {
        let call = Call::new("POST", "/greet/Greeter/Hello", Some(&json!({"name": "?"})))
            .with("sw8", sw8)
            .with("sw8-correlation", "Y2hhaW4=:b2Rlb24=");
        let answer = cluster.client().send(call).await;
        (answer.status == 200).then(|| answer.json()["message"].as_str().unwrap().to_owned())
    })
    .await;
    for name in ["sw8", "sw8-correlation", "traceparent"] {
        assert!(names.split(' ').any(|told| told == name), "{name}: {names}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_with_a_trace_is_told_again_when_a_call_is_made_again() {
    const CALLS: usize = 40;
    let (cluster, collector) = start().await;
    let consul = cluster.engines().consul.address(0);
    let (_alive, doomed) =
        tokio::task::spawn_blocking(move || (Greeter::start(&consul, &[]), Greeter::start(&consul, &[])))
            .await
            .unwrap();
    let ask = async |trace: usize, name: &str| {
        let trace = BASE64_STANDARD.encode(format!("{trace:032x}"));
        let sw8 = format!("1-{trace}-c2hvcC1zZWdtZW50-3-c2hvcA==-c2hvcC0x-L2Jhc2tldA==-dGlja2V0czo4MA==");
        let call = Call::new("POST", "/greet/Greeter/Hello", Some(&json!({ "name": name })))
            .with("sw8", &sw8)
            .with("sw8-correlation", "Y2hhaW4=:b2Rlb24=");
        cluster.client().send(call).await
    };
    let found = async || (ask(1, "Ann").await.status == 200).then_some(());
    eventually(std::time::Duration::from_secs(10), "the gateways find it", found).await;
    doomed.kill();
    let mut told = 0;
    for trace in 1..=CALLS {
        let answer = ask(trace, "?sw8-correlation").await;
        // A call that was on its way when the other one died may have been done: it is not made again.
        if answer.status == 200 {
            assert_eq!(answer.json()["message"], "Y2hhaW4=:b2Rlb24=");
            told += 1;
        }
    }
    assert!(told >= CALLS - 2, "{told}");
    drop(collector.until(|received| tried_twice(received, CALLS).is_some()).await.unwrap());
}

/// A collector that is away costs nobody a purchase.
#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_or_hangs_is_not_waited_for() {
    let (cluster, collector) = start().await;
    let person = cluster.customer().await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(4, 20)).await.film_sid;
    collector.pause();
    for seat in 1..=10 {
        assert_eq!(buy(&person, film_sid, &format!("A{seat}"), &[]).await, 200);
    }
    drop(collector.stop().await);
    for seat in 1..=10 {
        assert_eq!(buy(&person, film_sid, &format!("B{seat}"), &[]).await, 200);
    }
    assert!(cluster.stop().await, "every process ends well");
}
