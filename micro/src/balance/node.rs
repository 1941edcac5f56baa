//! One node of a service.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::uri::Authority;

use super::backoff::Backoff;
use super::connect::{ConnectError, Sender, Target};
use super::connections::{Connections, Place};
use super::health::Health;
use crate::metrics;

/// The first pause before a node that cannot be reached is tried again.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A node: its connections, its calls under way, its health.
pub struct Node {
    target: Target,
    /// Its host and port, as traces show them.
    peer: Arc<str>,
    connections: Connections,
    calls: AtomicUsize,
    health: Health,
}

impl Node {
    /// A node that nobody has called yet.
    pub fn new(target: Target) -> Self {
        Self {
            connections: Connections::new(target.clone()),
            peer: target.authority.as_str().into(),
            target,
            calls: AtomicUsize::new(0),
            health: Health::default(),
        }
    }

    /// Where it is.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Its host and port.
    pub fn authority(&self) -> &Authority {
        &self.target.authority
    }

    /// The same, as traces show it.
    pub fn peer(&self) -> &Arc<str> {
        &self.peer
    }

    /// Calls under way.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Whether calls should go there while others are better.
    pub fn is_well(&self) -> bool {
        self.health.is_well()
    }

    /// A place for a call.
    ///
    /// # Errors
    /// No connection can be made; the node is left alone until one can be.
    pub async fn lease(self: &Arc<Self>) -> Result<Lease, ConnectError> {
        // Counted while it waits for a connection too, so that others go elsewhere.
        self.calls.fetch_add(1, Ordering::Relaxed);
        let counted = Counted(self.clone());
        match self.connections.place().await {
            Ok(place) => {
                self.health.can_be_reached();
                Ok(Lease { counted, place })
            }
            Err(error) => {
                self.leave_alone(&error);
                Err(error)
            }
        }
    }

    /// It has answered.
    pub fn answered(&self) {
        self.health.answered();
    }

    /// It has lost a call, or said that it is unavailable.
    pub fn failed(&self) {
        if let Some(pause) = self.health.failed() {
            metrics::node_ejected("failing");
            tracing::warn!(node = %self.authority(), ?pause, "a node fails again and again: others are called");
        }
    }

    /// Connects in the background until it works, so that no call has to find out.
    fn leave_alone(self: &Arc<Self>, error: &ConnectError) {
        if !self.health.cannot_be_reached() {
            return;
        }
        metrics::node_ejected("unreachable");
        tracing::warn!(%error, "a node cannot be reached: others are called");
        let node = Arc::downgrade(self);
        tokio::spawn(async move {
            let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
            loop {
                tokio::time::sleep(backoff.next()).await;
                // Nobody knows it any more, or a call has reached it.
                let Some(node) = node.upgrade().filter(|node| node.health.is_unreachable()) else { return };
                if node.connections.place().await.is_ok() {
                    node.health.can_be_reached();
                    tracing::info!(node = %node.authority(), "a node can be reached again");
                    return;
                }
            }
        });
    }
}

/// A call's place at a node, until it is dropped.
pub struct Lease {
    counted: Counted,
    place: Place,
}

/// One of a node's calls under way.
struct Counted(Arc<Node>);

impl Lease {
    /// The node.
    pub fn node(&self) -> &Arc<Node> {
        &self.counted.0
    }

    /// Sends on the connection.
    pub fn sender(&self) -> Sender {
        self.place.sender()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.calls.fetch_sub(1, Ordering::Relaxed);
    }
}
