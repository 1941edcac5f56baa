//! The sandbox's file: one thread, one connection, transactions shared by whoever waits.

use std::path::Path;
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

/// Most calls that wait; more wait outside.
const QUEUE: usize = 4096;
/// Most calls in one transaction, so that none waits long for its commit.
const BATCH: usize = 512;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS payment (
        payment_id INTEGER PRIMARY KEY,
        order_id INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        currency TEXT NOT NULL,
        state INTEGER NOT NULL,
        decline_code TEXT NOT NULL,
        refusing_refunds INTEGER NOT NULL,
        settle_at INTEGER
    ) STRICT;
    CREATE INDEX IF NOT EXISTS payment_settle ON payment (settle_at) WHERE settle_at IS NOT NULL;
    CREATE TABLE IF NOT EXISTS refund (
        refund_id INTEGER PRIMARY KEY,
        payment_id INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        currency TEXT NOT NULL,
        failure TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS refund_payment ON refund (payment_id);
    CREATE TABLE IF NOT EXISTS outbox (
        delivery_id INTEGER PRIMARY KEY,
        body TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        due_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS outbox_due ON outbox (due_at);
";

/// What is done after the commit: the waiting caller gets the answer.
type Answer = Box<dyn FnOnce() + Send>;
type Job = Box<dyn FnOnce(&Connection) -> rusqlite::Result<Answer> + Send>;

/// The transaction of a call failed, or the thread has ended: the call may be repeated.
#[derive(Debug)]
pub(super) struct StoreGone;

/// The way to the thread. Dropping it ends the thread and closes the file.
pub(super) struct Store {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Store {
    pub(super) fn open(file: Option<&Path>) -> Result<Self, super::SandboxError> {
        let db = match file {
            Some(file) => Connection::open(file)?,
            None => Connection::open_in_memory()?,
        };
        // A provider that forgot what it said would take money twice: every commit reaches the disk.
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.execute_batch(SCHEMA)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let thread =
            std::thread::Builder::new().name("sandbox-store".into()).spawn(move || run(db, queue))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Does `work` in a transaction and answers when it is on the disk.
    pub(super) async fn call<A, W>(&self, work: W) -> Result<A, StoreGone>
    where
        A: Send + 'static,
        W: FnOnce(&Connection) -> rusqlite::Result<A> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |db| {
            let result = work(db)?;
            // Who no longer waits needs no answer.
            Ok(Box::new(move || drop(reply.send(result))))
        });
        let jobs = self.jobs.as_ref().ok_or(StoreGone)?;
        jobs.send(job).await.map_err(|_| StoreGone)?;
        answer.await.map_err(|_| StoreGone)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // It ends after the batch at hand; a panic in it has been reported already.
            drop(thread.join());
        }
    }
}

fn run(mut db: Connection, mut queue: mpsc::Receiver<Job>) {
    while let Some(first) = queue.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = queue.try_recv()
        {
            batch.push(next);
        }
        match commit(&mut db, batch) {
            Ok(answers) => answers.into_iter().for_each(|answer| answer()),
            // The answers are dropped with their channels, and the callers learn that.
            Err(error) => tracing::error!(%error, "the payment sandbox could not commit"),
        }
    }
}

fn commit(db: &mut Connection, batch: Vec<Job>) -> rusqlite::Result<Vec<Answer>> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let answers = batch.into_iter().map(|job| job(&transaction)).collect::<Result<_, _>>()?;
    transaction.commit()?;
    Ok(answers)
}
