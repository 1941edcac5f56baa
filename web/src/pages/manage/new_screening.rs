//! Planning a screening.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, Query, State as Extract};
use contract::film::{Cinema, CreateScreeningRequest};
use http::{Response, StatusCode};
use serde::Deserialize;

use super::choices::{self, Choice};
use super::{local, refusal, scope, week};
use crate::chrome::Chrome;
use crate::once::{form_key, sent_key};
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, response};

/// What was typed, or what a link proposes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    key: String,
    /// Part of a title, to find the film by.
    title: String,
    film: String,
    hall: String,
    day: String,
    time: String,
    language: String,
    subtitles: String,
    format: String,
    price_list: String,
    lead: String,
    /// The week to go back to.
    from: String,
}

#[derive(Template)]
#[template(path = "manage/new_screening.html")]
struct NewScreening {
    chrome: Chrome,
    cinema: Cinema,
    key: String,
    typed: Typed,
    back: String,
    films: Vec<Choice>,
    halls: Vec<Choice>,
    price_lists: Vec<Choice>,
    languages: Vec<Choice>,
    subtitles: Vec<Choice>,
    formats: &'static [&'static str],
    problem: Option<String>,
}

/// The form.
pub async fn form(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
    Query(typed): Query<Typed>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    page(&state, &visitor, cinema, typed, StatusCode::OK, None).await
}

/// Plans it.
pub async fn create(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let halls = week::halls(&state, &visitor, &cinema).await?;
    let is_here = |request: &CreateScreeningRequest| halls.iter().any(|hall| hall.hall_id == request.hall_id);
    let wanted = message(&cinema, &typed);
    let request =
        match wanted.and_then(|request| is_here(&request).then_some(request).ok_or("manage-hall-missing")) {
            Ok(request) => visitor.ask_once(&sent_key(&typed.key), request),
            Err(missing) => {
                let problem = visitor.language.text(missing);
                return page(&state, &visitor, cinema, typed, StatusCode::BAD_REQUEST, Some(problem)).await;
            }
        };
    match state.services.films().create_screening(request).await {
        Ok(_) => {
            let from = typed.from.parse().or_else(|_| typed.day.parse());
            let from = from.unwrap_or_else(|_| local::today(&cinema, state.clock.now_ms()));
            let day = typed.day.trim();
            let place = format!("{}&done=created#day-{day}", week::place(cinema.cinema_id, from));
            Ok(response::see_other(&place))
        }
        Err(status) => {
            let status = super::on_the_form(status)?;
            let problem = refusal::words(&state, &visitor, &status).await;
            let code = problem::http_status(status.code());
            page(&state, &visitor, cinema, typed, code, Some(problem)).await
        }
    }
}

/// What is to be planned; the name of a text where something cannot be read.
fn message(cinema: &Cinema, typed: &Typed) -> Result<CreateScreeningRequest, &'static str> {
    let id = |text: &str, missing| text.parse::<i64>().map_err(|_| missing);
    let day = typed.day.parse().map_err(|_| "manage-day-missing")?;
    let time = local::time_typed(&typed.time).ok_or("manage-time-missing")?;
    let lead = typed.lead.trim();
    Ok(CreateScreeningRequest {
        film_id: id(&typed.film, "manage-film-missing")?,
        hall_id: id(&typed.hall, "manage-hall-missing")?,
        price_list_id: id(&typed.price_list, "manage-prices-missing")?,
        starts_at: local::moment(cinema, day, time).ok_or("manage-day-missing")?,
        language: typed.language.clone(),
        subtitles: typed.subtitles.clone(),
        format: typed.format.trim().to_owned(),
        lead_minutes: if lead.is_empty() { 0 } else { lead.parse().map_err(|_| "manage-lead-wrong")? },
        ..CreateScreeningRequest::default()
    })
}

async fn page(
    state: &State,
    visitor: &Visitor,
    cinema: Cinema,
    typed: Typed,
    code: StatusCode,
    problem: Option<String>,
) -> Result<Response<Body>, Refused> {
    let halls = week::halls(state, visitor, &cinema).await?;
    let lists = choices::price_lists(state, visitor, &cinema).await?;
    let back = typed.from.parse().or_else(|_| typed.day.parse());
    let back = back.unwrap_or_else(|_| local::today(&cinema, state.clock.now_ms()));
    let page = NewScreening {
        chrome: Chrome::new(state, visitor, "manage-screening-new"),
        key: form_key(),
        back: week::place(cinema.cinema_id, back),
        films: choices::films(state, visitor, &typed.title, &typed.film).await?,
        halls: halls.iter().map(|hall| Choice::new(hall.hall_id, &hall.name, &typed.hall)).collect(),
        price_lists: lists
            .iter()
            .map(|list| Choice::new(list.price_list_id, &list.name, &typed.price_list))
            .collect(),
        languages: choices::languages(visitor.language, &typed.language),
        subtitles: choices::languages(visitor.language, &typed.subtitles),
        formats: choices::FORMATS,
        cinema,
        typed,
        problem,
    };
    Ok(response::page_with(code, &page))
}
