//! Where managers begin: their cinemas, and how today is selling.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Query, State as Extract};
use contract::film::Cinema;
use futures_util::future::try_join_all;
use http::Response;
use serde::Deserialize;

use super::programme::{self, Sold};
use super::{Done, local, scope};
use crate::chrome::Chrome;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, day, format, response, title};

/// Cinemas whose day is shown at once: as many as one looks through, and few calls.
const MOST_AT_ONCE: usize = 6;

/// Which cinema.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// Its id; the first ones where it is none.
    cinema: String,
}

#[derive(Template)]
#[template(path = "manage/overview.html")]
struct Overview {
    chrome: Chrome,
    is_admin: bool,
    cinemas: Vec<Cinema>,
    chosen: i64,
    days: Vec<Today>,
    done: Option<String>,
}

/// How a cinema's day is selling.
struct Today {
    cinema: Cinema,
    day: String,
    lines: Vec<Line>,
    sold: i64,
    seats: i64,
    revenue: String,
}

struct Line {
    film_sid: i64,
    time: String,
    title: String,
    hall: String,
    sold: i64,
    seats: i32,
    /// Hundredths of the hall.
    full: i64,
    revenue: String,
    cancelled: bool,
}

/// Shows them.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(choice): Query<Choice>,
    Query(done): Query<Done>,
) -> Result<Response<Body>, Refused> {
    let is_admin = super::manager(&visitor)?.is_admin();
    let cinemas = scope::cinemas(&state, &visitor).await?;
    let chosen = choice.cinema.parse().unwrap_or_default();
    let one = cinemas.iter().find(|cinema| cinema.cinema_id == chosen);
    let shown: Vec<&Cinema> = match one {
        Some(cinema) => vec![cinema],
        None => cinemas.iter().take(MOST_AT_ONCE).collect(),
    };
    let days = try_join_all(shown.into_iter().map(|cinema| today(&state, &visitor, cinema))).await?;
    let chrome = Chrome::new(&state, &visitor, "manage-title");
    let done = done.words(visitor.language);
    Ok(response::page(&Overview { chrome, is_admin, chosen, days, done, cinemas }))
}

async fn today(state: &State, visitor: &Visitor, cinema: &Cinema) -> Result<Today, Refused> {
    let date = local::today(cinema, state.clock.now_ms());
    let (from, to) = local::bounds(cinema, date).ok_or_else(Refused::not_found)?;
    let programme = programme::between(state, visitor, cinema, from, to).await?;
    let sold = programme::sold_by_screening(state, visitor, cinema, from, to).await?;
    let none = Sold::default();
    let line = |screening: &contract::film::Screening| {
        let sales = sold.get(&screening.film_sid).unwrap_or(&none);
        Line {
            film_sid: screening.film_sid,
            time: day::time(screening).to_owned(),
            title: programme
                .film(screening.film_id)
                .map_or_else(String::new, |film| title::of(film, visitor.language).to_owned()),
            hall: screening.hall_name.clone(),
            sold: sales.taken,
            seats: screening.seats,
            full: hundredths(sales.taken, screening.seats.into()),
            revenue: format::money(visitor.language, sales.revenue, &screening.currency),
            cancelled: screening.cancelled,
        }
    };
    let mut all: Vec<_> = programme.screenings.iter().chain(&programme.cancelled).collect();
    all.sort_by_key(|screening| (screening.starts_at, screening.film_sid));
    let revenue = programme.screenings.iter().filter_map(|screening| sold.get(&screening.film_sid));
    Ok(Today {
        day: format::day(visitor.language, date),
        sold: revenue.clone().map(|sales| sales.taken).sum(),
        seats: programme.screenings.iter().map(|screening| i64::from(screening.seats)).sum(),
        revenue: format::money(visitor.language, revenue.map(|sales| sales.revenue).sum(), &cinema.currency),
        lines: all.into_iter().map(line).collect(),
        cinema: cinema.clone(),
    })
}

/// How full a hall is, per cent.
pub fn hundredths(taken: i64, seats: i64) -> i64 {
    if seats > 0 { taken.saturating_mul(100) / seats } else { 0 }
}
