//! Which node gets a call, and what its caller is told.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use contract::order::{BuyRequest, CancelRequest, GetInfoRequest};
use micro::{Problem, Service};
use servers::Consul;
use tonic::{Code, Request};

use super::callee::{Behaviour, Callee, NODE};
use super::consul::{register, until_nodes};
use super::load::{Load, What};
use super::node::{Caller, Node};

const INFO: GetInfoRequest = GetInfoRequest { order_id: 1 };
const CANCEL: CancelRequest = CancelRequest { order_id: 1 };

async fn nodes<const N: usize>(consul: &[String]) -> [Node; N] {
    let mut nodes = Vec::new();
    for _ in 0..N {
        nodes.push(Node::start(consul).await);
    }
    until_nodes(&consul[0], "order", N).await;
    nodes.try_into().unwrap_or_else(|_| unreachable!("as many as were started"))
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_spread_over_the_nodes() {
    let server = Consul::start();
    let consul = [server.address(0)];
    let nodes: [Node; 2] = nodes(&consul).await;
    let caller = Caller::new(&consul);
    let mut seen: HashMap<String, usize> = HashMap::new();
    for _ in 0..200 {
        let answer = caller.orders().get_info(INFO).await.unwrap();
        *seen.entry(answer.metadata().get(NODE).unwrap().to_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(seen.len() == 2 && seen.values().all(|count| *count > 50), "{seen:?}");
    for node in &nodes {
        assert_eq!(seen[&node.name], node.callee.calls(), "no call was made twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_node_gets_fewer_calls() {
    let server = Consul::start();
    let consul = [server.address(0)];
    let [slow, quick] = nodes(&consul).await;
    slow.callee.behave(Behaviour::Answer(Duration::from_millis(200)));
    quick.callee.behave(Behaviour::Answer(Duration::from_millis(5)));
    let load = Load::start(&Caller::new(&consul), What::Reads, 16);
    load.more(400).await;
    assert_eq!(load.end().await.1.len(), 0);
    let (slow, quick) = (slow.callee.calls(), quick.callee.calls());
    assert!(quick > slow * 4, "{slow} and {quick}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_this_process_is_called_directly() {
    let server = Consul::start();
    let consul = [server.address(0)];
    let [elsewhere] = nodes(&consul).await;
    let caller = Caller::new(&consul);
    let own = Callee::new("own");
    caller.kit.register(&Service::new("order").unwrap().add(own.clone()).await);
    for _ in 0..20 {
        caller.orders().get_info(INFO).await.unwrap();
    }
    assert_eq!((own.calls(), elsewhere.callee.calls()), (20, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_is_said_at_once() {
    let server = Consul::start();
    let caller = Caller::new(&[server.address(0)]);
    let began = Instant::now();
    let status = caller.orders().get_info(INFO).await.unwrap_err();
    assert_eq!(Problem::from_status(&status).reason(), "SERVICE_UNAVAILABLE");
    assert!(began.elapsed() < Duration::from_secs(2));
    let without = Caller::new(&[format!("http://127.0.0.1:{}", servers::free_port())]);
    let status = without.orders().get_info(INFO).await.unwrap_err();
    assert_eq!(Problem::from_status(&status).reason(), "SERVICE_UNAVAILABLE");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_takes_longer_than_its_caller_waits() {
    let server = Consul::start();
    let consul = [server.address(0)];
    let nodes: [Node; 2] = nodes(&consul).await;
    nodes.iter().for_each(|node| node.callee.behave(Behaviour::Hang));
    let caller = Caller::new(&consul);
    let mut request = Request::new(INFO);
    request.set_timeout(Duration::from_millis(300));
    let began = Instant::now();
    let status = caller.orders().get_info(request).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status}");
    assert!((Duration::from_millis(250)..Duration::from_secs(2)).contains(&began.elapsed()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_reads_is_asked_elsewhere_and_a_failing_node_is_left_alone_for_a_while() {
    let server = Consul::start();
    let consul = [server.address(0)];
    let [ill, well] = nodes(&consul).await;
    ill.callee.behave(Behaviour::Unavailable);
    let caller = Caller::new(&consul);
    for _ in 0..100 {
        caller.orders().get_info(INFO).await.unwrap();
    }
    assert!(ill.callee.calls() < 30, "{} calls went to a node that is ill", ill.callee.calls());
    assert_eq!(well.callee.calls(), 100);
    ill.callee.behave(Behaviour::Answer(Duration::ZERO));
    let before = ill.callee.calls();
    let load = Load::start(&caller, What::Reads, 2);
    super::consul::eventually("it is called again", || ill.callee.calls() > before + 20).await;
    assert_eq!(load.end().await.1.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_something_is_asked_once() {
    let server = Consul::start();
    let consul = [server.address(0)];
    let nodes: [Node; 2] = nodes(&consul).await;
    nodes.iter().for_each(|node| node.callee.behave(Behaviour::Unavailable));
    let calls = || nodes.iter().map(|node| node.callee.calls()).sum::<usize>();
    let caller = Caller::new(&consul);
    let status = caller.orders().cancel(CANCEL).await.unwrap_err();
    assert_eq!(Problem::from_status(&status).reason(), "OVERLOADED");
    assert_eq!(calls(), 1);
    let mut with_key = Request::new(BuyRequest { film_sid: 1, ..BuyRequest::default() });
    with_key.metadata_mut().insert("idempotency-key", "k".parse().unwrap());
    let status = caller.orders().buy(with_key).await.unwrap_err();
    assert_eq!(Problem::from_status(&status).reason(), "OVERLOADED");
    assert!(calls() > 2, "a key makes repeating harmless");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_no_service_is_left_alone_though_it_answers() {
    let server = Consul::start();
    let consul = [server.address(0)];
    // Another program that has the address of a node by now: every path is unknown to it.
    let foreign = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    register(&consul[0], "order", foreign.local_addr().unwrap().port());
    tokio::spawn(async { axum::serve(foreign, axum::Router::new()).await });
    let node = Node::start(&consul).await;
    until_nodes(&consul[0], "order", 2).await;
    let caller = Caller::new(&consul);
    caller.knows(2).await;
    for _ in 0..100 {
        caller.orders().get_info(INFO).await.unwrap();
    }
    assert_eq!(node.callee.calls(), 100);
    let mut failures = 0;
    for _ in 0..20 {
        failures += usize::from(caller.orders().cancel(CANCEL).await.is_err());
    }
    assert!(failures <= 5, "{failures} changes went to what cannot make them");
}
