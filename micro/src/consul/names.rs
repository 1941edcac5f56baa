//! Names of all services in Consul.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use serde::de::IgnoredAny;

use super::client::Client;
use super::follow::{Followed, follow};
use crate::Tasks;

/// Consul's own entry.
const CONSUL: &str = "consul";
/// Names that are kept.
const MAX_NAMES: usize = 10_000;

/// The names; followed from the first time that somebody asks.
pub struct Names {
    client: Arc<Client>,
    tasks: Tasks,
    known: Arc<ArcSwap<Vec<String>>>,
    followed: AtomicBool,
}

impl Names {
    /// None are known.
    pub fn new(client: Arc<Client>, tasks: Tasks) -> Self {
        Self { client, tasks, known: Arc::default(), followed: AtomicBool::new(false) }
    }

    /// Those that are known, in order. None the first time.
    pub fn known(&self) -> Arc<Vec<String>> {
        if !self.followed.swap(true, Ordering::Relaxed) {
            let (client, mut known) = (self.client.clone(), Known(self.known.clone()));
            self.tasks.spawn("names of services", move |stop| async move {
                follow(&client, "/v1/catalog/services", &stop, &mut known).await;
            });
        }
        self.known.load_full()
    }
}

struct Known(Arc<ArcSwap<Vec<String>>>);

impl Followed for Known {
    type Value = BTreeMap<String, IgnoredAny>;

    fn is_wanted(&self) -> bool {
        true
    }

    fn changed(&mut self, services: Self::Value, began_anew: bool) -> bool {
        let names: Vec<String> = services.into_keys().filter(|name| name != CONSUL).take(MAX_NAMES).collect();
        // A Consul without its memory learns soon what there is.
        if began_anew && names.is_empty() {
            return false;
        }
        self.0.store(Arc::new(names));
        true
    }

    fn away(&mut self) {}
}
