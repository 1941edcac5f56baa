//! Consul that is away.

use std::time::Duration;

use servers::Consul;

use super::callee::{Behaviour, Callee};
use super::consul::{eventually, get, passing, put, until_nodes};
use super::load::{Load, What};
use super::node::{Caller, Node, TTL};

#[tokio::test(flavor = "multi_thread")]
async fn calls_go_on_without_consul_and_nodes_are_there_when_it_returns() {
    let mut server = Consul::start();
    let consul = [server.address(0)];
    let nodes = [Node::start(&consul).await, Node::start(&consul).await];
    until_nodes(&consul[0], "order", 2).await;
    let caller = Caller::new(&consul);
    let load = Load::start(&caller, What::Changes, 8);
    load.more(100).await;

    server.stop(0);
    let late = Node::start(&consul).await;
    // Longer than a check lives: when Consul returns, all it knows is that nobody has said anything.
    tokio::time::sleep(TTL + TTL / 2).await;
    load.more(100).await;
    tokio::task::block_in_place(|| server.restart(0));
    until_nodes(&consul[0], "order", 3).await;
    caller.knows(3).await;
    load.more(100).await;
    eventually("the new node is called", || late.callee.calls() > 0).await;
    let (_, failures) = load.end().await;
    assert!(failures.is_empty(), "{} failures, such as {:?}", failures.len(), failures.first());
    assert!(nodes.iter().all(|node| node.callee.calls() > 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_consuls_may_lose_their_leader() {
    let mut server = tokio::task::spawn_blocking(Consul::start_three).await.unwrap();
    let consul = [0, 1, 2].map(|at| server.address(at));
    let nodes = [Node::start(&consul).await, Node::start(&consul).await];
    eventually("both are known", || passing(&consul[1], "order").len() == 2).await;
    let caller = Caller::new(&consul);
    let load = Load::start(&caller, What::Changes, 8);
    load.more(100).await;

    let leads = |at: &usize| {
        let asked = get(&consul[*at], "/v1/agent/self").unwrap();
        asked["Stats"]["consul"]["leader"] == "true"
    };
    let leader = (0..3).find(leads).unwrap();
    server.stop(leader);
    let left = (leader + 1) % 3;
    let late = Node::start(&consul).await;
    until_nodes(&consul[left], "order", 3).await;
    eventually("the new node is called", || late.callee.calls() > 0).await;
    load.more(100).await;
    let (_, failures) = load.end().await;
    assert!(failures.is_empty(), "{} failures, such as {:?}", failures.len(), failures.first());
    drop(nodes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_ends_unnoticed_loses_no_call() {
    let mut server = Consul::start();
    let consul = [server.address(0)];
    let mut nodes = Vec::new();
    for _ in 0..3 {
        nodes.push(Node::start(&consul).await);
    }
    until_nodes(&consul[0], "order", 3).await;
    for node in &nodes {
        node.callee.behave(Behaviour::Answer(Duration::from_millis(1)));
    }
    let all: Vec<_> = nodes.iter().map(|node| node.callee.clone()).collect();
    let load = Load::start(&Caller::new(&consul), What::Changes, 64);
    load.more(500).await;
    // From here on nobody tells the caller which nodes there are.
    server.stop(0);
    for _ in 0..2 {
        nodes.remove(0).stop().await;
        load.more(500).await;
    }
    let (done, failures) = load.end().await;
    assert!(failures.is_empty(), "{} failures, such as {:?}", failures.len(), failures.first());
    assert_eq!(all.iter().map(Callee::calls).sum::<usize>(), done, "each call was made once");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_are_all_ill_at_once_are_still_called() {
    let server = Consul::start();
    let consul = [server.address(0)];
    let nodes = [Node::start(&consul).await, Node::start(&consul).await];
    until_nodes(&consul[0], "order", 2).await;
    let caller = Caller::new(&consul);
    caller.knows(2).await;
    let load = Load::start(&caller, What::Changes, 4);
    // Until it is so: they say every second that they are well.
    eventually("both are ill at once", || {
        for entry in passing(&consul[0], "order") {
            let id = entry["Service"]["ID"].as_str().unwrap().to_owned();
            put(&consul[0], &format!("/v1/agent/check/fail/service:{id}"));
        }
        passing(&consul[0], "order").is_empty()
    })
    .await;
    // By then they have said that they are well, and the caller has heard both.
    until_nodes(&consul[0], "order", 2).await;
    load.more(100).await;
    let (_, failures) = load.end().await;
    assert!(failures.is_empty(), "{} failures, such as {:?}", failures.len(), failures.first());
    drop(nodes);
}
