//! Group commit: while one transaction is running, the next batch collects.
//!
//! No timer decides the size of a batch. Alone, a purchase is a batch of one;
//! under load a batch is whatever came while the last one was made durable.

mod acting;
mod batch;
mod command;
#[cfg(test)]
mod simulation;

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use micro::database::Database;
use micro::trace::Span;
use micro::{BoxError, Closing, Problem};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::domain::problem;
use crate::metrics;
use crate::store::{Store, StoreError};

pub use batch::{SeatBecomes, SeatEvent, SeatStep};
pub use command::{Act, Action, Actor, Answer, Buy, Command, Done, Key, MostOpen};

/// Commands that wait at most; beyond, callers are told to come back.
const QUEUE: usize = 16_384;
/// Commands in one transaction at most: keeps the wait of the first of them short.
const BATCH: usize = 512;
/// A failure that no batch followed is told of for so long.
const FAILED: Duration = Duration::from_secs(120);
/// Tries of a batch that found the database busy or away.
const TRIES: u32 = 5;
/// Wait after the first try that found it busy; longer after each further one.
const BUSY_WAIT: Duration = Duration::from_millis(10);
/// Wait after the first try that found it away: five tries outlast a quick restart.
const GONE_WAIT: Duration = Duration::from_millis(300);

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
struct Callers {
    to: Vec<oneshot::Sender<Answered>>,
    /// Where they run.
    runtime: Handle,
}

/// An answer, with the batch it was given in.
struct Answered {
    answer: Answer,
    /// How many commands the batch had.
    commands: usize,
    /// When its transaction began.
    began: Instant,
}

/// A command, who waits for it, and since when.
type Waiting = (Command, (oneshot::Sender<Answered>, Instant));

/// The way to the committer.
#[derive(Clone)]
pub struct Committer {
    queue: mpsc::Sender<Waiting>,
    /// The database's kind and place, as traces show them.
    system: &'static str,
    peer: Arc<str>,
    failed: Failed,
}

/// When and why a batch was last not written, if none was since.
type Failed = Arc<parking_lot::Mutex<Option<(Instant, String)>>>;

impl Committer {
    /// Starts the committer on a thread of its own.
    ///
    /// `committed` learns, in order, what happened to seats, and then gives the answers.
    ///
    /// Callers wait on the runtime this is called on. With the end of the process it ends
    /// too, after the batch under way.
    ///
    /// # Errors
    /// Where no thread can be started.
    pub fn start<S, F>(
        closing: &Closing,
        database: &Database,
        mut store: S,
        committed: F,
    ) -> Result<Self, BoxError>
    where
        S: Store + Send + 'static,
        F: Fn(Committed) + Send + 'static,
    {
        let (queue, mut waiting) = mpsc::channel::<Waiting>(QUEUE);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let callers = Handle::current();
        let failed = Failed::default();
        let failures = failed.clone();
        metrics::queue(queue.downgrade());
        let end = CancellationToken::new();
        let ending = end.clone();
        let thread = thread::Builder::new().name("committer".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let mut batch = Vec::with_capacity(BATCH);
                while let Some(1..) = ending.run_until_cancelled(waiting.recv_many(&mut batch, BATCH)).await {
                    metrics::batch_taken(batch.len(), batch.first().map(|(_, (_, asked))| *asked));
                    let (commands, to): (Vec<_>, Vec<_>) =
                        batch.drain(..).map(|(command, (to, _))| (command, to)).unzip();
                    let callers = Callers { to, runtime: callers.clone() };
                    run(&mut store, &commands, callers, &committed, &failures).await;
                }
            });
        })?;
        closing.add("committer", async move {
            end.cancel();
            // Joined, so that what it wrote with is closed.
            if !matches!(spawn_blocking(|| thread.join()).await, Ok(Ok(()))) {
                tracing::error!("the committer did not end by itself");
            }
        });
        Ok(Self { queue, system: database.kind().system(), peer: database.peer().into(), failed })
    }

    /// Whether it can write, as far as was seen lately: what a full disk does to a database that answers.
    ///
    /// # Errors
    /// Why the last batch could not be written, for [`FAILED`] or until one is.
    pub fn writes(&self) -> Result<(), String> {
        let failed = self.failed.lock();
        match failed.as_ref().filter(|(at, _)| at.elapsed() < FAILED) {
            Some((_, why)) => Err(format!("the last batch was not written: {why}")),
            None => Ok(()),
        }
    }

    /// Has something done and waits until it is durable.
    ///
    /// It is done even if the caller stops waiting.
    ///
    /// # Errors
    /// What the rules say, `OVERLOADED` where too much waits, `STORAGE_FAILED`.
    pub async fn submit(&self, command: Command) -> Answer {
        let span = Span::exit(|| "commit".into(), &self.peer);
        let (answer, answered) = oneshot::channel();
        let since = Instant::now();
        self.queue.try_send((command, (answer, since))).map_err(|_| Problem::overloaded())?;
        let answered = answered.await.map_err(|_| Problem::internal("the committer ended"))?;
        if span.is_recorded() {
            let waited = answered.began.saturating_duration_since(since).as_micros();
            span.set("db.system.name", self.system);
            span.set("batch.commands", i64::try_from(answered.commands).unwrap_or(i64::MAX));
            span.set("batch.waited_us", i64::try_from(waited).unwrap_or(i64::MAX));
        }
        answered.answer
    }

    /// Has something done about an order.
    ///
    /// # Errors
    /// As [`submit`](Self::submit).
    pub async fn act(&self, act: Act) -> Result<Done, Problem> {
        self.submit(Command::Act(Box::new(act))).await?.ok_or_else(problem::order_not_found)
    }
}

async fn run<S, F>(store: &mut S, commands: &[Command], callers: Callers, committed: &F, failed: &Failed)
where
    S: Store,
    F: Fn(Committed),
{
    let began = Instant::now();
    let written = try_batch(store, commands).await;
    *failed.lock() = written.as_ref().err().map(|error| (Instant::now(), error.to_string()));
    metrics::batch_ended(began, written.as_ref().ok().map(|written| written.certain));
    match written {
        Ok(batch::Written { answers, events, certain, tally }) => {
            if certain {
                tally.count(&events);
            }
            committed(Committed { events, certain, answers: Answers { answers, callers, began } });
        }
        Err(error) => {
            tracing::error!(%error, commands = commands.len(), "a batch could not be written");
            let answers = commands.iter().map(|_| Err(error.again().into())).collect();
            Answers { answers, callers, began }.give();
        }
    }
}

async fn try_batch<S: Store>(store: &mut S, commands: &[Command]) -> Result<batch::Written, StoreError> {
    let mut tries = 1;
    loop {
        let result = batch::run(store, commands).await;
        let wait = match &result {
            Err(StoreError::Busy(_)) => BUSY_WAIT,
            Err(StoreError::Gone(_)) => GONE_WAIT,
            _ => return result,
        };
        if tries == TRIES {
            return result;
        }
        if let Err(error) = &result {
            tracing::warn!(%error, tries, "a batch was not written; trying again");
        }
        tokio::time::sleep(wait * tries).await;
        tries += 1;
    }
}
