//! Planning a day as another one: each screening is copied, or it is told why not.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Query, State as Extract};
use bytes::Bytes;
use contract::film::{Cinema, CreateScreeningRequest, Film, Screening};
use http::{Response, StatusCode};
use jiff::civil::Date;
use serde::Deserialize;

use super::programme::{self, Programme};
use super::{local, refusal, scope, week};
use crate::chrome::Chrome;
use crate::once::{form_key, sent_key};
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, day, format, response, title};

/// Which day.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    day: String,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    key: String,
    day: String,
    to: String,
    /// The screenings that are to be copied.
    screenings: Vec<i64>,
}

#[derive(Template)]
#[template(path = "manage/copy_day.html")]
struct CopyDay {
    chrome: Chrome,
    cinema: Cinema,
    key: String,
    day: Date,
    label: String,
    to: String,
    /// Whether something was copied, or should have been.
    tried: bool,
    target: Option<(String, String)>,
    lines: Vec<Line>,
    problem: Option<String>,
}

/// A screening of the day.
struct Line {
    film_sid: i64,
    when: String,
    title: String,
    hall: String,
    ticked: bool,
    /// What became of it, where it was tried.
    outcome: Option<Outcome>,
}

#[derive(Clone)]
struct Outcome {
    copied: bool,
    words: String,
}

/// The form.
pub async fn form(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
    Query(choice): Query<Choice>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let date: Date = choice.day.parse().map_err(|_| Refused::not_found())?;
    let programme = of_day(&state, &visitor, &cinema, date).await?;
    let to = local::days_on(date, 1).to_string();
    let lines = lines(&visitor, &programme, |_| (true, None));
    Ok(response::page(&page(&state, &visitor, cinema, date, to, lines)))
}

/// Copies them.
pub async fn copy(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
    body: Bytes,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let typed = Typed::read(&body);
    let date: Date = typed.day.parse().map_err(|_| Refused::not_found())?;
    let programme = of_day(&state, &visitor, &cinema, date).await?;
    let ticked = |screening: &Screening| typed.screenings.contains(&screening.film_sid);
    let to: Option<Date> = typed.to.parse().ok().filter(|to| *to != date);
    let Some(to) = to.filter(|_| programme.screenings.iter().any(ticked)) else {
        let missing = match to {
            Some(_) => "manage-copy-none",
            None if typed.to.parse::<Date>().is_err() => "manage-day-missing",
            None => "manage-copy-other-day",
        };
        let lines = lines(&visitor, &programme, |screening| (ticked(screening), None));
        let mut page = page(&state, &visitor, cinema, date, typed.to.clone(), lines);
        page.problem = Some(visitor.language.text(missing));
        return Ok(response::page_with(StatusCode::BAD_REQUEST, &page));
    };
    let key = sent_key(&typed.key);
    let mut outcomes = HashMap::new();
    for screening in programme.screenings.iter().filter(|screening| ticked(screening)) {
        let outcome = copied(&state, &visitor, &cinema, &programme, screening, to, &key).await?;
        outcomes.insert(screening.film_sid, outcome);
    }
    let target = format!("{}&done=copied", week::place(cinema.cinema_id, to));
    if outcomes.values().all(|outcome| outcome.copied) {
        return Ok(response::see_other(&target));
    }
    let lines = lines(&visitor, &programme, |screening| {
        let outcome = outcomes.get(&screening.film_sid).cloned();
        (outcome.as_ref().is_some_and(|outcome| !outcome.copied), outcome)
    });
    let mut page = page(&state, &visitor, cinema, date, to.to_string(), lines);
    page.tried = true;
    page.target = Some((target, format::day(visitor.language, to)));
    Ok(response::page_with(StatusCode::CONFLICT, &page))
}

impl Typed {
    fn read(body: &[u8]) -> Self {
        let mut typed = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match &*name {
                "key" => typed.key = value.into_owned(),
                "day" => typed.day = value.into_owned(),
                "to" => typed.to = value.into_owned(),
                "screening" => typed.screenings.extend(value.parse::<i64>().ok()),
                _ => {}
            }
        }
        typed
    }
}

async fn of_day(state: &State, visitor: &Visitor, cinema: &Cinema, date: Date) -> Result<Programme, Refused> {
    let (from, to) = local::bounds(cinema, date).ok_or_else(Refused::not_found)?;
    programme::between(state, visitor, cinema, from, to).await
}

/// Plans a screening again on another day, at the same time of the clock.
async fn copied(
    state: &State,
    visitor: &Visitor,
    cinema: &Cinema,
    programme: &Programme,
    screening: &Screening,
    to: Date,
    key: &str,
) -> Result<Outcome, Refused> {
    let begins = local::clock(cinema, screening.starts_at).time();
    let starts_at = local::moment(cinema, to, begins).ok_or_else(Refused::not_found)?;
    let request = again(screening, programme.film(screening.film_id), starts_at);
    // A key of its own for each, the same when the form is sent again.
    let key = format!("{}-{}-{to}", key.get(..32).unwrap_or(key), screening.film_sid);
    match state.services.films().create_screening(visitor.ask_once(&key, request)).await {
        Ok(_) => Ok(Outcome { copied: true, words: visitor.language.text("manage-copied") }),
        Err(status) => {
            let status = super::on_the_form(status)?;
            Ok(Outcome { copied: false, words: refusal::words(state, visitor, &status).await })
        }
    }
}

fn again(screening: &Screening, film: Option<&Film>, starts_at: i64) -> CreateScreeningRequest {
    let minutes = (screening.ends_at - screening.starts_at) / local::MINUTE_MS;
    let lead = film.map_or(0, |film| minutes - i64::from(film.minutes)).max(0);
    let later = starts_at - screening.starts_at;
    CreateScreeningRequest {
        film_id: screening.film_id,
        hall_id: screening.hall_id,
        price_list_id: screening.price_list_id,
        starts_at,
        language: screening.language.clone(),
        subtitles: screening.subtitles.clone(),
        format: screening.format.clone(),
        lead_minutes: i32::try_from(lead).unwrap_or_default(),
        sales_open_at: 0,
        sales_close_at: screening.sales_close_at + later,
    }
}

fn lines(
    visitor: &Visitor,
    programme: &Programme,
    of: impl Fn(&Screening) -> (bool, Option<Outcome>),
) -> Vec<Line> {
    let line = |screening: &Screening| {
        let (ticked, outcome) = of(screening);
        let film = programme.film(screening.film_id);
        let lasts = screening.ends_at - screening.starts_at;
        Line {
            film_sid: screening.film_sid,
            when: format!("{}–{}", day::time(screening), day::later(screening, lasts)),
            title: film.map_or_else(String::new, |film| title::of(film, visitor.language).to_owned()),
            hall: screening.hall_name.clone(),
            ticked,
            outcome,
        }
    };
    programme.screenings.iter().map(line).collect()
}

fn page(
    state: &State,
    visitor: &Visitor,
    cinema: Cinema,
    date: Date,
    to: String,
    lines: Vec<Line>,
) -> CopyDay {
    CopyDay {
        chrome: Chrome::new(state, visitor, "manage-copy-title"),
        cinema,
        key: form_key(),
        day: date,
        label: format::day(visitor.language, date),
        to,
        tried: false,
        target: None,
        lines,
        problem: None,
    }
}
