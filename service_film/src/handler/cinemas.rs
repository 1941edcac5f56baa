//! Cinemas.

use contract::film::change::Action;
use contract::film::{
    Cinema, CreateCinemaRequest, FindCinemasRequest, FindCinemasResponse, ListCinemasRequest,
    ListCinemasResponse, RetireCinemaRequest, UpdateCinemaRequest,
};
use micro::Problem;
use tonic::Request;

use super::access::answers_for;
use super::paging::{self, List};
use crate::catalogue::Catalogue;
use crate::domain::cinema_time;
use crate::domain::{Refusal, wording};
use crate::store::{Begun, Change, ToCome};

pub async fn list(
    catalogue: &Catalogue,
    request: Request<ListCinemasRequest>,
) -> Result<ListCinemasResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    let size = paging::size(message.page_size);
    let after = paging::after(&message.page_token, List::Cinemas)?;
    let mut cinemas = catalogue.store.list_cinemas(&message.city, after, size + 1).await?;
    let next_page_token =
        paging::cut(&mut cinemas, size, |last| paging::token(List::Cinemas, last.cinema_id));
    Ok(ListCinemasResponse { cinemas, next_page_token })
}

/// For the other services: which of these there are.
pub async fn find(
    catalogue: &Catalogue,
    request: Request<FindCinemasRequest>,
) -> Result<FindCinemasResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    let found = catalogue.store.cinemas(&message.cinema_ids).await?;
    let mut cinema_ids: Vec<i64> = found.iter().map(|cinema| cinema.cinema_id).collect();
    cinema_ids.sort_unstable();
    Ok(FindCinemasResponse { cinema_ids })
}

pub async fn create(catalogue: &Catalogue, request: Request<CreateCinemaRequest>) -> Result<Cinema, Problem> {
    let (context, message) = micro::accept(request)?;
    let once = catalogue.once(&context, "CreateCinema", &message);
    if !cinema_time::is_currency(&message.currency) {
        return Err(Refusal::CurrencyInvalid(message.currency).into());
    }
    let cinema = Cinema {
        cinema_id: catalogue.store.cinema_ids.next().await?,
        name: wording::required("name", &message.name)?,
        city: wording::required("city", &message.city)?,
        address: message.address.trim().to_owned(),
        time_zone: time_zone(&message.time_zone)?,
        currency: message.currency,
        retired: false,
    };
    let mut change = match catalogue.store.change_once(once).await? {
        Begun::Now(change) => change,
        Begun::Before(answer) => return Ok(answer),
    };
    change.insert_cinema(&cinema).await?;
    change.record_new(catalogue.by(&context), &cinema).await?;
    change.commit_with(&cinema).await?;
    tracing::info!(cinema_id = cinema.cinema_id, "cinema opened");
    Ok(cinema)
}

pub async fn update(catalogue: &Catalogue, request: Request<UpdateCinemaRequest>) -> Result<Cinema, Problem> {
    let (context, message) = micro::accept(request)?;
    answers_for(&context, message.cinema_id)?;
    let mut change = catalogue.store.change().await?;
    let before = in_programme(&mut change, message.cinema_id).await?;
    let cinema = Cinema {
        name: wording::changed(&before.name, &message.name),
        city: wording::changed(&before.city, &message.city),
        address: wording::changed(&before.address, &message.address),
        time_zone: match message.time_zone.as_str() {
            "" => before.time_zone.clone(),
            name => time_zone(name)?,
        },
        ..before.clone()
    };
    change.update_cinema(&cinema).await?;
    change.record(catalogue.by(&context), Action::Update, Some(&before), &cinema, "").await?;
    let mut changed = Vec::new();
    if (&cinema.name, &cinema.time_zone) != (&before.name, &before.time_zone) {
        let whose = ToCome::Cinema(cinema.cinema_id);
        changed = change.raise_versions(whose, catalogue.clock.now_ms()).await?;
    }
    change.commit().await?;
    catalogue.orders.facts_changed(&changed).await;
    Ok(cinema)
}

pub async fn retire(catalogue: &Catalogue, request: Request<RetireCinemaRequest>) -> Result<Cinema, Problem> {
    let (context, message) = micro::accept(request)?;
    let mut change = catalogue.store.change().await?;
    let before = change.cinema(message.cinema_id).await?.ok_or(Refusal::CinemaNotFound)?;
    let whose = ToCome::Cinema(before.cinema_id);
    if change.has_screenings_to_come(whose, catalogue.clock.now_ms()).await? {
        return Err(Refusal::CinemaInUse.into());
    }
    let cinema = Cinema { retired: true, ..before.clone() };
    change.update_cinema(&cinema).await?;
    change.record(catalogue.by(&context), Action::Retire, Some(&before), &cinema, "").await?;
    change.commit().await?;
    tracing::info!(cinema_id = cinema.cinema_id, "cinema retired");
    Ok(cinema)
}

/// The cinema, if it is in the programme.
pub async fn in_programme(change: &mut Change, cinema_id: i64) -> Result<Cinema, Problem> {
    let cinema = change.cinema(cinema_id).await?.filter(|cinema| !cinema.retired);
    Ok(cinema.ok_or(Refusal::CinemaNotFound)?)
}

fn time_zone(name: &str) -> Result<String, Refusal> {
    let known = cinema_time::zone(name).map(|(name, _)| name);
    known.ok_or_else(|| Refusal::TimeZoneUnknown(name.to_owned()))
}
