//! Adding a film to the catalogue, and changing one.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State as Extract};
use bytes::Bytes;
use contract::film::{CreateFilmRequest, Film, UpdateFilmRequest};
use http::{Response, StatusCode};

use super::fields::Fields;
use super::{films, manager};
use crate::chrome::Chrome;
use crate::once::{form_key, sent_key};
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, response};

/// Empty rows for titles in other languages.
const MORE_TITLES: usize = 3;

/// What was typed.
#[derive(Default)]
struct Typed {
    title: String,
    /// Language and title.
    titles: Vec<(String, String)>,
    minutes: String,
    release_date: String,
    rating: String,
    genres: String,
    director: String,
    distributor: String,
    synopsis: String,
    popularity: String,
}

#[derive(Template)]
#[template(path = "manage/film_form.html")]
struct FilmForm {
    chrome: Chrome,
    is_admin: bool,
    /// The film, where there is one already.
    film_id: Option<i64>,
    key: String,
    typed: Typed,
    problem: Option<String>,
}

/// The form for a new film.
pub async fn new(Extract(state): Extract<Arc<State>>, visitor: Visitor) -> Result<Response<Body>, Refused> {
    Ok(response::page(&page(&state, &visitor, None, Typed::default())?))
}

/// The form for a film there is.
pub async fn edit(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(film_id): Path<String>,
) -> Result<Response<Body>, Refused> {
    let film = films::find(&state, &visitor, &film_id).await?;
    Ok(response::page(&page(&state, &visitor, Some(film.film_id), Typed::as_it_is(film))?))
}

/// Adds a film.
pub async fn create(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    body: Bytes,
) -> Result<Response<Body>, Refused> {
    manager(&visitor)?;
    sent(&state, &visitor, None, &Fields::read(&body)).await
}

/// Changes a film.
pub async fn change(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(film_id): Path<String>,
    body: Bytes,
) -> Result<Response<Body>, Refused> {
    let film = films::find(&state, &visitor, &film_id).await?;
    sent(&state, &visitor, Some(film.film_id), &Fields::read(&body)).await
}

async fn sent(
    state: &State,
    visitor: &Visitor,
    film_id: Option<i64>,
    fields: &Fields,
) -> Result<Response<Body>, Refused> {
    let typed = Typed::of(fields);
    let Some(new) = typed.message() else {
        let mut page = page(state, visitor, film_id, typed)?;
        page.problem = Some(visitor.language.text("manage-film-numbers"));
        return Ok(response::page_with(StatusCode::BAD_REQUEST, &page));
    };
    let mut service = state.services.films();
    let answer = match film_id {
        None => service.create_film(visitor.ask_once(&sent_key(&fields.one("key")), new)).await,
        Some(film_id) => service.update_film(visitor.ask(changed(film_id, new))).await,
    };
    match answer {
        Ok(_) => Ok(response::see_other("/manage/films?done=saved")),
        Err(status) => {
            let status = super::on_the_form(status)?;
            let mut page = page(state, visitor, film_id, typed)?;
            page.problem = Some(problem::words(visitor.language, &status));
            Ok(response::page_with(problem::http_status(status.code()), &page))
        }
    }
}

fn changed(film_id: i64, new: CreateFilmRequest) -> UpdateFilmRequest {
    UpdateFilmRequest {
        film_id,
        title: new.title,
        titles: new.titles,
        minutes: new.minutes,
        release_date: new.release_date,
        rating: new.rating,
        genres: new.genres,
        director: new.director,
        distributor: new.distributor,
        synopsis: new.synopsis,
        popularity: new.popularity,
    }
}

fn page(
    state: &State,
    visitor: &Visitor,
    film_id: Option<i64>,
    mut typed: Typed,
) -> Result<FilmForm, Refused> {
    let is_admin = manager(visitor)?.is_admin();
    let title = if film_id.is_some() { "manage-film-edit" } else { "manage-film-new" };
    typed.titles.resize(typed.titles.len() + MORE_TITLES, Default::default());
    let chrome = Chrome::new(state, visitor, title);
    Ok(FilmForm { chrome, is_admin, film_id, key: form_key(), typed, problem: None })
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        let titles = fields.all("tag").iter().cloned().zip(fields.all("other_title").iter().cloned());
        Self {
            title: fields.one("title"),
            titles: titles.filter(|(tag, title)| !(tag.is_empty() && title.is_empty())).collect(),
            minutes: fields.one("minutes"),
            release_date: fields.one("release_date"),
            rating: fields.one("rating"),
            genres: fields.one("genres"),
            director: fields.one("director"),
            distributor: fields.one("distributor"),
            synopsis: fields.one("synopsis"),
            popularity: fields.one("popularity"),
        }
    }

    fn as_it_is(film: Film) -> Self {
        let number = |number: i32| if number > 0 { number.to_string() } else { String::new() };
        let mut titles: Vec<_> = film.titles.into_iter().collect();
        titles.sort();
        Self {
            title: film.title,
            titles,
            minutes: number(film.minutes),
            release_date: film.release_date,
            rating: film.rating,
            genres: film.genres.join(", "),
            director: film.director,
            distributor: film.distributor,
            synopsis: film.synopsis,
            popularity: number(film.popularity),
        }
    }

    /// What the service is told; nothing where a number is none.
    fn message(&self) -> Option<CreateFilmRequest> {
        let number = |text: &str| if text.is_empty() { Some(0) } else { text.parse().ok() };
        let genres = self.genres.split([',', '，', '、']).map(str::trim).filter(|genre| !genre.is_empty());
        Some(CreateFilmRequest {
            title: self.title.clone(),
            titles: self.titles.iter().cloned().collect(),
            minutes: number(&self.minutes)?,
            release_date: self.release_date.clone(),
            rating: self.rating.clone(),
            genres: genres.map(str::to_owned).collect(),
            director: self.director.clone(),
            distributor: self.distributor.clone(),
            // Browsers send lines with both characters.
            synopsis: self.synopsis.replace("\r\n", "\n"),
            popularity: number(&self.popularity)?,
        })
    }
}
