//! What the demo shows: the catalogue's most popular films, or films of its own.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use contract::film::{CreateFilmRequest, Film, ListFilmsRequest};
use serde::Deserialize;
use tonic::Code;

use super::programme::ShownFilm;
use crate::{CallFailed, FilmClient};

/// Films that are shown.
const SHOWN: usize = 24;
/// Running times that leave room for four screenings a day and more, minutes.
const MINUTES: std::ops::RangeInclusive<i32> = 60..=180;
/// The language of films that do not say: the import's are mostly American.
const USUAL_LANGUAGE: &str = "en";
/// Films on a page, the most there can be.
const PAGE_SIZE: i32 = 200;

const BUILT_IN: &str = include_str!("../../assets/demo/films.json");

/// A film that the demo brings along.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct BuiltIn {
    title: String,
    /// The language it was made in.
    language: String,
    titles: BTreeMap<String, String>,
    minutes: i32,
    release_date: String,
    rating: String,
    genres: Vec<String>,
    director: String,
    distributor: String,
    popularity: i32,
}

impl BuiltIn {
    fn into_request(self) -> CreateFilmRequest {
        CreateFilmRequest {
            title: self.title,
            titles: self.titles.into_iter().collect(),
            minutes: self.minutes,
            release_date: self.release_date,
            rating: self.rating,
            genres: self.genres,
            director: self.director,
            distributor: self.distributor,
            synopsis: String::new(),
            popularity: self.popularity,
        }
    }
}

/// The films to show, the most popular first.
pub(super) async fn choose(films: &FilmClient) -> Result<Vec<ShownFilm>, CallFailed> {
    let own = built_in();
    let mut known = list(films).await?;
    if known.is_empty() {
        for film in own.clone() {
            create(films, film).await?;
        }
        known = list(films).await?;
    }
    let languages = own.into_iter().map(|film| (film.title, film.language)).collect();
    Ok(most_popular(known, &languages))
}

fn built_in() -> Vec<BuiltIn> {
    // The file is part of the program; the test below reads it.
    serde_json::from_str(BUILT_IN).unwrap_or_default()
}

async fn create(films: &FilmClient, film: BuiltIn) -> Result<(), CallFailed> {
    let what = format!("cannot create the film {:?}", film.title);
    match films.clone().create_film(film.into_request()).await {
        // Somebody else was faster: just as good.
        Err(status) if status.code() == Code::AlreadyExists => Ok(()),
        answer => answer.map(|_| ()).map_err(|status| CallFailed::new(what, &status)),
    }
}

async fn list(films: &FilmClient) -> Result<Vec<Film>, CallFailed> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListFilmsRequest { page_size: PAGE_SIZE, page_token, ..ListFilmsRequest::default() };
        let answer = films.clone().list_films(request).await;
        let page = answer.map_err(|status| CallFailed::new("cannot list the films", &status))?.into_inner();
        all.extend(page.films);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

fn most_popular(mut films: Vec<Film>, languages: &HashMap<String, String>) -> Vec<ShownFilm> {
    films.retain(|film| !film.retired && MINUTES.contains(&film.minutes));
    films.sort_by_key(|film| (Reverse(film.popularity), film.film_id));
    films.truncate(SHOWN);
    let language = |film: &Film| languages.get(&film.title).map_or(USUAL_LANGUAGE, String::as_str).to_owned();
    let shown =
        |film: Film| ShownFilm { film_id: film.film_id, minutes: film.minutes, language: language(&film) };
    films.into_iter().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use contract::Validate;
    use service_film::domain::release_date;

    use super::*;

    #[test]
    fn the_films_brought_along_are_what_the_contract_accepts() {
        let films = built_in();
        assert!(films.len() >= SHOWN, "{}", films.len());
        for film in films {
            assert!(MINUTES.contains(&film.minutes), "{}", film.title);
            assert!(release_date::is_valid(&film.release_date), "{}", film.title);
            assert!(film.language == "zh" || film.titles.contains_key("zh-CN"), "{} in Chinese", film.title);
            film.into_request().validate().unwrap();
        }
    }

    #[test]
    fn the_most_popular_that_fit_are_shown() {
        let film = |film_id, minutes, popularity, retired| Film {
            film_id,
            title: film_id.to_string(),
            minutes,
            popularity,
            retired,
            ..Film::default()
        };
        let films = vec![
            film(1, 90, 5, false),
            film(2, 300, 9, false),
            film(3, 90, 9, true),
            film(4, 120, 7, false),
            film(5, 0, 8, false),
        ];
        let languages = HashMap::from([("4".to_owned(), "ja".to_owned())]);
        let shown = most_popular(films, &languages);
        let shown: Vec<_> = shown.iter().map(|film| (film.film_id, film.language.as_str())).collect();
        assert_eq!(shown, [(4, "ja"), (1, "en")]);
    }
}
