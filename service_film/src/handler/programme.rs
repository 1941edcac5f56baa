//! What is on.

use std::collections::BTreeSet;

use contract::film::{
    Cinema, Film, FilmOrder, GetAllListRequest, GetAllListResponse, GetFilmRequest, GetFilmResponse,
    GetInfoListRequest, GetInfoListResponse, GetScreeningsRequest, GetScreeningsResponse,
};
use micro::{Problem, page};
use tonic::Request;

use super::paging::{self, List};
use crate::catalogue::Catalogue;
use crate::domain::Refusal;
use crate::store::{FilmPage, Position, Screening, ScreeningSearch, ShowingPage};

/// Screenings of a film that are named, as the contract says.
const SCREENINGS_OF_A_FILM: i64 = 500;

pub async fn now_showing(
    catalogue: &Catalogue,
    request: Request<GetAllListRequest>,
) -> Result<GetAllListResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    let size = paging::size(message.page_size);
    let order = message.order_by();
    let list = match order {
        FilmOrder::Unspecified | FilmOrder::Popularity => List::Popular,
        FilmOrder::ReleaseDate => List::Newest,
        FilmOrder::Title => List::Titles,
    };
    let showing = ShowingPage {
        now_ms: catalogue.clock.now_ms(),
        city: &message.city,
        page: FilmPage { order, after: paging::after(&message.page_token, list)?, limit: size + 1 },
    };
    let mut films = catalogue.store.films_showing(&showing).await?;
    let next_page_token = paging::cut(&mut films, size, |last| paging::token(list, last.film_id));
    Ok(GetAllListResponse { films, next_page_token })
}

pub async fn search(
    catalogue: &Catalogue,
    request: Request<GetInfoListRequest>,
) -> Result<GetInfoListResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    let size = paging::size(message.page_size);
    let after = match message.page_token.as_str() {
        "" => None,
        token => Some(page::decode(token)?),
    };
    let search = ScreeningSearch {
        from: if message.from == 0 { catalogue.clock.now_ms() } else { message.from },
        to: message.to,
        title: message.title,
        film_id: message.film_id,
        cinema_id: message.cinema_id,
        cinema: message.cinema,
        city: message.city,
        language: message.language,
        format: message.format,
        max_price: message.max_price,
        with_cancelled: message.with_cancelled,
        after,
    };
    let mut found = catalogue.store.search_screenings(&search, size + 1).await?;
    let next_page_token = paging::cut(&mut found, size, |last| {
        page::encode(&Position { starts_at: last.starts_at, film_sid: last.film_sid })
    });
    let (films, cinemas) = shown(catalogue, &found).await?;
    let screenings = found.iter().map(Screening::to_proto).collect();
    Ok(GetInfoListResponse { screenings, films, cinemas, next_page_token })
}

pub async fn named(
    catalogue: &Catalogue,
    request: Request<GetScreeningsRequest>,
) -> Result<GetScreeningsResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    let found = catalogue.store.screenings(&message.film_sid).await?;
    let (films, cinemas) = shown(catalogue, &found).await?;
    let screenings = found.iter().map(Screening::to_proto).collect();
    Ok(GetScreeningsResponse { screenings, films, cinemas })
}

pub async fn film(
    catalogue: &Catalogue,
    request: Request<GetFilmRequest>,
) -> Result<GetFilmResponse, Problem> {
    let (_, message) = micro::accept(request)?;
    let film = catalogue.store.film(message.film_id).await?.ok_or(Refusal::FilmNotFound)?;
    let now = catalogue.clock.now_ms();
    let search = ScreeningSearch {
        from: now,
        film_id: film.film_id,
        city: message.city.clone(),
        ..ScreeningSearch::default()
    };
    let (screenings, cinemas) = tokio::try_join!(
        catalogue.store.search_screenings(&search, SCREENINGS_OF_A_FILM),
        catalogue.store.cinemas_showing(film.film_id, &message.city, now),
    )?;
    let screenings = screenings.iter().map(Screening::to_proto).collect();
    Ok(GetFilmResponse { film: Some(film), cinemas, screenings })
}

/// The films and cinemas of screenings, each once.
async fn shown(catalogue: &Catalogue, screenings: &[Screening]) -> Result<(Vec<Film>, Vec<Cinema>), Problem> {
    let films = distinct(screenings, |screening| screening.film_id);
    let cinemas = distinct(screenings, |screening| screening.cinema_id);
    tokio::try_join!(catalogue.store.films(&films), catalogue.store.cinemas(&cinemas))
}

fn distinct(screenings: &[Screening], id: impl Fn(&Screening) -> i64) -> Vec<i64> {
    screenings.iter().map(id).collect::<BTreeSet<_>>().into_iter().collect()
}
