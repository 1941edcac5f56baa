//! What the other services ask.

use contract::order::SeatStates;
use futures_util::stream::{self, Stream};
use micro::Problem;
use tokio::sync::broadcast::error::RecvError;
use tonic::Status;

use super::{Answer, Orders};
use crate::committer::{Command, SeatBecomes};
use crate::gate::{Change, Hall, Snapshot, Update, Updates};
use std::sync::Arc;

impl Orders {
    pub(super) async fn seat_states(&self, film_sid: i64) -> Answer<SeatStates> {
        Ok(snapshot(&self.hall(film_sid).await?.snapshot().await?))
    }

    pub(super) async fn watch(
        &self,
        film_sid: i64,
    ) -> Answer<impl Stream<Item = Result<SeatStates, Status>> + Send + 'static> {
        let (first, updates) = self.hall(film_sid).await?.watch().await?;
        let watch = Watch { orders: self.clone(), film_sid, updates, first: Some(first) };
        Ok(stream::unfold(Some(watch), |watch| async {
            let mut watch = watch?;
            match watch.next().await {
                Ok(states) => Some((Ok(states), Some(watch))),
                // Told, and then it ends.
                Err(problem) => Some((Err(problem.into()), None)),
            }
        }))
    }

    async fn hall(&self, film_sid: i64) -> Answer<Hall> {
        let facts = self.facts.get(film_sid).await?;
        self.gate.hall(&facts, self.clock.now_ms()).await
    }

    pub(super) async fn stop_screening(&self, film_sid: i64) -> Result<(), Problem> {
        self.committer.submit(Command::Stop { film_sid, now_ms: self.clock.now_ms() }).await?;
        self.facts.changed(film_sid, i64::MAX);
        self.settlement.wake();
        Ok(())
    }
}

struct Watch {
    orders: Orders,
    film_sid: i64,
    updates: Updates,
    first: Option<Snapshot>,
}

impl Watch {
    async fn next(&mut self) -> Answer<SeatStates> {
        if let Some(first) = self.first.take() {
            return Ok(snapshot(&first));
        }
        match self.updates.recv().await {
            Ok(change) => Ok(match &*change {
                Change::Update(changed) => update(changed),
                Change::Snapshot(all) => snapshot(all),
            }),
            // Too slow for single changes, or the hall was read anew: everything at once, and on from there.
            Err(RecvError::Lagged(_) | RecvError::Closed) => {
                let (all, updates) = self.orders.hall(self.film_sid).await?.watch().await?;
                self.updates = updates;
                Ok(snapshot(&all))
            }
        }
    }
}

fn snapshot(snapshot: &Snapshot) -> SeatStates {
    let names = |seats: &[Arc<str>]| seats.iter().map(ToString::to_string).collect();
    SeatStates {
        sequence: snapshot.sequence,
        snapshot: true,
        held: names(&snapshot.held),
        sold: names(&snapshot.sold),
        freed: Vec::new(),
    }
}

fn update(update: &Update) -> SeatStates {
    let named = |wanted: SeatBecomes| {
        let seats = update.seats.iter().filter(|(_, becomes)| *becomes == wanted);
        seats.map(|(seat, _)| seat.to_string()).collect()
    };
    SeatStates {
        sequence: update.sequence,
        snapshot: false,
        held: named(SeatBecomes::Held),
        sold: named(SeatBecomes::Sold),
        freed: named(SeatBecomes::Free),
    }
}
