//! Seven days of a cinema, by hall.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Query, State as Extract};
use contract::film::{Cinema, Hall, ListHallsRequest};
use http::Response;
use jiff::civil::Date;
use serde::Deserialize;

use super::line_up::{Facts, LineUp};
use super::programme::{self, Programme};
use super::{local, scope};
use crate::chrome::Chrome;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, format, response};

/// Days shown.
const DAYS: i64 = 7;

/// Which week, and what was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// The first day, `2026-11-24`; today where it is none.
    from: String,
    done: String,
}

#[derive(Template)]
#[template(path = "manage/week.html")]
struct Week {
    chrome: Chrome,
    cinema: Cinema,
    from: Date,
    before: String,
    after: String,
    done: Option<String>,
    has_halls: bool,
    has_screenings: bool,
    days: Vec<Day>,
}

struct Day {
    date: Date,
    label: String,
    line_up: LineUp,
}

/// Shows it.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
    Query(choice): Query<Choice>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let from = choice.from.parse().unwrap_or_else(|_| local::today(&cinema, state.clock.now_ms()));
    let halls = halls(&state, &visitor, &cinema).await?;
    let days = days(&state, &visitor, &cinema, &halls, from).await?;
    let has_screenings = days.iter().any(|day| day.line_up.planned() + day.line_up.cancelled() > 0);
    let done = match &*choice.done {
        "created" => Some("manage-screening-created"),
        "copied" => Some("manage-day-copied"),
        _ => None,
    };
    let title = format!("{} · {}", cinema.name, visitor.language.text("manage-week"));
    let page = Week {
        chrome: Chrome::titled(&state, &visitor, title),
        before: place(cinema.cinema_id, local::days_on(from, -DAYS)),
        after: place(cinema.cinema_id, local::days_on(from, DAYS)),
        done: done.map(|done| visitor.language.text(done)),
        has_halls: !halls.is_empty(),
        has_screenings,
        cinema,
        from,
        days,
    };
    Ok(response::page(&page))
}

/// Where the week of a cinema that begins on a day is.
pub fn place(cinema_id: i64, from: Date) -> String {
    format!("/manage/cinemas/{cinema_id}/week?from={from}")
}

/// The halls of a cinema that are in use.
pub async fn halls(state: &State, visitor: &Visitor, cinema: &Cinema) -> Result<Vec<Hall>, Refused> {
    let request = visitor.ask(ListHallsRequest { cinema_id: cinema.cinema_id });
    Ok(state.services.films().list_halls(request).await?.into_inner().halls)
}

async fn days(
    state: &State,
    visitor: &Visitor,
    cinema: &Cinema,
    halls: &[Hall],
    from: Date,
) -> Result<Vec<Day>, Refused> {
    let (begins, _) = local::bounds(cinema, from).ok_or_else(Refused::not_found)?;
    let (_, ends) = local::bounds(cinema, local::days_on(from, DAYS - 1)).ok_or_else(Refused::not_found)?;
    let programme = programme::between(state, visitor, cinema, begins, ends).await?;
    let sold = programme::sold_by_screening(state, visitor, cinema, begins, ends).await?;
    let halls: Vec<Hall> = halls.iter().cloned().chain(retired(halls, &programme)).collect();
    let facts =
        Facts { language: visitor.language, cinema, halls: &halls, programme: &programme, sold: &sold };
    let day = |ahead| {
        let date = local::days_on(from, ahead);
        Day { date, label: format::day(visitor.language, date), line_up: LineUp::of(&facts, date) }
    };
    Ok((0..DAYS).map(day).collect())
}

/// Halls that have gone out of use since, as far as their screenings tell of them: by name.
fn retired(in_use: &[Hall], programme: &Programme) -> Vec<Hall> {
    let mut gone: Vec<Hall> = Vec::new();
    for screening in programme.screenings.iter().chain(&programme.cancelled) {
        let known = in_use.iter().chain(&gone).any(|hall| hall.hall_id == screening.hall_id);
        if !known {
            let (hall_id, name) = (screening.hall_id, screening.hall_name.clone());
            gone.push(Hall { hall_id, name, retired: true, ..Hall::default() });
        }
    }
    gone.sort_by(|a, b| a.name.cmp(&b.name).then(a.hall_id.cmp(&b.hall_id)));
    gone
}
