//! The seats of a screening as they change.

use std::pin::Pin;

use contract::film::{HallChange, WatchHallRequest};
use futures_util::{Stream, StreamExt};
use micro::Problem;
use tonic::{Request, Status};

use crate::catalogue::Catalogue;
use crate::domain::{Refusal, hall_map};
use crate::orders;

/// Changes for one watcher. It ends when the watcher goes away or the process stops.
pub type Changes = Pin<Box<dyn Stream<Item = Result<HallChange, Status>> + Send>>;

pub async fn watch(catalogue: &Catalogue, request: Request<WatchHallRequest>) -> Result<Changes, Problem> {
    let (_, message) = micro::accept(request)?;
    let place = catalogue.watchers.clone().try_acquire_owned().map_err(|_| Refusal::TooManyWatchers)?;
    let screening = catalogue.store.screening(message.film_sid).await?.ok_or(Refusal::ScreeningNotFound)?;
    let plan = catalogue.frozen.plan(screening.hall_id, screening.plan_version).await?;
    let states = catalogue.orders.watch(screening.film_sid).await?;
    let cancelled = screening.is_cancelled();
    let changes = states.map(move |states| {
        // The place is given back with the stream.
        let _place = &place;
        let states = states.map_err(|status| Status::from(orders::unavailable(status)))?;
        Ok(hall_map::change(&plan, &states, cancelled))
    });
    Ok(Box::pin(changes.take_until(catalogue.tasks.stopping().cancelled_owned())))
}
