//! Nodes that are replaced while they are called.

use std::time::Duration;

use servers::Consul;

use super::callee::{Behaviour, Callee};
use super::consul::until_nodes;
use super::load::{Load, What};
use super::node::{Caller, Node};

/// Nodes of the service.
const NODES: usize = 3;
/// How often all of them are replaced.
const ROUNDS: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_loses_no_call_and_makes_none_twice() {
    let server = Consul::start();
    let consul = [server.address(0)];
    let start = async || {
        let node = Node::start(&consul).await;
        node.callee.behave(Behaviour::Answer(Duration::from_millis(2)));
        node
    };
    let mut nodes = Vec::new();
    for _ in 0..NODES {
        nodes.push(start().await);
    }
    until_nodes(&consul[0], "order", NODES).await;
    let mut all: Vec<Callee> = nodes.iter().map(|node| node.callee.clone()).collect();
    let load = Load::start(&Caller::new(&consul), What::Changes, 32);
    load.more(200).await;
    for _ in 0..ROUNDS * NODES {
        nodes.remove(0).stop().await;
        let node = start().await;
        all.push(node.callee.clone());
        nodes.push(node);
        until_nodes(&consul[0], "order", NODES).await;
        load.more(200).await;
    }
    let (done, failures) = load.end().await;
    assert!(failures.is_empty(), "{} failures, such as {:?}", failures.len(), failures.first());
    assert_eq!(all.iter().map(Callee::calls).sum::<usize>(), done, "each call was made once");
}
