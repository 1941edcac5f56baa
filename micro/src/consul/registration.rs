//! This process's services in Consul.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::client::{ANSWER_WITHIN, Client, ConsulError, escaped};
use super::endpoints;
use super::tags::Description;
use crate::balance::Backoff;

/// The first pause after Consul could not be told.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// How long a start waits for it.
const KNOWN_WITHIN: Duration = Duration::from_secs(3);
/// How long saying goodbye may take.
const GOODBYE_WITHIN: Duration = Duration::from_secs(2);
/// Consul forgets no service sooner than a minute after its check failed.
const FORGET_FLOOR: Duration = Duration::from_secs(60);
/// What go-micro adds to that, and to a longer life of the check.
const FORGET_MORE: Duration = Duration::from_secs(5);
/// The key of a node's metadata that tells nodes of this kit from others.
pub const KIT: (&str, &str) = ("kit", "marquee");

/// One node of a service.
pub struct Registration {
    id: String,
    ttl: Duration,
    body: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition<'a> {
    #[serde(rename = "ID")]
    id: &'a str,
    name: &'a str,
    address: &'a str,
    port: u16,
    meta: &'a BTreeMap<String, String>,
    tags: Vec<String>,
    check: CheckDefinition,
}

#[derive(Serialize)]
struct CheckDefinition {
    #[serde(rename = "TTL")]
    ttl: String,
    #[serde(rename = "DeregisterCriticalServiceAfter")]
    forget_after: String,
}

impl Registration {
    /// A node of `service` that is called at `host` and `port`.
    ///
    /// # Errors
    /// What cannot be JSON, which names and numbers always can.
    pub fn new(
        service: &str,
        version: &str,
        host: &str,
        port: u16,
        ttl: Duration,
    ) -> Result<Self, serde_json::Error> {
        let id = format!("{service}-{}", uuid());
        let said = Description {
            metadata: metadata(),
            endpoints: endpoints::of(service),
            version: version.to_owned(),
        };
        let body = serde_json::to_vec(&Definition {
            id: &id,
            name: service,
            address: host,
            port,
            meta: &said.metadata,
            tags: said.to_tags(),
            check: CheckDefinition { ttl: go_duration(ttl), forget_after: go_duration(forget_after(ttl)) },
        })?;
        Ok(Self { id, ttl, body })
    }
}

/// What go-micro's own servers say of themselves, and that this one has the kit.
fn metadata() -> BTreeMap<String, String> {
    let pairs = [
        ("broker", "http"),
        ("transport", "grpc"),
        ("server", "grpc"),
        ("registry", "consul"),
        ("protocol", "grpc"),
        KIT,
    ];
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

fn forget_after(ttl: Duration) -> Duration {
    ttl.max(FORGET_FLOOR) + FORGET_MORE
}

fn go_duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    if milliseconds.is_multiple_of(1000) {
        format!("{}s", milliseconds / 1000)
    } else {
        format!("{milliseconds}ms")
    }
}

/// A random one, RFC 9562 version 4.
fn uuid() -> String {
    let bits = rand::random::<u128>() & !(0xF << 76 | 0x3 << 62) | (0x4 << 76 | 0x2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A node that is being kept registered.
pub struct Registered {
    stop: CancellationToken,
    known: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl Registered {
    /// Registers a node and keeps it so, whatever becomes of Consul.
    pub fn keep(client: Arc<Client>, registration: Registration) -> Self {
        let stop = CancellationToken::new();
        let (known, is_known) = watch::channel(false);
        let keeping = Keeping { client, registration, at: None, known_to: BTreeSet::new(), known };
        Self { task: tokio::spawn(keeping.run(stop.clone())), stop, known: is_known }
    }

    /// Waits until others can find the node, but not for a Consul that is away.
    pub async fn is_known(&mut self) {
        if tokio::time::timeout(KNOWN_WITHIN, self.known.wait_for(|known| *known)).await.is_err() {
            tracing::warn!("not registered yet: others find this process once Consul is there");
        }
    }

    /// Takes the node out of the registry, or gives up after a moment.
    pub async fn withdraw(self) {
        self.stop.cancel();
        if self.task.await.is_err() {
            tracing::warn!("a registration was not taken back: its task has failed");
        }
    }
}

struct Keeping {
    client: Arc<Client>,
    registration: Registration,
    /// The agent that has it.
    at: Option<usize>,
    /// All agents that were told of it.
    known_to: BTreeSet<usize>,
    /// Whether it was ever registered.
    known: watch::Sender<bool>,
}

impl Keeping {
    async fn run(mut self, stop: CancellationToken) {
        let rhythm = self.registration.ttl / 3;
        let mut backoff = Backoff::new(FIRST_PAUSE, rhythm);
        loop {
            let renewed = stop.run_until_cancelled(self.renew()).await;
            let pause = match renewed {
                None => break,
                Some(Ok(())) => {
                    if !backoff.is_fresh() {
                        tracing::info!(id = self.registration.id, "registered again");
                    }
                    backoff.reset();
                    self.known.send_if_modified(|known| !std::mem::replace(known, true));
                    rhythm
                }
                Some(Err(error)) => {
                    if backoff.is_fresh() {
                        tracing::warn!(id = self.registration.id, %error, "not registered; it is tried again");
                    }
                    backoff.next()
                }
            };
            if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                break;
            }
        }
        self.withdraw().await;
    }

    /// Says that the node is alive; registers it where its agent does not know it.
    async fn renew(&mut self) -> Result<(), ConsulError> {
        if let Some(at) = self.at {
            match self.pass(at).await {
                Ok(()) => return Ok(()),
                // It came back without its memory, or has forgotten a node that was silent.
                Err(ConsulError::Refused { .. }) => {}
                Err(error) => {
                    self.at = None;
                    self.client.avoid(at);
                    return Err(error);
                }
            }
        }
        let at = self.client.preferred();
        let registered = self.register(at).await;
        if registered.is_err() {
            self.client.avoid(at);
        }
        registered
    }

    async fn register(&mut self, at: usize) -> Result<(), ConsulError> {
        // Noted first: the answer may be lost.
        self.known_to.insert(at);
        self.client
            .put(at, "/v1/agent/service/register", self.registration.body.clone(), self.patience())
            .await?;
        self.pass(at).await?;
        if self.at.replace(at) != Some(at) {
            tracing::info!(id = self.registration.id, "registered");
        }
        Ok(())
    }

    async fn pass(&self, at: usize) -> Result<(), ConsulError> {
        let path = format!("/v1/agent/check/pass/service:{}", escaped(&self.registration.id));
        self.client.put(at, &path, Vec::new(), self.patience()).await
    }

    /// A sign of life that comes late is none.
    fn patience(&self) -> Duration {
        (self.registration.ttl / 3).min(ANSWER_WITHIN)
    }

    async fn withdraw(&self) {
        let path = format!("/v1/agent/service/deregister/{}", escaped(&self.registration.id));
        let told = self.known_to.iter().map(|at| self.client.put(*at, &path, Vec::new(), GOODBYE_WITHIN));
        for (at, told) in self.known_to.iter().zip(futures_util::future::join_all(told).await) {
            match told {
                Ok(()) => tracing::info!(id = self.registration.id, "taken out of the registry"),
                Err(error) if Some(*at) == self.at => {
                    tracing::warn!(id = self.registration.id, %error, "not taken out of the registry; its check ends");
                }
                Err(error) => {
                    tracing::debug!(id = self.registration.id, %error, "an agent of before was not told");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_life_is_forgotten_after_65_seconds_and_a_long_one_5_seconds_after_it() {
        for (ttl, after) in [(15, 65), (59, 65), (60, 65), (120, 125)] {
            assert_eq!(forget_after(Duration::from_secs(ttl)), Duration::from_secs(after));
        }
    }

    #[test]
    fn ids_are_random_uuids_behind_the_name() {
        let registration = Registration::new("film", "1", "h", 1, Duration::from_secs(15)).unwrap();
        let id = registration.id.strip_prefix("film-").unwrap();
        let parts: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert!(id.as_bytes()[14] == b'4' && matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
        assert_ne!(uuid(), uuid());
    }
}
