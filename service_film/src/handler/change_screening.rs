//! Changing and cancelling a screening.

use contract::film::change::Action;
use contract::film::{self as proto, CancelScreeningRequest, UpdateScreeningRequest};
use micro::Problem;
use tonic::Request;

use super::access::answers_for;
use super::halls;
use super::plan_screening::{hall_is_free, language_tag, price_list_of, sales_window};
use crate::catalogue::Catalogue;
use crate::domain::sales_window::SalesWindow;
use crate::domain::schedule::Slot;
use crate::domain::{Refusal, wording};
use crate::store::{Change, NewVersion, Screening};

pub async fn update(
    catalogue: &Catalogue,
    request: Request<UpdateScreeningRequest>,
) -> Result<proto::Screening, Problem> {
    let (context, message) = micro::accept(request)?;
    let known = catalogue.store.screening(message.film_sid).await?.ok_or(Refusal::ScreeningNotFound)?;
    answers_for(&context, known.cinema_id)?;
    if moves(&known, &message) {
        has_no_orders(catalogue, known.film_sid).await?;
    }
    let now = catalogue.clock.now_ms();
    let mut change = catalogue.store.change().await?;
    let before = change.screening(message.film_sid).await?.ok_or(Refusal::ScreeningNotFound)?;
    if before.is_cancelled() {
        return Err(Refusal::ScreeningCancelled.into());
    }
    if before.starts_at <= now {
        return Err(Refusal::ScreeningStarted.into());
    }
    let mut screening = before.clone();
    set_texts(&mut screening, &message)?;
    set_times(&mut change, &mut screening, &message, now).await?;
    set_prices(&mut change, &mut screening, &message).await?;
    if screening == before {
        return Ok(before.to_proto());
    }
    screening.version += 1;
    change.update_screening(&screening).await?;
    change.record(catalogue.by(&context), Action::Update, Some(&before), &screening, "").await?;
    change.commit().await?;
    tell(catalogue, &screening).await;
    Ok(screening.to_proto())
}

pub async fn cancel(
    catalogue: &Catalogue,
    request: Request<CancelScreeningRequest>,
) -> Result<proto::Screening, Problem> {
    let (context, message) = micro::accept(request)?;
    let mut change = catalogue.store.change().await?;
    let mut screening = change.screening(message.film_sid).await?.ok_or(Refusal::ScreeningNotFound)?;
    answers_for(&context, screening.cinema_id)?;
    if screening.is_cancelled() {
        // What follows may write by itself and must not wait for this.
        drop(change);
    } else {
        let (before, reason) = (screening.clone(), message.reason.trim());
        change.cancel_screening(screening.film_sid, reason).await?;
        screening.cancelled = 1;
        reason.clone_into(&mut screening.cancel_reason);
        screening.order_untold = 1;
        screening.version += 1;
        change.record(catalogue.by(&context), Action::Cancel, Some(&before), &screening, reason).await?;
        change.commit().await?;
        tracing::info!(film_sid = screening.film_sid, "screening cancelled");
        tell(catalogue, &screening).await;
    }
    if screening.order_untold == 1
        && let Err(problem) = catalogue.tell_cancelled(screening.film_sid).await
    {
        tracing::warn!(film_sid = screening.film_sid, %problem, "cancellation not told yet; it will be");
    }
    Ok(screening.to_proto())
}

fn moves(screening: &Screening, message: &UpdateScreeningRequest) -> bool {
    message.starts_at != 0 && message.starts_at != screening.starts_at
}

/// Whether nobody has seats for the start there was.
async fn has_no_orders(catalogue: &Catalogue, film_sid: i64) -> Result<(), Problem> {
    let taken = catalogue.orders.seat_states(film_sid).await?;
    if taken.held.is_empty() && taken.sold.is_empty() {
        return Ok(());
    }
    Err(Refusal::ScreeningHasOrders.into())
}

fn set_texts(screening: &mut Screening, message: &UpdateScreeningRequest) -> Result<(), Refusal> {
    let language = language_tag("language", &message.language)?;
    let subtitles = language_tag("subtitles", &message.subtitles)?;
    screening.language = wording::changed(&screening.language, &language);
    screening.subtitles = wording::changed(&screening.subtitles, &subtitles);
    screening.format = wording::changed(&screening.format, &message.format);
    Ok(())
}

/// Sets start and sales window. The screening stays as long as it was planned.
async fn set_times(
    change: &mut Change,
    screening: &mut Screening,
    message: &UpdateScreeningRequest,
    now_ms: i64,
) -> Result<(), Problem> {
    let mut by = 0;
    if moves(screening, message) {
        if message.starts_at <= now_ms {
            return Err(Refusal::StartInPast.into());
        }
        by = message.starts_at - screening.starts_at;
        screening.starts_at += by;
        screening.ends_at += by;
        let hall = halls::in_use(change, screening.hall_id).await?;
        let slot = Slot::between(screening.starts_at, screening.ends_at, hall.cleaning_minutes);
        hall_is_free(change, screening.hall_id, screening.film_sid, &slot).await?;
    }
    let stored = SalesWindow { opens_at: screening.sales_open_at, closes_at: screening.sales_close_at };
    let kept = stored.moved(by);
    let given = |new: i64, old: i64| if new == 0 { old } else { new };
    let opens_at = given(message.sales_open_at, kept.opens_at);
    let closes_at = given(message.sales_close_at, kept.closes_at);
    let slot = Slot::between(screening.starts_at, screening.ends_at, 0);
    let window = sales_window(opens_at, closes_at, &slot, now_ms)?;
    screening.sales_open_at = window.opens_at;
    screening.sales_close_at = window.closes_at;
    Ok(())
}

async fn set_prices(
    change: &mut Change,
    screening: &mut Screening,
    message: &UpdateScreeningRequest,
) -> Result<(), Problem> {
    if message.price_list_id == 0 || message.price_list_id == screening.price_list_id {
        return Ok(());
    }
    let list = price_list_of(change, message.price_list_id, screening.cinema_id).await?;
    let plan = change.plan_summary(screening.hall_id, screening.plan_version).await?;
    screening.price_from = list.prices.price_from(&plan.categories)?;
    screening.price_list_id = list.id;
    screening.price_version = list.version;
    Ok(())
}

async fn tell(catalogue: &Catalogue, screening: &Screening) {
    let changed = NewVersion { film_sid: screening.film_sid, version: screening.version };
    catalogue.orders.facts_changed(&[changed]).await;
}
