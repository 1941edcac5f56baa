//! What the other services ask.

use contract::order::SeatStates;
use futures_util::stream::{self, Stream};
use micro::Problem;
use tokio::sync::broadcast::error::RecvError;
use tonic::Status;

use super::{Answer, Orders};
use crate::committer::{Command, SeatBecomes};
use crate::gate::{Hall, Snapshot, Update, Updates};
use std::sync::Arc;

impl Orders {
    pub(super) async fn seat_states(&self, film_sid: i64) -> Answer<SeatStates> {
        let facts = self.facts.get(film_sid).await?;
        Ok(snapshot(self.hall(&facts).await?.snapshot()))
    }

    pub(super) async fn watch(
        &self,
        film_sid: i64,
    ) -> Answer<impl Stream<Item = Result<SeatStates, Status>> + Send + 'static> {
        let facts = self.facts.get(film_sid).await?;
        let hall = self.hall(&facts).await?;
        let (first, updates) = hall.watch();
        Ok(stream::unfold(Watch { hall, updates, first: Some(first) }, |mut watch| async {
            let states = watch.next().await?;
            Some((Ok(states), watch))
        }))
    }

    pub(super) async fn stop_screening(&self, film_sid: i64) -> Result<(), Problem> {
        self.committer.submit(Command::Stop { film_sid, now_ms: self.clock.now_ms() }).await?;
        self.facts.changed(film_sid, i64::MAX);
        self.settlement.wake();
        Ok(())
    }
}

struct Watch {
    hall: Arc<Hall>,
    updates: Updates,
    first: Option<Snapshot>,
}

impl Watch {
    async fn next(&mut self) -> Option<SeatStates> {
        if let Some(first) = self.first.take() {
            return Some(snapshot(first));
        }
        match self.updates.recv().await {
            Ok(changed) => Some(update(&changed)),
            // Too slow for single changes: everything at once, and on from there.
            Err(RecvError::Lagged(_)) => {
                let (all, updates) = self.hall.watch();
                self.updates = updates;
                Some(snapshot(all))
            }
            Err(RecvError::Closed) => None,
        }
    }
}

fn snapshot(snapshot: Snapshot) -> SeatStates {
    let names = |seats: Vec<Arc<str>>| seats.iter().map(ToString::to_string).collect();
    SeatStates {
        sequence: snapshot.sequence,
        snapshot: true,
        held: names(snapshot.held),
        sold: names(snapshot.sold),
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
