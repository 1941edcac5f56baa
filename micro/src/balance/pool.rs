//! The nodes of one service, and which of them gets the next call.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::budget::Budget;
use super::connect::Target;
use super::node::Node;
use crate::metrics::Client;

/// The nodes of a service as they are known now.
pub struct Pool {
    service: Arc<str>,
    nodes: ArcSwap<Vec<Arc<Node>>>,
    /// How many calls may be repeated.
    pub budget: Budget,
    /// Counts the calls.
    pub seen: Client,
}

/// Nodes that one call has been to.
#[derive(Default)]
pub struct Tried(Vec<(Arc<Node>, bool)>);

impl Tried {
    /// The call was not done there; `reachable`: it may be tried there once more.
    pub fn add(&mut self, node: Arc<Node>, reachable: bool) {
        self.0.retain(|(known, _)| !Arc::ptr_eq(known, &node));
        self.0.push((node, reachable));
    }

    /// Whether it was there.
    pub fn has(&self, node: &Arc<Node>) -> bool {
        self.0.iter().any(|(known, _)| Arc::ptr_eq(known, node))
    }
}

impl Pool {
    /// A service with no nodes yet.
    pub fn new(service: &str) -> Self {
        Self {
            service: service.into(),
            nodes: ArcSwap::default(),
            budget: Budget::default(),
            seen: Client::new(service),
        }
    }

    /// Name of the service.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.load().is_empty()
    }

    /// These are the nodes now. What is known of those that stay is kept; calls
    /// under way at those that go end in peace.
    pub fn set(&self, targets: Vec<Target>) {
        let known = self.nodes.load();
        let mut nodes: Vec<Arc<Node>> = Vec::with_capacity(targets.len());
        for target in targets {
            if nodes.iter().any(|node| node.target().authority == target.authority) {
                continue;
            }
            let kept = known.iter().find(|node| *node.target() == target).cloned();
            nodes.push(kept.unwrap_or_else(|| Arc::new(Node::new(target))));
        }
        if nodes.len() != known.len() || !nodes.iter().all(|node| known.iter().any(|k| Arc::ptr_eq(k, node)))
        {
            tracing::debug!(service = %self.service, nodes = nodes.len(), "other nodes");
            self.nodes.store(Arc::new(nodes));
        }
    }

    /// The node for the next attempt of a call: of two taken at random the one
    /// with fewer calls under way. Those that are well and were not tried come
    /// first, then those that were not tried, then those that may be tried again.
    pub fn pick(&self, tried: &Tried) -> Option<Arc<Node>> {
        let nodes = self.nodes.load();
        let two = pair(nodes.len());
        if let Some((one, other)) = two
            && tried.0.is_empty()
            && nodes[one].is_well()
            && nodes[other].is_well()
        {
            return Some(lighter(&nodes[one], &nodes[other]));
        }
        let fresh = |node: &&Arc<Node>| !tried.has(node);
        let again =
            |node: &&Arc<Node>| tried.0.iter().any(|(t, reachable)| *reachable && Arc::ptr_eq(t, node));
        one_of(nodes.iter().filter(fresh).filter(|node| node.is_well()))
            .or_else(|| one_of(nodes.iter().filter(fresh)))
            .or_else(|| one_of(nodes.iter().filter(again)))
    }
}

/// Two different places among `count`; the same where there is only one.
fn pair(count: usize) -> Option<(usize, usize)> {
    match count {
        0 => None,
        1 => Some((0, 0)),
        _ => {
            let one = rand::random_range(0..count);
            let step = rand::random_range(1..count);
            Some((one, (one + step) % count))
        }
    }
}

fn lighter(one: &Arc<Node>, other: &Arc<Node>) -> Arc<Node> {
    if other.calls() < one.calls() { other.clone() } else { one.clone() }
}

fn one_of<'a>(nodes: impl Iterator<Item = &'a Arc<Node>>) -> Option<Arc<Node>> {
    let nodes: Vec<_> = nodes.collect();
    let (one, other) = pair(nodes.len())?;
    Some(lighter(nodes[one], nodes[other]))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use http::uri::Authority;

    use super::*;

    fn target(port: u16) -> Target {
        Target { authority: Authority::try_from(format!("127.0.0.1:{port}")).unwrap(), ours: true }
    }

    fn pool(ports: &[u16]) -> Pool {
        let pool = Pool::new("film");
        pool.set(ports.iter().map(|port| target(*port)).collect());
        pool
    }

    #[test]
    fn every_node_gets_calls_and_one_after_another_is_tried() {
        let pool = pool(&[1, 2, 3]);
        let mut seen = HashMap::new();
        for _ in 0..300 {
            let node = pool.pick(&Tried::default()).unwrap();
            *seen.entry(node.authority().clone()).or_insert(0) += 1;
        }
        assert!(seen.len() == 3 && seen.values().all(|count| *count > 30), "{seen:?}");
        let mut tried = Tried::default();
        for _ in 0..3 {
            let node = pool.pick(&tried).unwrap();
            assert!(!tried.has(&node));
            tried.add(node, false);
        }
        assert!(pool.pick(&tried).is_none());
        let last = pool.nodes.load()[1].clone();
        tried.add(last.clone(), true);
        assert!(Arc::ptr_eq(&pool.pick(&tried).unwrap(), &last));
    }

    #[test]
    fn an_ejected_node_is_passed_over_while_there_is_another() {
        let pool = pool(&[1, 2]);
        let (bad, good) = (pool.nodes.load()[0].clone(), pool.nodes.load()[1].clone());
        let fail = |node: &Node| (0..5).for_each(|_| node.failed());
        fail(&bad);
        for _ in 0..50 {
            assert!(Arc::ptr_eq(&pool.pick(&Tried::default()).unwrap(), &good));
        }
        fail(&good);
        assert!(pool.pick(&Tried::default()).is_some(), "never all of them");
    }

    #[test]
    fn nodes_that_stay_are_kept_and_doubles_are_one() {
        let pool = pool(&[1, 2]);
        let first = pool.nodes.load()[0].clone();
        pool.set(vec![target(1), target(3), target(3)]);
        let nodes = pool.nodes.load();
        assert_eq!(nodes.len(), 2);
        assert!(Arc::ptr_eq(&nodes[0], &first));
        pool.set(Vec::new());
        assert!(pool.is_empty() && pool.pick(&Tried::default()).is_none());
    }
}
