//! What the service does by itself: ends holds, settles what was left open, forgets old keys.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use micro::kit::ROUND;
use micro::redis::Election;
use micro::{Clock, Kit, Problem};
use parking_lot::Mutex;

use crate::settlement::Settlement;
use crate::store::reads::{Open, Reads};
use crate::store::upkeep::Cleaning;

/// How often holds are looked at: their seats come free within a second of their end.
const SWEEP_EVERY: Duration = Duration::from_millis(200);
/// What the elected process has not ended so long after its time, the others end, milliseconds.
const OVERDUE_MS: i64 = 500;
/// Orders ended in one round; they share transactions.
const SWEEP_BATCH: i64 = 500;
/// How often the provider is asked for what it has not told.
const SETTLE_EVERY: Duration = Duration::from_secs(1);
/// Payments and refunds younger than this are being worked on by the request that made them, milliseconds.
const LEFT_ALONE_MS: i64 = 15_000;
/// Payments or refunds asked for in one round.
const SETTLE_BATCH: i64 = 200;
/// Rounds that end every order of the largest hall, and some more: what is left then does not end.
const SETTLE_ROUNDS: usize = 100;
/// Questions to the provider at a time.
const AT_A_TIME: usize = 16;
/// Cancelled screenings whose orders may not all have ended, looked at in one round: more
/// than a chain cancels in the time below.
const UNSETTLED: i64 = 10_000;
/// A cancelled screening is looked at for this long, milliseconds: a purchase that another
/// process began before it was stopped may be committed after it. No transaction lives that long.
const UNSETTLED_FOR_MS: i64 = 60_000;
/// How often old keys are forgotten.
const CLEAN_EVERY: Duration = Duration::from_secs(60);

/// What the background works with.
#[derive(Clone)]
pub struct Upkeep {
    /// What time it is.
    pub clock: Clock,
    /// Finds what is to be done.
    pub reads: Reads,
    /// Does it.
    pub settlement: Settlement,
    /// Removes what is no longer needed.
    pub cleaning: Cleaning,
    /// Whether it is this process that does it. Two at a time are harmless.
    pub election: Election,
}

impl Upkeep {
    /// Starts the background work.
    pub fn spawn(self, kit: &Kit) {
        let sweeper = self.clone();
        kit.tasks.every("order.sweeper", SWEEP_EVERY, move || {
            let sweeper = sweeper.clone();
            async move { report("order.sweeper", sweeper.sweep().await) }
        });
        let (payments, refunds) = (Walk::default(), Walk::default());
        self.every(kit, "order.payments", SETTLE_EVERY, move |upkeep| {
            let walk = payments.clone();
            async move { upkeep.settle_payments(&walk).await }
        });
        self.every(kit, "order.refunds", SETTLE_EVERY, move |upkeep| {
            let walk = refunds.clone();
            async move { upkeep.settle_refunds(&walk).await }
        });
        self.every(kit, "order.keys", CLEAN_EVERY, |upkeep| async move {
            upkeep.cleaning.forget_keys(upkeep.clock.now_ms()).await
        });
        kit.tasks.spawn("order.screenings", |stop| async move {
            loop {
                if self.election.is_ours() {
                    let round = tokio::time::timeout(ROUND, self.end_stopped_screenings()).await;
                    report("order.screenings", round.unwrap_or_else(|_| Err(Problem::overloaded())));
                }
                let wait = tokio::time::timeout(SETTLE_EVERY, self.settlement.woken());
                if stop.run_until_cancelled(wait).await.is_none() {
                    return;
                }
            }
        });
    }

    fn every<W, F>(&self, kit: &Kit, name: &'static str, interval: Duration, work: W)
    where
        W: Fn(Self) -> F + Send + 'static,
        F: Future<Output = Result<(), Problem>> + Send + 'static,
    {
        let upkeep = self.clone();
        kit.tasks.every(name, interval, move || {
            let round = upkeep.election.is_ours().then(|| work(upkeep.clone()));
            async move {
                if let Some(round) = round {
                    report(name, round.await);
                }
            }
        });
    }

    /// Turns orders that were not paid in time to EXPIRED; their seats come free.
    ///
    /// The elected process does, and so do the others where it does not: one that died is
    /// replaced only after seconds.
    async fn sweep(&self) -> Result<(), Problem> {
        let late = if self.election.is_ours() { 0 } else { OVERDUE_MS };
        loop {
            let ended = self.reads.to_sweep(self.clock.now_ms() - late, SWEEP_BATCH).await?;
            let more = i64::try_from(ended.len()).is_ok_and(|count| count == SWEEP_BATCH);
            let all = ended.into_iter().map(|order_id| self.settlement.expire(order_id));
            for outcome in futures_util::future::join_all(all).await {
                outcome?;
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// Asks again for payments that a crash or a silent provider left without an answer.
    async fn settle_payments(&self, walk: &Walk) -> Result<(), Problem> {
        let old = self.clock.now_ms() - LEFT_ALONE_MS;
        let open = self.reads.open_payments(old, walk.place(), SETTLE_BATCH).await?;
        walk.went_over(&open);
        self.each(pairs(&open), |payment_id, order_id| async move {
            if let Some(done) = self.reads.begun(order_id, payment_id).await? {
                self.settlement.charge(done).await?;
            }
            Ok(())
        })
        .await
    }

    /// Sends refunds again that the provider has not confirmed.
    async fn settle_refunds(&self, walk: &Walk) -> Result<(), Problem> {
        let old = self.clock.now_ms() - LEFT_ALONE_MS;
        let open = self.reads.open_refunds(old, walk.place(), SETTLE_BATCH).await?;
        walk.went_over(&open);
        self.each(pairs(&open), |refund_id, order_id| async move {
            if let Some(order) = self.reads.order(order_id).await? {
                self.settlement.send_back(order, refund_id).await?;
            }
            Ok(())
        })
        .await
    }

    /// Gives back every order of the screenings that do not take place.
    async fn end_stopped_screenings(&self) -> Result<(), Problem> {
        let mut outcome = Ok(());
        for (film_sid, stopped_at) in self.reads.unsettled_screenings(UNSETTLED).await? {
            // One that fails does not keep the others from it.
            if let Err(problem) = self.end_stopped_screening(film_sid, stopped_at).await {
                outcome = Err(problem);
            }
        }
        outcome
    }

    async fn end_stopped_screening(&self, film_sid: i64, stopped_at: i64) -> Result<(), Problem> {
        let last_look = self.clock.now_ms() - stopped_at > UNSETTLED_FOR_MS;
        self.end_orders_of(film_sid).await?;
        if last_look {
            self.cleaning.screening_settled(film_sid).await?;
            tracing::info!(film_sid, "every order of the cancelled screening was ended");
        }
        Ok(())
    }

    async fn end_orders_of(&self, film_sid: i64) -> Result<(), Problem> {
        for _ in 0..SETTLE_ROUNDS {
            let orders = self.reads.orders_holding(film_sid, SETTLE_BATCH).await?;
            if orders.is_empty() {
                return Ok(());
            }
            let pairs = orders.into_iter().map(|order_id| (film_sid, order_id)).collect();
            self.each(pairs, |_, order_id| self.settlement.screening_cancelled(order_id)).await?;
        }
        Err(Problem::internal("orders of a cancelled screening keep their seats"))
    }

    /// Does work for each, some at a time; one that fails does not keep the others from it.
    async fn each<W, F>(&self, pairs: Vec<(i64, i64)>, work: W) -> Result<(), Problem>
    where
        W: Fn(i64, i64) -> F,
        F: Future<Output = Result<(), Problem>>,
    {
        let outcomes = stream::iter(pairs.into_iter().map(|(first, second)| work(first, second)));
        let outcomes: Vec<_> = outcomes.buffer_unordered(AT_A_TIME).collect().await;
        outcomes.into_iter().collect()
    }
}

/// How far the questions to the provider have come: each round goes on where the one before
/// ended, and begins anew after the last. So however many stay open, everything has its turn.
#[derive(Clone, Default)]
struct Walk(Arc<Mutex<(i64, i64)>>);

impl Walk {
    fn place(&self) -> (i64, i64) {
        *self.0.lock()
    }

    fn went_over(&self, page: &[Open]) {
        let whole = i64::try_from(page.len()).is_ok_and(|count| count == SETTLE_BATCH);
        *self.0.lock() = page.last().filter(|_| whole).map_or_else(Default::default, Open::place);
    }
}

fn pairs(open: &[Open]) -> Vec<(i64, i64)> {
    open.iter().map(|open| (open.id, open.order_id)).collect()
}

fn report(task: &'static str, round: Result<(), Problem>) {
    if let Err(problem) = round {
        let cause = std::error::Error::source(&problem).map(ToString::to_string);
        tracing::warn!(task, %problem, cause, "a round of background work failed; it is tried again");
    }
}
