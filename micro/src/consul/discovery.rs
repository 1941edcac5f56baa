//! Where other services are: watched in Consul, remembered while it is away.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::client::Client;
use super::follow::{Ended, Followed, follow};
use super::health::{self, Entry, Version};
use super::names::Names;
use super::registration::KIT;
use crate::balance::{Pool, Target};
use crate::{Problem, Tasks};

/// Services watched at a time: each is a connection to Consul.
const MAX_WATCHED: usize = 256;
/// A service that nobody has called for this long is not watched any more.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(600);
/// How long the first call of a service waits to learn where it is.
const FIRST_ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// What is known of services elsewhere.
pub struct Discovery {
    client: Arc<Client>,
    tasks: Tasks,
    /// How long nodes are still called that have all become critical at once.
    grace: Duration,
    began: Instant,
    watched: ArcSwap<HashMap<Arc<str>, Arc<Watched>>>,
    /// Held while services are added or forgotten.
    changing: Mutex<()>,
    names: Names,
}

/// What is known of the nodes of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Knowledge {
    NotAsked,
    /// Consul did not answer yet.
    Away,
    Known,
}

struct Watched {
    pool: Arc<Pool>,
    versions: ArcSwap<Vec<Version>>,
    knowledge: watch::Sender<Knowledge>,
    /// Seconds since [`Discovery::began`].
    called_at: AtomicU64,
}

impl Discovery {
    /// Nothing is watched before it is asked for.
    pub fn new(client: Arc<Client>, tasks: Tasks, grace: Duration) -> Arc<Self> {
        Arc::new(Self {
            names: Names::new(client.clone(), tasks.clone()),
            client,
            tasks,
            grace,
            began: Instant::now(),
            watched: ArcSwap::default(),
            changing: Mutex::default(),
        })
    }

    /// Names of the services in Consul, as far as they are known.
    pub fn names(&self) -> Arc<Vec<String>> {
        self.names.known()
    }

    /// The nodes of a service; waits for the first answer of Consul.
    ///
    /// # Errors
    /// `SERVICE_UNAVAILABLE`: Consul has not told, or too many services are asked for.
    pub async fn pool(self: &Arc<Self>, service: &str) -> Result<Arc<Pool>, Problem> {
        Ok(self.watched(service).await?.pool.clone())
    }

    /// The nodes of a service by their versions.
    ///
    /// # Errors
    /// As [`pool`](Self::pool).
    pub async fn versions(self: &Arc<Self>, service: &str) -> Result<Arc<Vec<Version>>, Problem> {
        Ok(self.watched(service).await?.versions.load_full())
    }

    async fn watched(self: &Arc<Self>, service: &str) -> Result<Arc<Watched>, Problem> {
        let watched = match self.watched.load().get(service) {
            Some(watched) => watched.clone(),
            None => self.watch(service)?,
        };
        let now = self.began.elapsed().as_secs();
        if watched.called_at.load(Ordering::Relaxed) != now {
            watched.called_at.store(now, Ordering::Relaxed);
        }
        if *watched.knowledge.borrow() == Knowledge::Known {
            return Ok(watched);
        }
        let mut knowledge = watched.knowledge.subscribe();
        let told = knowledge.wait_for(|knowledge| *knowledge != Knowledge::NotAsked);
        let told = tokio::time::timeout(FIRST_ANSWER_WITHIN, told).await;
        if told.is_ok_and(|told| told.is_ok_and(|knowledge| *knowledge == Knowledge::Known)) {
            return Ok(watched);
        }
        let message = format!("where service {service} is cannot be asked at the moment");
        Err(Problem::unavailable("SERVICE_UNAVAILABLE", message))
    }

    fn watch(self: &Arc<Self>, service: &str) -> Result<Arc<Watched>, Problem> {
        let _changing = self.changing.lock();
        let known = self.watched.load();
        if let Some(watched) = known.get(service) {
            return Ok(watched.clone());
        }
        if known.len() >= MAX_WATCHED {
            let message =
                format!("more than {MAX_WATCHED} services are called; service {service} is one too many");
            return Err(Problem::unavailable("SERVICE_UNAVAILABLE", message));
        }
        let watched = Arc::new(Watched {
            pool: Arc::new(Pool::new(service)),
            versions: ArcSwap::default(),
            knowledge: watch::Sender::new(Knowledge::NotAsked),
            called_at: AtomicU64::new(self.began.elapsed().as_secs()),
        });
        let mut with_it = HashMap::clone(&known);
        with_it.insert(service.into(), watched.clone());
        self.watched.store(Arc::new(with_it));
        let (discovery, service, nodes) = (self.clone(), service.to_owned(), watched.clone());
        self.tasks
            .spawn("discovery", move |stop| async move { discovery.follow(&service, nodes, stop).await });
        Ok(watched)
    }

    async fn follow(&self, service: &str, watched: Arc<Watched>, stop: CancellationToken) {
        let path = format!("/v1/health/service/{}", super::client::escaped(service));
        let mut nodes = Nodes { discovery: self, service, watched: &watched, doubted_since: None };
        if follow(&self.client, &path, &stop, &mut nodes).await == Ended::Unwanted {
            tracing::debug!(service, "nobody calls it: it is not watched any more");
        }
    }

    /// Stops watching where nobody has called for a long time.
    fn forget(&self, service: &str, watched: &Watched) -> bool {
        let idle = self.began.elapsed().as_secs().saturating_sub(watched.called_at.load(Ordering::Relaxed));
        if idle < FORGOTTEN_AFTER.as_secs() {
            return false;
        }
        let _changing = self.changing.lock();
        let mut without_it = HashMap::clone(&self.watched.load());
        without_it.remove(service);
        self.watched.store(Arc::new(without_it));
        true
    }
}

/// The nodes of one service while they are followed.
struct Nodes<'a> {
    discovery: &'a Discovery,
    service: &'a str,
    watched: &'a Watched,
    /// Since when what Consul says of the nodes has not been believed.
    doubted_since: Option<Instant>,
}

impl Followed for Nodes<'_> {
    type Value = Vec<Entry>;

    fn is_wanted(&self) -> bool {
        !self.discovery.forget(self.service, self.watched)
    }

    fn changed(&mut self, entries: Vec<Entry>, began_anew: bool) -> bool {
        let (versions, critical) = health::read(entries);
        // When all become critical at once, or all are gone from a Consul that has
        // lost its memory, then Consul was ill and not they: a call finds out.
        let doubtful = versions.is_empty() && (critical > 0 || began_anew || self.doubted_since.is_some());
        if doubtful && !self.watched.pool.is_empty() {
            let since = *self.doubted_since.get_or_insert_with(Instant::now);
            if since.elapsed() < self.discovery.grace {
                return false;
            }
        }
        self.doubted_since = None;
        let nodes = versions.iter().flat_map(|version| &version.nodes);
        self.watched.pool.set(nodes.filter_map(target).collect());
        self.watched.versions.store(Arc::new(versions));
        self.watched
            .knowledge
            .send_if_modified(|known| std::mem::replace(known, Knowledge::Known) != Knowledge::Known);
        true
    }

    fn away(&mut self) {
        self.watched.knowledge.send_if_modified(|known| {
            let first = *known == Knowledge::NotAsked;
            if first {
                *known = Knowledge::Away;
            }
            first
        });
    }
}

fn target(node: &health::Instanced) -> Option<Target> {
    let host = if node.host.contains(':') { format!("[{}]", node.host) } else { node.host.clone() };
    let authority = format!("{host}:{}", node.port).parse();
    if authority.is_err() {
        tracing::warn!(id = node.id, host = node.host, "a node's address cannot be understood");
    }
    let ours = node.metadata.get(KIT.0).is_some_and(|kit| kit == KIT.1);
    Some(Target { authority: authority.ok()?, ours })
}
