//! Films of the catalogue.

use std::collections::BTreeMap;

use contract::film::change::Action;
use contract::film::{
    CreateFilmRequest, Film, ListFilmsRequest, ListFilmsResponse, RetireFilmRequest, UpdateFilmRequest,
};
use micro::{Problem, RequestContext};
use prost::Message;
use tonic::Request;

use super::paging::{self, List};
use crate::catalogue::Catalogue;
use crate::domain::{Refusal, release_date, wording};
use crate::store::{Begun, Change, Once, ToCome};

pub async fn list(
    catalogue: &Catalogue,
    request: Request<ListFilmsRequest>,
) -> Result<ListFilmsResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    let size = paging::size(message.page_size);
    let after = paging::after(&message.page_token, List::Films)?;
    let mut films = catalogue.store.list_films(&message.title, after, size + 1).await?;
    let next_page_token = paging::cut(&mut films, size, |last| paging::token(List::Films, last.film_id));
    Ok(ListFilmsResponse { films, next_page_token })
}

pub async fn create(catalogue: &Catalogue, request: Request<CreateFilmRequest>) -> Result<Film, Problem> {
    let (context, message) = micro::accept(request)?;
    let once = once(catalogue, &context, &message);
    let mut film = new_film(&message)?;
    film.film_id = catalogue.store.film_ids.next().await?;
    let mut change = match catalogue.store.change_once(once).await? {
        Begun::Now(change) => change,
        Begun::Before(answer) => return Ok(answer),
    };
    is_new(&mut change, &film).await?;
    change.insert_film(&film).await?;
    change.record_new(catalogue.by(&context), &film).await?;
    change.commit_with(&film).await?;
    Ok(film)
}

pub async fn update(catalogue: &Catalogue, request: Request<UpdateFilmRequest>) -> Result<Film, Problem> {
    let (context, message) = micro::accept(request)?;
    let mut change = catalogue.store.change().await?;
    let before = in_catalogue(&mut change, message.film_id).await?;
    let film = changed(&before, &message)?;
    is_new(&mut change, &film).await?;
    change.update_film(&film).await?;
    change.record(catalogue.by(&context), Action::Update, Some(&before), &film, "").await?;
    let mut changed = Vec::new();
    if film.title != before.title {
        changed = change.raise_versions(ToCome::Film(film.film_id), catalogue.clock.now_ms()).await?;
    }
    change.commit().await?;
    catalogue.orders.facts_changed(&changed).await;
    Ok(film)
}

pub async fn retire(catalogue: &Catalogue, request: Request<RetireFilmRequest>) -> Result<Film, Problem> {
    let (context, message) = micro::accept(request)?;
    let mut change = catalogue.store.change().await?;
    let before = change.film(message.film_id).await?.ok_or(Refusal::FilmNotFound)?;
    if change.has_screenings_to_come(ToCome::Film(before.film_id), catalogue.clock.now_ms()).await? {
        return Err(Refusal::FilmInUse.into());
    }
    let film = Film { retired: true, ..before.clone() };
    change.update_film(&film).await?;
    change.record(catalogue.by(&context), Action::Retire, Some(&before), &film, "").await?;
    change.commit().await?;
    Ok(film)
}

/// The film, if it is in the catalogue.
pub async fn in_catalogue(change: &mut Change, film_id: i64) -> Result<Film, Problem> {
    let film = change.film(film_id).await?.filter(|film| !film.retired);
    Ok(film.ok_or(Refusal::FilmNotFound)?)
}

/// The encoding of a map has no fixed order, so titles are told apart from the rest.
fn once(catalogue: &Catalogue, context: &RequestContext, message: &CreateFilmRequest) -> Option<Once> {
    let titles: BTreeMap<_, _> = message.titles.iter().collect();
    let mut parts = Vec::with_capacity(1 + 2 * titles.len());
    let rest = CreateFilmRequest { titles: Default::default(), ..message.clone() }.encode_to_vec();
    parts.push(rest.as_slice());
    for (tag, title) in titles {
        parts.extend([tag.as_bytes(), title.as_bytes()]);
    }
    Once::of(context, "CreateFilm", &parts, catalogue.clock.now_ms())
}

fn new_film(message: &CreateFilmRequest) -> Result<Film, Refusal> {
    Ok(Film {
        title: wording::required("title", &message.title)?,
        titles: wording::titles(&BTreeMap::new(), &message.titles)?.into_iter().collect(),
        minutes: message.minutes,
        release_date: date(&message.release_date)?,
        rating: message.rating.trim().to_owned(),
        genres: wording::list(&message.genres),
        director: message.director.trim().to_owned(),
        distributor: message.distributor.trim().to_owned(),
        synopsis: message.synopsis.trim().to_owned(),
        popularity: message.popularity,
        ..Film::default()
    })
}

/// The film with the fields that are given.
fn changed(before: &Film, message: &UpdateFilmRequest) -> Result<Film, Refusal> {
    let number = |old: i32, new: i32| if new == 0 { old } else { new };
    let genres = wording::list(&message.genres);
    Ok(Film {
        film_id: before.film_id,
        title: wording::changed(&before.title, &message.title),
        titles: wording::titles(&before.titles, &message.titles)?.into_iter().collect(),
        minutes: number(before.minutes, message.minutes),
        release_date: wording::changed(&before.release_date, &date(&message.release_date)?),
        rating: wording::changed(&before.rating, &message.rating),
        genres: if genres.is_empty() { before.genres.clone() } else { genres },
        director: wording::changed(&before.director, &message.director),
        distributor: wording::changed(&before.distributor, &message.distributor),
        synopsis: wording::changed(&before.synopsis, &message.synopsis),
        popularity: number(before.popularity, message.popularity),
        retired: before.retired,
    })
}

fn date(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if release_date::is_valid(text) {
        return Ok(text.to_owned());
    }
    Err(Refusal::field("release_date", "NO_DAY", "is not a day of the calendar such as 2026-11-23"))
}

async fn is_new(change: &mut Change, film: &Film) -> Result<(), Problem> {
    match change.film_called(&film.title, &film.release_date).await? {
        Some(film_id) if film_id != film.film_id => Err(Refusal::FilmExists { film_id }.into()),
        _ => Ok(()),
    }
}
