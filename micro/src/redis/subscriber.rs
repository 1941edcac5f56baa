//! Messages between processes: at most once, and it is said when some may be missing.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use redis::{FromRedisValue, PushInfo, PushKind, RedisError};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::connect::{Connection, OnPush};
use super::{Failure, Redis};
use crate::Tasks;

/// Messages that wait to be taken; what comes beyond is missed, and said to be.
const WAITING: usize = 16_384;
/// How often a lost connection is made anew.
const CONNECT_EVERY: Duration = Duration::from_millis(250);
/// How long the server may take to confirm a subscription.
const CONFIRM: Duration = Duration::from_secs(1);

/// What comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Somebody published this.
    Published {
        /// On which channel.
        channel: String,
        /// What.
        payload: Vec<u8>,
    },
    /// Messages of any channel may have been missed.
    Missed,
}

/// The channels this process listens to.
#[derive(Clone)]
pub struct Subscriptions(Arc<Inner>);

struct Inner {
    redis: Redis,
    messages: mpsc::Sender<Message>,
    wanted: Mutex<HashSet<String>>,
    link: tokio::sync::Mutex<Option<Link>>,
    /// The connection was lost, or one is wanted.
    disconnected: Arc<Notify>,
}

/// A connection that listens.
struct Link {
    connection: Connection,
    /// Whether its end is news.
    kept: Arc<AtomicBool>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.kept.store(false, Ordering::Release);
    }
}

impl Subscriptions {
    /// Begins to listen; connects when the first channel is wanted.
    #[must_use]
    pub fn start(redis: Redis, tasks: &Tasks) -> (Self, mpsc::Receiver<Message>) {
        let (messages, incoming) = mpsc::channel(WAITING);
        let inner = Arc::new(Inner {
            redis,
            messages,
            wanted: Mutex::default(),
            link: tokio::sync::Mutex::new(None),
            disconnected: Arc::default(),
        });
        let kept = inner.clone();
        tasks.spawn("redis.subscriptions", move |stop| keep_connected(kept, stop));
        (Self(inner), incoming)
    }

    /// Listens to a channel; after the answer nothing published on it is missed, unless that is said.
    ///
    /// # Errors
    /// Where Redis is away. It is listened to once it is back.
    pub async fn listen(&self, channel: &str) -> Result<(), Failure> {
        self.0.wanted.lock().insert(channel.to_owned());
        let mut link = self.0.link.lock().await;
        let listening = match link.as_mut() {
            Some(link) => subscribe(&mut link.connection, &[channel.to_owned()]).await,
            None => self.0.connect(&mut link).await,
        };
        listening.map_err(|error| {
            self.0.disconnected.notify_one();
            Failure::Away(error.to_string())
        })
    }

    /// Listens no more.
    pub async fn leave(&self, channel: &str) {
        self.0.wanted.lock().remove(channel);
        if let Some(link) = self.0.link.lock().await.as_mut() {
            // Where it fails, messages that nobody wants come in and are passed over.
            let _ = tokio::time::timeout(CONFIRM, unsubscribe(&mut link.connection, channel)).await;
        }
    }
}

impl Inner {
    async fn connect(&self, link: &mut Option<Link>) -> Result<(), RedisError> {
        let kept = Arc::new(AtomicBool::new(true));
        let connection = self.redis.0.connector.connect(Some(self.on_push(kept.clone()))).await?;
        let mut new = Link { connection, kept };
        let wanted: Vec<String> = self.wanted.lock().iter().cloned().collect();
        if !wanted.is_empty() {
            subscribe(&mut new.connection, &wanted).await?;
        }
        *link = Some(new);
        Ok(())
    }

    fn on_push(&self, kept: Arc<AtomicBool>) -> OnPush {
        let (messages, disconnected) = (self.messages.clone(), self.disconnected.clone());
        Box::new(move |info| {
            let message = match info.kind {
                PushKind::Disconnection if !kept.load(Ordering::Acquire) => return,
                PushKind::Disconnection => {
                    disconnected.notify_one();
                    Message::Missed
                }
                PushKind::Message | PushKind::SMessage => match published(info) {
                    Some(message) => message,
                    None => return,
                },
                _ => return,
            };
            // A reader that is so far behind finds the gap by the numbers of the messages.
            let _ = messages.try_send(message);
        })
    }
}

/// Makes the connection anew whenever it was lost.
///
/// A cluster's too: it mends its connections, but as long as nobody asks it
/// anything it does not learn that another node is in charge now. The old
/// connection is kept until then: it still hears what the other shards publish.
async fn keep_connected(inner: Arc<Inner>, stop: CancellationToken) {
    while stop.run_until_cancelled(inner.disconnected.notified()).await.is_some() {
        while !inner.wanted.lock().is_empty() {
            let mut link = inner.link.lock().await;
            let connected = inner.connect(&mut link).await.is_ok();
            drop(link);
            if connected {
                let _ = inner.messages.send(Message::Missed).await;
                break;
            }
            if stop.run_until_cancelled(tokio::time::sleep(CONNECT_EVERY)).await.is_none() {
                return;
            }
        }
    }
}

async fn subscribe(connection: &mut Connection, channels: &[String]) -> Result<(), RedisError> {
    let subscribing = async {
        match connection {
            Connection::One(connection) => connection.subscribe(channels).await,
            // One by one: channels of one command must share a slot.
            Connection::Cluster(connection) => {
                for channel in channels {
                    connection.ssubscribe(channel).await?;
                }
                Ok(())
            }
        }
    };
    let late = |_| Err(RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut)));
    tokio::time::timeout(CONFIRM, subscribing).await.unwrap_or_else(late)
}

async fn unsubscribe(connection: &mut Connection, channel: &str) -> Result<(), RedisError> {
    match connection {
        Connection::One(connection) => connection.unsubscribe(channel).await,
        Connection::Cluster(connection) => connection.sunsubscribe(channel).await,
    }
}

/// Channel and payload of a message.
fn published(info: PushInfo) -> Option<Message> {
    let mut data = info.data.into_iter();
    let channel = String::from_redis_value(data.next()?).ok()?;
    let payload = Vec::<u8>::from_redis_value(data.next()?).ok()?;
    Some(Message::Published { channel, payload })
}
