//! Group commit: while one transaction is running, the next batch collects.
//!
//! No timer decides the size of a batch. Alone, a purchase is a batch of one;
//! under load a batch is whatever came while the last one was made durable.

mod acting;
mod batch;
mod command;
#[cfg(test)]
mod simulation;

use std::thread;
use std::time::Duration;

use micro::{BoxError, Problem};
use tokio::sync::{mpsc, oneshot};

use crate::domain::problem;
use crate::store::{Store, StoreError};

pub use batch::{SeatBecomes, SeatEvent, SeatStep};
pub use command::{Act, Action, Actor, Answer, Buy, Command, Done, Key};

/// Commands that wait at most; beyond, callers are told to come back.
const QUEUE: usize = 16_384;
/// Commands in one transaction at most: keeps the wait of the first of them short.
const BATCH: usize = 512;
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
    to: Vec<oneshot::Sender<Answer>>,
}

impl Answers {
    /// Gives everybody their answer.
    pub fn give(self) {
        for (answer, to) in self.answers.into_iter().zip(self.to) {
            // Who no longer waits finds the order in the list of theirs.
            let _ = to.send(answer);
        }
    }
}

type Waiting = (Command, oneshot::Sender<Answer>);

/// The way to the committer.
#[derive(Clone)]
pub struct Committer {
    queue: mpsc::Sender<Waiting>,
}

impl Committer {
    /// Starts the committer on a thread of its own.
    ///
    /// `committed` learns, in order, what happened to seats, and then gives the answers.
    ///
    /// # Errors
    /// Where no thread can be started.
    pub fn start<S, F>(mut store: S, committed: F) -> Result<Self, BoxError>
    where
        S: Store + Send + 'static,
        F: Fn(Committed) + Send + 'static,
    {
        let (queue, mut waiting) = mpsc::channel::<Waiting>(QUEUE);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("committer".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let mut batch = Vec::with_capacity(BATCH);
                while waiting.recv_many(&mut batch, BATCH).await > 0 {
                    let (commands, answers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
                    run(&mut store, &commands, answers, &committed).await;
                }
            });
        })?;
        Ok(Self { queue })
    }

    /// Has something done and waits until it is durable.
    ///
    /// It is done even if the caller stops waiting.
    ///
    /// # Errors
    /// What the rules say, `OVERLOADED` where too much waits, `STORAGE_FAILED`.
    pub async fn submit(&self, command: Command) -> Answer {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send((command, answer)).map_err(|_| Problem::overloaded())?;
        answered.await.map_err(|_| Problem::internal("the committer ended"))?
    }

    /// Has something done about an order.
    ///
    /// # Errors
    /// As [`submit`](Self::submit).
    pub async fn act(&self, act: Act) -> Result<Done, Problem> {
        self.submit(Command::Act(Box::new(act))).await?.ok_or_else(problem::order_not_found)
    }
}

async fn run<S, F>(store: &mut S, commands: &[Command], answers: Vec<oneshot::Sender<Answer>>, committed: &F)
where
    S: Store,
    F: Fn(Committed),
{
    match try_batch(store, commands).await {
        Ok(batch::Written { answers: given, events, certain }) => {
            committed(Committed { events, certain, answers: Answers { answers: given, to: answers } });
        }
        Err(error) => {
            tracing::error!(%error, commands = commands.len(), "a batch could not be written");
            for to in answers {
                let _ = to.send(Err(error.again().into()));
            }
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
