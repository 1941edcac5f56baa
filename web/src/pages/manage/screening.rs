//! A screening: how it sells, changing it, and how far its refunds have come.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, Query, State as Extract};
use contract::film::UpdateScreeningRequest;
use http::{Response, StatusCode};
use serde::Deserialize;

use super::cancellation::Progress;
use super::choices::{self, Choice};
use super::programme::{self, Sold};
use super::{local, refusal, scope, week};
use crate::chrome::Chrome;
use crate::problem::{self, Refused};
use crate::showing::Showing;
use crate::visitor::Visitor;
use crate::{State, format, response};

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    day: String,
    time: String,
    language: String,
    subtitles: String,
    format: String,
    price_list: String,
}

#[derive(Template)]
#[template(path = "manage/screening.html")]
struct ScreeningPage {
    chrome: Chrome,
    showing: Showing,
    week: String,
    sold: i64,
    revenue: String,
    done: Option<String>,
    problem: Option<String>,
    /// Where it can be changed still.
    form: Option<ChangeForm>,
    /// Where it was cancelled.
    progress: Option<Progress>,
}

/// What stands in the form.
struct ChangeForm {
    typed: Typed,
    languages: Vec<Choice>,
    subtitles: Vec<Choice>,
    formats: &'static [&'static str],
    price_lists: Vec<Choice>,
}

/// Shows it.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(film_sid): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response<Body>, Refused> {
    let showing = scope::screening(&state, &visitor, &film_sid).await?;
    let typed = as_it_is(&showing);
    let done = (done.done == "changed").then(|| visitor.language.text("manage-screening-changed"));
    page(&state, &visitor, showing, typed, done, None).await
}

/// Changes it.
pub async fn change(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(film_sid): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response<Body>, Refused> {
    let showing = scope::screening(&state, &visitor, &film_sid).await?;
    let place = place(showing.screening.film_sid);
    let request = match message(&showing, &typed) {
        Ok(request) => visitor.ask(request),
        Err(missing) => {
            let wrong = Some((StatusCode::BAD_REQUEST, visitor.language.text(missing)));
            return page(&state, &visitor, showing, typed, None, wrong).await;
        }
    };
    match state.services.films().update_screening(request).await {
        Ok(_) => Ok(response::see_other(&format!("{place}?done=changed"))),
        Err(status) => {
            let status = super::on_the_form(status)?;
            let words = refusal::words(&state, &visitor, &status).await;
            let wrong = Some((problem::http_status(status.code()), words));
            page(&state, &visitor, showing, typed, None, wrong).await
        }
    }
}

/// Where the page of a screening is.
pub fn place(film_sid: i64) -> String {
    format!("/manage/screenings/{film_sid}")
}

/// What was sold of it.
pub async fn sold(state: &State, visitor: &Visitor, showing: &Showing) -> Result<Sold, Refused> {
    let (screening, cinema) = (&showing.screening, &showing.cinema);
    let (from, to) = (screening.starts_at, screening.starts_at + 1);
    let sold = programme::sold_by_screening(state, visitor, cinema, from, to).await?;
    Ok(sold.get(&screening.film_sid).copied().unwrap_or_default())
}

fn as_it_is(showing: &Showing) -> Typed {
    let screening = &showing.screening;
    let begins = local::clock(&showing.cinema, screening.starts_at);
    Typed {
        day: begins.date().to_string(),
        time: begins.strftime("%H:%M").to_string(),
        language: screening.language.clone(),
        subtitles: screening.subtitles.clone(),
        format: screening.format.clone(),
        price_list: screening.price_list_id.to_string(),
    }
}

fn message(showing: &Showing, typed: &Typed) -> Result<UpdateScreeningRequest, &'static str> {
    let day = typed.day.parse().map_err(|_| "manage-day-missing")?;
    let time = local::time_typed(&typed.time).ok_or("manage-time-missing")?;
    let moment = local::moment(&showing.cinema, day, time).ok_or("manage-day-missing")?;
    // The form has minutes alone: the same minute is no change.
    let same = moment / local::MINUTE_MS == showing.screening.starts_at / local::MINUTE_MS;
    Ok(UpdateScreeningRequest {
        film_sid: showing.screening.film_sid,
        starts_at: if same { 0 } else { moment },
        language: typed.language.clone(),
        subtitles: typed.subtitles.clone(),
        format: typed.format.trim().to_owned(),
        price_list_id: typed.price_list.parse().map_err(|_| "manage-prices-missing")?,
        ..UpdateScreeningRequest::default()
    })
}

async fn page(
    state: &State,
    visitor: &Visitor,
    showing: Showing,
    typed: Typed,
    done: Option<String>,
    wrong: Option<(StatusCode, String)>,
) -> Result<Response<Body>, Refused> {
    let screening = &showing.screening;
    let (code, problem) = wrong.map_or((StatusCode::OK, None), |(code, words)| (code, Some(words)));
    let progress = match screening.cancelled {
        true => Some(Progress::of(state, visitor, screening).await?),
        false => None,
    };
    let sold = sold(state, visitor, &showing).await?;
    let form = match screening.cancelled || screening.starts_at <= state.clock.now_ms() {
        true => None,
        false => Some(form(state, visitor, &showing, typed).await?),
    };
    let begins = local::clock(&showing.cinema, screening.starts_at).date();
    let page = ScreeningPage {
        chrome: Chrome::titled(state, visitor, showing.title.clone()),
        week: week::place(showing.cinema.cinema_id, begins),
        sold: sold.taken,
        revenue: format::money(visitor.language, sold.revenue, &screening.currency),
        done,
        problem,
        form,
        progress,
        showing,
    };
    Ok(response::page_with(code, &page))
}

async fn form(
    state: &State,
    visitor: &Visitor,
    showing: &Showing,
    typed: Typed,
) -> Result<ChangeForm, Refused> {
    let lists = choices::price_lists(state, visitor, &showing.cinema).await?;
    let list =
        |list: &contract::film::PriceList| Choice::new(list.price_list_id, &list.name, &typed.price_list);
    Ok(ChangeForm {
        languages: choices::languages(visitor.language, &typed.language),
        subtitles: choices::languages(visitor.language, &typed.subtitles),
        formats: choices::FORMATS,
        price_lists: lists.iter().map(list).collect(),
        typed,
    })
}
