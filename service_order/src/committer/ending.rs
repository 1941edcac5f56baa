//! The end of a batch: it is made durable, the gate takes note, and everybody gets their answer.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use micro::BoxError;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::batch::{SeatEvent, Written};
use super::command::Answer;
use crate::metrics;
use crate::store::{Durability, StoreError, Syncing};

/// Batches that wait for the disk at most, besides those it is asked for; then no more are computed.
const WAITING: usize = 4;

/// What became of a batch, for the gate.
pub struct Committed {
    /// These seats changed hands, in this order.
    pub events: Vec<SeatEvent>,
    /// Whether that is known; otherwise what the gate remembers of these seats may be wrong.
    pub certain: bool,
    /// To be given once the gate has taken note.
    pub answers: Answers,
}

/// The answers to a batch, not yet given.
pub struct Answers {
    answers: Vec<Answer>,
    callers: Callers,
    began: Instant,
}

impl Answers {
    /// Gives everybody their answer.
    ///
    /// One task among the callers' own does it: it wakes them for next to nothing,
    /// where waking each from another thread costs a system call.
    pub fn give(self) {
        let Self { answers, callers: Callers { to, runtime }, began } = self;
        let commands = answers.len();
        runtime.spawn(async move {
            for (answer, to) in answers.into_iter().zip(to) {
                // Who no longer waits finds the order in the list of theirs.
                let _ = to.send(Answered { answer, commands, began });
            }
        });
    }
}

/// Who waits for the answers to a batch.
pub(super) struct Callers {
    /// Each in its place.
    pub to: Vec<oneshot::Sender<Answered>>,
    /// Where they run.
    pub runtime: Handle,
}

/// An answer, with the batch it was given in.
pub(super) struct Answered {
    /// The answer.
    pub answer: Answer,
    /// How many commands the batch had.
    pub commands: usize,
    /// When its transaction began.
    pub began: Instant,
}

/// A batch that was computed.
pub(super) struct Batch {
    /// What it came to, or why it was not written.
    pub written: Result<Written, StoreError>,
    /// How many commands it had.
    pub commands: usize,
    /// Who waits for it.
    pub callers: Callers,
    /// When its transaction began.
    pub began: Instant,
}

impl Batch {
    fn end(self, committed: &impl Fn(Committed)) {
        let Self { written, commands, callers, began } = self;
        metrics::batch_ended(began, written.as_ref().ok().map(|written| written.certain));
        match written {
            Ok(Written { answers, events, certain, tally }) => {
                if certain {
                    tally.count(&events);
                }
                committed(Committed { events, certain, answers: Answers { answers, callers, began } });
            }
            Err(error) => {
                tracing::error!(%error, commands, "a batch could not be written");
                let answers = (0..commands).map(|_| Err(error.again().into())).collect();
                Answers { answers, callers, began }.give();
            }
        }
    }

    /// The same, where the disk may not have kept it.
    fn unsynced(mut self, error: &StoreError) -> Self {
        let unknown = StoreError::Unknown(error.to_string().into());
        self.written = self.written.map(|written| written.uncertain(&unknown));
        self
    }
}

/// Ends batches, in their order.
pub(super) enum Ending {
    /// What is committed is durable: they end where they were computed.
    AtOnce(Box<dyn Fn(Committed) + Send>),
    /// A thread waits for the disk, for all batches that have come until then.
    Synced(SyncSender<Batch>, Arc<Durability>, JoinHandle<()>),
}

impl Ending {
    /// # Errors
    /// Where no thread can be started.
    pub fn start(
        syncing: Option<(Arc<Durability>, Syncing)>,
        committed: impl Fn(Committed) + Send + 'static,
    ) -> Result<Self, BoxError> {
        let Some((durability, sync)) = syncing else { return Ok(Self::AtOnce(Box::new(committed))) };
        let (batches, computed) = sync_channel(WAITING);
        let reached = durability.clone();
        let thread = thread::Builder::new().name("committer disk".to_owned());
        let thread = thread.spawn(move || make_durable(&computed, &reached, sync, &committed))?;
        Ok(Self::Synced(batches, durability, thread))
    }

    /// Whether batches can be computed.
    ///
    /// # Errors
    /// The disk failed: nothing can be promised until the process is started anew and has read
    /// what is there.
    pub fn check(&self) -> Result<(), StoreError> {
        match self {
            Self::AtOnce(_) => Ok(()),
            Self::Synced(_, durability, _) => durability.check(),
        }
    }

    /// Ends a batch, now or once it is on the disk.
    pub fn end(&self, batch: Batch) {
        match self {
            Self::AtOnce(committed) => batch.end(committed),
            Self::Synced(batches, ..) => {
                if batches.send(batch).is_err() {
                    tracing::error!("the committer's thread for the disk has ended");
                }
            }
        }
    }

    /// Waits for the batches under way.
    pub fn finish(self) {
        if let Self::Synced(batches, _, thread) = self {
            drop(batches);
            if thread.join().is_err() {
                tracing::error!("the committer's thread for the disk did not end by itself");
            }
        }
    }
}

fn make_durable(
    computed: &Receiver<Batch>,
    durability: &Durability,
    mut sync: Syncing,
    committed: &impl Fn(Committed),
) {
    while let Ok(first) = computed.recv() {
        let batches: Vec<Batch> = std::iter::once(first).chain(computed.try_iter()).collect();
        match durability.reach(&mut sync) {
            Ok(()) => batches.into_iter().for_each(|batch| batch.end(committed)),
            Err(error) => {
                tracing::error!(%error, "the disk failed, and nothing more is sold: look after it, and start again");
                batches.into_iter().for_each(|batch| batch.unsynced(&error).end(committed));
            }
        }
    }
}
