//! Titles of films, whether they are still shown or not.

use std::collections::{BTreeSet, HashMap};

use contract::film::{Film, GetFilmRequest, ListFilmsRequest};
use futures_util::{StreamExt, TryStreamExt, stream};
use tonic::Code;

use super::facts::Facts;
use crate::problem::Refused;
use crate::title;

/// Films asked for at a time: what the service answers.
const PAGE: i32 = 200;
/// Pages of the catalogue read at most: what a chain shows in a year.
const MOST_PAGES: usize = 5;
/// Films out of the catalogue that are looked up, and how many at a time.
const LOOKED_UP: usize = 400;
const AT_A_TIME: usize = 8;
/// So few films are looked up one by one.
const FEW: usize = 8;

/// The titles of films in the language of the page, by id.
pub async fn titles(facts: &Facts<'_>, film_ids: &BTreeSet<i64>) -> Result<HashMap<i64, String>, Refused> {
    let mut missing: BTreeSet<i64> = film_ids.iter().copied().filter(|film_id| *film_id > 0).collect();
    let mut titles = HashMap::with_capacity(missing.len());
    let mut note = |film: &Film, missing: &mut BTreeSet<i64>| {
        if missing.remove(&film.film_id) {
            titles.insert(film.film_id, title::of(film, facts.language()).to_owned());
        }
    };
    if missing.len() > FEW {
        for film in catalogue(facts).await? {
            note(&film, &mut missing);
        }
    }
    let ask = missing.iter().copied().take(LOOKED_UP).collect::<Vec<_>>();
    let found: Vec<Option<Film>> =
        stream::iter(ask).map(|film_id| one(facts, film_id)).buffered(AT_A_TIME).try_collect().await?;
    for film in found.iter().flatten() {
        note(film, &mut missing);
    }
    Ok(titles)
}

/// Films of the catalogue, up to as many pages as are worth reading.
async fn catalogue(facts: &Facts<'_>) -> Result<Vec<Film>, Refused> {
    let mut films = Vec::new();
    let mut page_token = String::new();
    for _ in 0..MOST_PAGES {
        let request = ListFilmsRequest { page_size: PAGE, page_token, ..ListFilmsRequest::default() };
        let page = facts.state.services.films().list_films(facts.visitor.ask(request)).await?.into_inner();
        films.extend(page.films);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    Ok(films)
}

async fn one(facts: &Facts<'_>, film_id: i64) -> Result<Option<Film>, Refused> {
    let request = facts.visitor.ask(GetFilmRequest { film_id, ..GetFilmRequest::default() });
    match facts.state.services.films().get_film(request).await {
        Ok(answer) => Ok(answer.into_inner().film),
        Err(status) if status.code() == Code::NotFound => Ok(None),
        Err(status) => Err(status.into()),
    }
}
