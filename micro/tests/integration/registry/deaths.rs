//! Nodes that die.

use std::time::Duration;

use contract::order::{BuyRequest, CancelRequest, GetInfoRequest};
use micro::Problem;
use servers::Consul;
use tonic::Request;

use super::callee::Behaviour;
use super::consul::{eventually, passing, register, until_nodes};
use super::load::{Load, What};
use super::node::{Caller, Node};

#[tokio::test(flavor = "multi_thread")]
async fn the_death_of_a_node_is_no_error_for_what_only_reads() {
    let server = Consul::start();
    let consul = [server.address(0)];
    let (dying, other) = (Node::start(&consul).await, Node::start(&consul).await);
    until_nodes(&consul[0], "order", 2).await;
    for node in [&dying, &other] {
        node.callee.behave(Behaviour::Answer(Duration::from_millis(3)));
    }
    let load = Load::start(&Caller::new(&consul), What::Reads, 32);
    load.more(500).await;
    assert!(dying.callee.calls() > 0);
    dying.kill();
    load.more(2_000).await;
    let (_, failures) = load.end().await;
    assert!(failures.is_empty(), "{} failures, such as {:?}", failures.len(), failures.first());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_may_have_been_made_is_not_made_again() {
    let server = Consul::start();
    let consul = [server.address(0)];
    let (one, other) = (Node::start(&consul).await, Node::start(&consul).await);
    until_nodes(&consul[0], "order", 2).await;
    for node in [&one, &other] {
        node.callee.behave(Behaviour::Hang);
    }
    let caller = Caller::new(&consul);
    let calls = || one.callee.calls() + other.callee.calls();

    let mut orders = caller.orders();
    let cancel = tokio::spawn(async move { orders.cancel(CancelRequest { order_id: 1 }).await });
    eventually("the call is under way", || calls() == 1).await;
    let (dying, left) = if one.callee.calls() == 1 { (one, other) } else { (other, one) };
    left.callee.behave(Behaviour::Answer(Duration::ZERO));
    dying.kill();
    let status = cancel.await.unwrap().unwrap_err();
    assert_eq!(Problem::from_status(&status).reason(), "ANSWER_LOST", "{status}");
    assert_eq!(left.callee.calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_key_it_is_made_elsewhere() {
    let server = Consul::start();
    let consul = [server.address(0)];
    let (one, other) = (Node::start(&consul).await, Node::start(&consul).await);
    until_nodes(&consul[0], "order", 2).await;
    for node in [&one, &other] {
        node.callee.behave(Behaviour::Hang);
    }
    let mut orders = Caller::new(&consul).orders();
    let mut request = Request::new(BuyRequest { film_sid: 1, ..BuyRequest::default() });
    request.metadata_mut().insert("idempotency-key", "k".parse().unwrap());
    let buy = tokio::spawn(async move { orders.buy(request).await });
    eventually("the call is under way", || one.callee.calls() + other.callee.calls() == 1).await;
    let (dying, left) = if one.callee.calls() == 1 { (one, other) } else { (other, one) };
    left.callee.behave(Behaviour::Answer(Duration::ZERO));
    dying.kill();
    buy.await.unwrap().unwrap();
    assert_eq!(left.callee.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_is_asked_for_again_or_said_to_be_lost() {
    let server = Consul::start();
    let consul = [server.address(0)];
    for reads in [true, false] {
        let (one, other) = (Node::start(&consul).await, Node::start(&consul).await);
        until_nodes(&consul[0], "order", 2).await;
        for node in [&one, &other] {
            node.callee.behave(Behaviour::Half);
        }
        let mut orders = Caller::new(&consul).orders();
        let call = tokio::spawn(async move {
            if reads {
                orders.get_info(GetInfoRequest { order_id: 1 }).await.map(|_| ())
            } else {
                orders.cancel(CancelRequest { order_id: 1 }).await.map(|_| ())
            }
        });
        eventually("the call is under way", || one.callee.calls() + other.callee.calls() == 1).await;
        // The head has time to arrive; whether it has makes no difference to what is asked.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let (dying, left) = if one.callee.calls() == 1 { (one, other) } else { (other, one) };
        left.callee.behave(Behaviour::Answer(Duration::ZERO));
        dying.kill();
        let answered = call.await.unwrap();
        if reads {
            answered.unwrap();
        } else {
            let problem = Problem::from_status(&answered.unwrap_err());
            assert_eq!(problem.reason(), "ANSWER_LOST", "{problem}");
        }
        assert_eq!(left.callee.calls(), usize::from(reads));
        left.stop().await;
        // The one that was killed is still listed.
        eventually("nobody is well", || passing(&consul[0], "order").is_empty()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_takes_connections_and_says_nothing_gets_no_calls() {
    let server = Consul::start();
    let consul = [server.address(0)];
    // The system takes connections for it, as it does for a process that hangs or ends.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    register(&consul[0], "order", silent.local_addr().unwrap().port());
    let node = Node::start(&consul).await;
    until_nodes(&consul[0], "order", 2).await;
    let caller = Caller::new(&consul);
    caller.knows(2).await;
    let load = Load::start(&caller, What::Changes, 8);
    load.more(1_000).await;
    let (done, failures) = load.end().await;
    assert!(failures.is_empty(), "{} failures, such as {:?}", failures.len(), failures.first());
    assert_eq!(node.callee.calls(), done);
}
