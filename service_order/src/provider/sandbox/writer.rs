//! Charges and refunds are written one batch after the other: whoever waits meanwhile is in the
//! next one, so that many share a durable transaction.

use std::time::Duration;

use micro::database::Database;
use tokio::sync::{mpsc, oneshot};

use super::book;
use super::payment::Charge;
use crate::provider::{ChargeOutcome, ProviderError, RefundOutcome, RefundRequest};

/// Most calls that wait; more wait outside.
const QUEUE: usize = 4096;
/// Most calls in one transaction, so that none waits long for its commit.
const BATCH: usize = 512;
/// How long a batch may take: a database server that hangs must not keep those that come later.
const PATIENCE: Duration = Duration::from_secs(3);

type Reply<T> = oneshot::Sender<Result<T, ProviderError>>;

enum Ask {
    Charge(Charge, Reply<ChargeOutcome>),
    Refund(RefundRequest, Reply<RefundOutcome>),
}

/// The way to the batches. They end when it is dropped.
pub(super) struct Writer(mpsc::Sender<Ask>);

impl Writer {
    pub(super) fn start(database: Database) -> Self {
        let (asks, queue) = mpsc::channel(QUEUE);
        tokio::spawn(run(database, queue));
        Self(asks)
    }

    /// Answers when it is durable.
    pub(super) async fn charge(&self, charge: Charge) -> Result<ChargeOutcome, ProviderError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Ask::Charge(charge, reply)).await?;
        answer.await.unwrap_or(Err(ProviderError::Unavailable))
    }

    /// Answers when it is durable.
    pub(super) async fn refund(&self, request: RefundRequest) -> Result<RefundOutcome, ProviderError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Ask::Refund(request, reply)).await?;
        answer.await.unwrap_or(Err(ProviderError::Unavailable))
    }

    async fn ask(&self, ask: Ask) -> Result<(), ProviderError> {
        self.0.send(ask).await.map_err(|_| ProviderError::Unavailable)
    }
}

async fn run(database: Database, mut queue: mpsc::Receiver<Ask>) {
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        // Given up, or failed: the replies are dropped, and so the callers learn that they may ask again.
        match tokio::time::timeout(PATIENCE, commit(&database, &mut batch)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the payment sandbox could not commit"),
            Err(_) => tracing::error!("the payment sandbox's database does not answer"),
        }
        batch.clear();
    }
}

async fn commit(database: &Database, batch: &mut Vec<Ask>) -> sqlx::Result<()> {
    let (mut charges, mut charge_replies, mut refunds) = (Vec::new(), Vec::new(), Vec::new());
    for ask in batch.drain(..) {
        match ask {
            Ask::Charge(charge, reply) => {
                charges.push(charge);
                charge_replies.push(reply);
            }
            Ask::Refund(request, reply) => refunds.push((request, reply)),
        }
    }
    refunds.sort_by_key(|(request, _)| request.payment_id);
    let mut transaction = database.begin_write().await?;
    let charged = book::charge(&mut transaction, &charges).await?;
    let mut refunded = Vec::with_capacity(refunds.len());
    for (request, reply) in refunds {
        refunded.push((reply, book::refund(&mut transaction, &request).await?));
    }
    transaction.commit().await?;
    // Who no longer waits needs no answer.
    charge_replies.into_iter().zip(charged).for_each(|(reply, answer)| drop(reply.send(answer)));
    refunded.into_iter().for_each(|(reply, answer)| drop(reply.send(answer)));
    Ok(())
}
