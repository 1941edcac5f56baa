//! Planning a screening.

use contract::film::{self as proto, CreateScreeningRequest};
use micro::{Problem, RequestContext};
use tonic::Request;

use super::access::answers_for;
use super::{cinemas, films, halls, price_lists};
use crate::catalogue::Catalogue;
use crate::domain::sales_window::SalesWindow;
use crate::domain::schedule::Slot;
use crate::domain::{Refusal, language};
use crate::store::{Begun, Change, Place, PriceList, Screening};

/// Format where none is named.
const DEFAULT_FORMAT: &str = "2D";

pub async fn create(
    catalogue: &Catalogue,
    request: Request<CreateScreeningRequest>,
) -> Result<proto::Screening, Problem> {
    let (context, message) = micro::accept(request)?;
    let once = catalogue.once(&context, "CreateScreening", &message);
    let film_sid = catalogue.store.screening_ids.next().await?;
    let mut change = match catalogue.store.change_once(once).await? {
        Begun::Now(change) => change,
        Begun::Before(answer) => return Ok(answer),
    };
    let now = catalogue.clock.now_ms();
    let screening = planned(&mut change, &context, &message, film_sid, now).await?;
    change.insert_screening(&screening).await?;
    change.record_new(catalogue.by(&context), &screening).await?;
    let reply = screening.to_proto();
    change.commit_with(&reply).await?;
    Ok(reply)
}

/// The screening that is asked for, if the hall is free and every seat has a price.
async fn planned(
    change: &mut Change,
    context: &RequestContext,
    message: &CreateScreeningRequest,
    film_sid: i64,
    now_ms: i64,
) -> Result<Screening, Problem> {
    let hall = halls::in_use(change, message.hall_id).await?;
    answers_for(context, hall.cinema_id)?;
    let cinema = cinemas::in_programme(change, hall.cinema_id).await?;
    let film = films::in_catalogue(change, message.film_id).await?;
    let list = price_list_of(change, message.price_list_id, cinema.cinema_id).await?;
    if message.starts_at <= now_ms {
        return Err(Refusal::StartInPast.into());
    }
    let slot = Slot::new(message.starts_at, message.lead_minutes, film.minutes, hall.cleaning_minutes);
    hall_is_free(change, hall.hall_id, film_sid, &slot).await?;
    let window = sales_window(message.sales_open_at, message.sales_close_at, &slot, now_ms)?;
    let plan = change.plan_summary(hall.hall_id, i64::from(hall.plan_version)).await?;
    Ok(Screening {
        film_sid,
        film_id: film.film_id,
        cinema_id: cinema.cinema_id,
        hall_id: hall.hall_id,
        plan_version: i64::from(hall.plan_version),
        price_list_id: list.id,
        price_version: list.version,
        price_from: list.prices.price_from(&plan.categories)?,
        seats: plan.seats,
        starts_at: slot.starts_at,
        ends_at: slot.ends_at,
        sales_open_at: window.opens_at,
        sales_close_at: window.closes_at,
        language: language_tag("language", &message.language)?,
        subtitles: language_tag("subtitles", &message.subtitles)?,
        format: if message.format.is_empty() { DEFAULT_FORMAT.to_owned() } else { message.format.clone() },
        cancelled: 0,
        cancel_reason: String::new(),
        order_untold: 0,
        version: 1,
        hall_name: hall.name,
        cinema_name: cinema.name,
        currency: cinema.currency,
        time_zone: cinema.time_zone,
        film_title: film.title,
    })
}

/// The price list, if it is in use and of this cinema.
pub async fn price_list_of(change: &mut Change, id: i64, cinema_id: i64) -> Result<PriceList, Problem> {
    let list = price_lists::in_use(change, id).await?;
    if list.cinema_id == cinema_id { Ok(list) } else { Err(Refusal::PriceListNotFound.into()) }
}

/// Whether no other screening takes the hall at that time.
pub async fn hall_is_free(
    change: &mut Change,
    hall_id: i64,
    film_sid: i64,
    slot: &Slot,
) -> Result<(), Problem> {
    let cleaning_ms = slot.blocked_until - slot.ends_at;
    let place = Place {
        film_sid,
        hall_id,
        blocked_until: slot.blocked_until,
        // The other one's cleaning takes as long as ours.
        free_from: slot.starts_at - cleaning_ms,
    };
    match change.in_the_way(&place).await? {
        Some(film_sid) => Err(Refusal::ScreeningOverlaps { film_sid }.into()),
        None => Ok(()),
    }
}

/// When seats are sold.
pub fn sales_window(open: i64, close: i64, slot: &Slot, now_ms: i64) -> Result<SalesWindow, Refusal> {
    SalesWindow::new(open, close, slot, now_ms).ok_or_else(|| {
        let problem = "must be after sales_open_at and not after the end of the film";
        Refusal::field("sales_close_at", "SALES_WINDOW", problem)
    })
}

/// A language tag as it is kept; an empty one says nothing.
pub fn language_tag(field: &'static str, text: &str) -> Result<String, Refusal> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let problem = "is no language tag such as en or zh-CN";
    language::tag(text).ok_or_else(|| Refusal::field(field, "NO_LANGUAGE_TAG", problem))
}
