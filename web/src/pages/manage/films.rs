//! The films of the catalogue.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Query, State as Extract};
use contract::film::{Film, GetFilmRequest, ListFilmsRequest, RetireFilmRequest};
use http::Response;
use serde::Deserialize;
use tonic::Status;

use super::retire::{Retires, What};
use super::{Done, manager, number};
use crate::chrome::Chrome;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, format, response, title};

/// Films on a page.
const PAGE: i32 = 50;

/// Which films.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    /// Part of a title.
    title: String,
    page: String,
}

#[derive(Template)]
#[template(path = "manage/films.html")]
struct Films {
    chrome: Chrome,
    is_admin: bool,
    asked: String,
    films: Vec<Line>,
    next: Option<String>,
    done: Option<String>,
}

struct Line {
    film_id: i64,
    title: String,
    /// Titles in other languages.
    others: String,
    length: String,
    release_date: String,
    popularity: i32,
}

/// Shows them.
pub async fn list(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(search): Query<Search>,
    Query(done): Query<Done>,
) -> Result<Response<Body>, Refused> {
    let is_admin = manager(&visitor)?.is_admin();
    let title = search.title.trim().to_owned();
    let request = ListFilmsRequest { title: title.clone(), page_size: PAGE, page_token: search.page };
    let found = state.services.films().list_films(visitor.ask(request)).await?.into_inner();
    let next = Some(found.next_page_token).filter(|token| !token.is_empty()).map(|token| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        format!("/manage/films?{}", query.append_pair("title", &title).append_pair("page", &token).finish())
    });
    let page = Films {
        chrome: Chrome::new(&state, &visitor, "manage-films"),
        is_admin,
        films: found.films.iter().map(|film| line(&visitor, film)).collect(),
        asked: title,
        next,
        done: done.words(visitor.language),
    };
    Ok(response::page(&page))
}

fn line(visitor: &Visitor, film: &Film) -> Line {
    let title = title::of(film, visitor.language);
    let mut others: Vec<&str> = film.titles.values().chain([&film.title]).map(String::as_str).collect();
    others.retain(|other| *other != title);
    others.sort_unstable();
    others.dedup();
    Line {
        film_id: film.film_id,
        title: title.to_owned(),
        others: others.join(" · "),
        length: if film.minutes > 0 {
            format::minutes(visitor.language, film.minutes)
        } else {
            String::new()
        },
        release_date: film.release_date.clone(),
        popularity: film.popularity,
    }
}

/// A film of the catalogue.
pub async fn find(state: &State, visitor: &Visitor, film_id: &str) -> Result<Film, Refused> {
    manager(visitor)?;
    let request = GetFilmRequest { film_id: number(film_id)?, city: String::new() };
    let film = state.services.films().get_film(visitor.ask(request)).await?.into_inner().film;
    film.filter(|film| !film.retired).ok_or_else(Refused::not_found)
}

impl Retires for Film {
    type Ids = String;
    const NAME: &'static str = "film";

    async fn find(state: &State, visitor: &Visitor, film_id: String) -> Result<Self, Refused> {
        find(state, visitor, &film_id).await
    }

    fn what(&self, visitor: &Visitor) -> What {
        What {
            name: title::of(self, visitor.language).to_owned(),
            cinema: None,
            place: format!("/manage/films/{}", self.film_id),
            back: "/manage/films".to_owned(),
        }
    }

    async fn retire(&self, state: &State, visitor: &Visitor) -> Result<(), Status> {
        let request = visitor.ask(RetireFilmRequest { film_id: self.film_id });
        state.services.films().retire_film(request).await.map(drop)
    }
}
