//! Reports what the queue holds, in the background.

pub(crate) mod link;
mod stop;

use std::{fmt, time::Duration};

use tokio::{
    sync::mpsc,
    time::{Interval, MissedTickBehavior, interval_at},
};
use tonic::Status;

use crate::{meter::Meter, queue::Counters, segment::FinishedSegment};
use link::Link;
use stop::Stop;

/// Most segments in one call: an answer comes soon enough that a lost connection loses few.
const BATCH: usize = 500;
/// The properties are told again at every so many heartbeats, as agents do: a collector may have forgotten them.
const PROPERTIES_EVERY: u32 = 10;

/// How long things take. The defaults are what agents do.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Between two signs of life.
    pub heartbeat: Duration,
    /// Segments are collected so long before a call, so that calls are few.
    pub linger: Duration,
    /// Longest a call, or making the connection, may take.
    pub call: Duration,
    /// First pause before an unreachable collector is tried again; it doubles each time.
    pub retry_first: Duration,
    /// Longest such pause.
    pub retry_longest: Duration,
    /// For what is queued when the end is told.
    pub flush: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(20),
            // 5,000 segments fit into the queue: enough for 50,000 a second.
            linger: Duration::from_millis(100),
            call: Duration::from_secs(5),
            retry_first: Duration::from_secs(1),
            retry_longest: Duration::from_secs(30),
            flush: Duration::from_secs(2),
        }
    }
}

/// What is known of the collector. Told at each change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It answers.
    Connected,
    /// It does not; segments are lost until it does.
    Away {
        /// Why, for people.
        reason: String,
    },
}

pub(crate) type Meters = Box<dyn Fn() -> Vec<Meter> + Send + Sync>;
pub(crate) type Watcher = Box<dyn Fn(LinkState) + Send + Sync>;

/// Sends segments, signs of life and meters to a collector. To be run in the background.
#[must_use = "nothing is reported until it runs"]
pub struct Reporter {
    pub(crate) link: Link,
    pub(crate) queue: mpsc::Receiver<FinishedSegment>,
    pub(crate) counters: Counters,
    pub(crate) timing: Timing,
    pub(crate) meters: Option<Meters>,
    pub(crate) watcher: Option<Watcher>,
    /// Whether the watcher was last told of a connection.
    pub(crate) told: Option<bool>,
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporter").field("counters", &self.counters).finish_non_exhaustive()
    }
}

impl Reporter {
    /// What has become of the segments.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters.clone()
    }

    /// Reports until `stop` comes, and then what is queued, for at most [`Timing::flush`].
    pub async fn run(self, stop: impl Future<Output = ()>) {
        Stop::run(stop, self.timing.flush, |stop| self.work(stop)).await;
    }

    async fn work(mut self, stop: Stop) {
        let mut pause = self.timing.retry_first;
        while !stop.is_told() {
            let ended = match self.link.properties(&stop).await {
                Ok(()) => {
                    pause = self.timing.retry_first;
                    self.connected(&stop).await
                }
                Err(status) => Err(status),
            };
            if let Err(status) = ended {
                self.away(&status);
                stop.sleep(pause).await;
                pause = (pause * 2).min(self.timing.retry_longest);
            }
        }
        self.flush(&stop).await;
    }

    /// Reports while the collector answers. Ends well when the end is told.
    async fn connected(&mut self, stop: &Stop) -> Result<(), Status> {
        self.counters.set_away(false);
        self.tell(LinkState::Connected);
        let (mut beats, mut fed) = (0_u32, true);
        let mut clock = heartbeats(self.timing.heartbeat);
        self.heartbeat(beats, stop).await?;
        loop {
            tokio::select! {
                _ = stop.told() => return Ok(()),
                _ = clock.tick() => {
                    beats = beats.wrapping_add(1);
                    self.heartbeat(beats, stop).await?;
                }
                first = self.queue.recv(), if fed => match first {
                    Some(first) => self.burst(first, stop).await?,
                    // No sink is left that could give a segment: only heartbeats remain.
                    None => fed = false,
                },
            }
        }
    }

    async fn heartbeat(&self, beats: u32, stop: &Stop) -> Result<(), Status> {
        self.link.keep_alive(stop).await?;
        if beats > 0 && beats.is_multiple_of(PROPERTIES_EVERY) {
            self.link.properties(stop).await?;
        }
        let meters = self.meters.as_ref().map(|read| read()).unwrap_or_default();
        if meters.is_empty() { Ok(()) } else { self.link.meters(meters, stop).await }
    }

    /// Sends a segment with those that follow it soon.
    async fn burst(&mut self, first: FinishedSegment, stop: &Stop) -> Result<(), Status> {
        stop.sleep(self.timing.linger).await;
        let mut batch = vec![first];
        loop {
            while batch.len() < BATCH
                && let Ok(segment) = self.queue.try_recv()
            {
                batch.push(segment);
            }
            if batch.is_empty() {
                return Ok(());
            }
            self.send(std::mem::take(&mut batch), stop).await?;
        }
    }

    async fn send(&self, batch: Vec<FinishedSegment>, stop: &Stop) -> Result<(), Status> {
        let segments = batch.len();
        let answer = self.link.segments(batch, stop).await;
        if answer.is_ok() {
            self.counters.send(segments);
        } else {
            self.counters.lose(segments);
        }
        answer
    }

    /// From here on segments are not queued; what is queued is old when the collector comes back.
    fn away(&mut self, status: &Status) {
        self.counters.set_away(true);
        self.drop_queued();
        self.tell(LinkState::Away { reason: format!("{:?}: {}", status.code(), status.message()) });
    }

    async fn flush(&mut self, stop: &Stop) {
        self.queue.close();
        while let Ok(first) = self.queue.try_recv() {
            if self.burst(first, stop).await.is_err() {
                break;
            }
        }
        self.drop_queued();
    }

    fn drop_queued(&mut self) {
        let mut dropped = 0;
        while self.queue.try_recv().is_ok() {
            dropped += 1;
        }
        self.counters.lose(dropped);
    }

    /// Tells changes: one who is away for another reason is still away.
    fn tell(&mut self, state: LinkState) {
        let connected = state == LinkState::Connected;
        if self.told.replace(connected) != Some(connected)
            && let Some(watcher) = &self.watcher
        {
            watcher(state);
        }
    }
}

/// Ticks, the first after one period; a beat that was missed is not made up for.
fn heartbeats(period: Duration) -> Interval {
    let mut clock = interval_at(tokio::time::Instant::now() + period, period);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    clock
}
