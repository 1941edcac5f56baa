//! What is on today where somebody works.

use contract::film::{Cinema, Film, GetInfoListRequest, ListCinemasRequest, Screening};
use micro::Caller;

use crate::language::Language;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, day, format, title};

/// Cinemas and screenings asked for at a time, the most there can be.
const PAGE_SIZE: i32 = 200;
/// Most pages of cinemas: more than the largest chain has.
const CINEMA_PAGES: usize = 20;
/// Most pages of screenings: no cinema has a thousand in a day.
const SCREENING_PAGES: usize = 5;
/// How long before now what is running may have begun, milliseconds: longer than any film.
const LONGEST_MS: i64 = 12 * 60 * 60 * 1000;
/// How far ahead is shown where midnight is near, milliseconds: late shows belong to the evening.
const AHEAD_MS: i64 = 4 * 60 * 60 * 1000;

/// A screening of today.
pub struct On {
    pub film_sid: i64,
    pub title: String,
    /// As a clock at the cinema shows them.
    pub time: String,
    pub ends: String,
    pub hall: String,
    pub format: String,
    /// The cheapest seat.
    pub from: String,
    /// Whether it has begun.
    pub running: bool,
    /// Whether seats are sold now.
    pub sells: bool,
}

/// The cinemas where somebody works.
pub async fn cinemas(state: &State, visitor: &Visitor, caller: &Caller) -> Result<Vec<Cinema>, Refused> {
    let mut request = ListCinemasRequest { page_size: PAGE_SIZE, ..ListCinemasRequest::default() };
    let mut all = Vec::new();
    for _ in 0..CINEMA_PAGES {
        let answer = state.services.films().list_cinemas(visitor.ask(request.clone())).await?.into_inner();
        all.extend(answer.cinemas.into_iter().filter(|cinema| caller.serves(cinema.cinema_id)));
        if answer.next_page_token.is_empty() {
            break;
        }
        request.page_token = answer.next_page_token;
    }
    Ok(all)
}

/// The cinema that was asked for, or the only one there is.
pub fn chosen(cinemas: &[Cinema], asked: i64) -> Option<&Cinema> {
    match cinemas {
        [only] => Some(only),
        _ => cinemas.iter().find(|cinema| cinema.cinema_id == asked),
    }
}

/// What runs there now and begins today, by time; part of a title narrows it.
pub async fn today(
    state: &State,
    visitor: &Visitor,
    cinema: &Cinema,
    part_of_title: &str,
) -> Result<Vec<On>, Refused> {
    let now = state.clock.now_ms();
    let here = std::slice::from_ref(cinema);
    let midnight = day::bounds(day::today(now, here), here).map_or(now, |(_, ends)| ends);
    let mut request = GetInfoListRequest {
        from: (now - LONGEST_MS).max(1),
        to: midnight.max(now + AHEAD_MS),
        cinema_id: cinema.cinema_id,
        title: part_of_title.trim().to_owned(),
        page_size: PAGE_SIZE,
        ..GetInfoListRequest::default()
    };
    let mut all = Vec::new();
    for _ in 0..SCREENING_PAGES {
        let answer = state.services.films().get_info_list(visitor.ask(request.clone())).await?.into_inner();
        let there = answer.screenings.iter().filter(|screening| screening.ends_at > now);
        all.extend(there.filter_map(|screening| on(visitor.language, screening, &answer.films, now)));
        if answer.next_page_token.is_empty() {
            break;
        }
        request.page_token = answer.next_page_token;
    }
    Ok(all)
}

fn on(language: Language, screening: &Screening, films: &[Film], now_ms: i64) -> Option<On> {
    let film = films.iter().find(|film| film.film_id == screening.film_id)?;
    Some(On {
        film_sid: screening.film_sid,
        title: title::of(film, language).to_owned(),
        time: day::time(screening).to_owned(),
        ends: day::later(screening, (screening.ends_at - screening.starts_at).max(0)),
        hall: screening.hall_name.clone(),
        format: screening.format.clone(),
        from: format::money(language, screening.price_from, &screening.currency),
        running: screening.starts_at <= now_ms,
        sells: (screening.sales_open_at..screening.sales_close_at).contains(&now_ms),
    })
}
