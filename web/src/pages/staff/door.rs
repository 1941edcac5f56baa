//! The door: which screening it is for, and a field for codes.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Query, State as Extract};
use contract::film::Cinema;
use contract::order::GetTicketKeysRequest;
use http::Response;
use serde::Deserialize;

use super::check::{self, Shown};
use super::module_facts;
use super::programme::{self, On};
use super::verdict::Verdict;
use crate::chrome::Chrome;
use crate::problem::Refused;
use crate::showing::{self, Showing};
use crate::visitor::Visitor;
use crate::{State, once, response};

/// What the door is for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Door {
    cinema: String,
    /// A screening; any where it is none.
    screening: String,
}

#[derive(Template)]
#[template(path = "staff/door.html")]
struct DoorPage {
    chrome: Chrome,
    cinemas: Vec<Cinema>,
    /// The chosen cinema; 0 where none is.
    cinema: i64,
    screenings: Vec<On>,
    /// The chosen screening; 0 for any.
    film_sid: i64,
    showing: Option<Showing>,
    verdict: Option<Verdict>,
    /// Makes this rendering's form let one in, however often it is sent.
    key: String,
    /// For the module: see `module_facts`.
    for_module: String,
}

/// Shows the door.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(door): Query<Door>,
) -> Result<Response<Body>, Refused> {
    page(&state, &visitor, &door, None).await
}

/// Checks a ticket, and shows the door with the answer: whoever loads that again sends the same
/// key and gets the same answer.
pub async fn check(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Form(shown): Form<Shown>,
) -> Result<Response<Body>, Refused> {
    super::staff(&visitor, "/door")?;
    let verdict = check::admit(&state, &visitor, &shown).await?;
    let door = Door { cinema: shown.cinema, screening: shown.screening };
    page(&state, &visitor, &door, Some(verdict)).await
}

async fn page(
    state: &State,
    visitor: &Visitor,
    door: &Door,
    verdict: Option<Verdict>,
) -> Result<Response<Body>, Refused> {
    let caller = super::staff(visitor, &visitor.here)?;
    let cinemas = programme::cinemas(state, visitor, caller).await?;
    let showing = match door.screening.parse() {
        Ok(film_sid) if film_sid > 0 => showing::one(state, visitor, film_sid).await,
        _ => None,
    };
    let showing = showing.filter(|showing| caller.serves(showing.cinema.cinema_id));
    let asked = door.cinema.parse().ok();
    let asked = asked.or_else(|| showing.as_ref().map(|showing| showing.cinema.cinema_id));
    let cinema = programme::chosen(&cinemas, asked.unwrap_or_default());
    let showing =
        showing.filter(|showing| cinema.is_some_and(|cinema| cinema.cinema_id == showing.cinema.cinema_id));
    let screenings = match cinema {
        Some(cinema) => programme::today(state, visitor, cinema, "").await?,
        None => Vec::new(),
    };
    let keys =
        state.services.orders().get_ticket_keys(visitor.ask(GetTicketKeysRequest {})).await?.into_inner();
    let film_sid = showing.as_ref().map(|showing| showing.screening.film_sid).unwrap_or_default();
    let zone = cinema.map(|cinema| cinema.time_zone.clone()).unwrap_or_default();
    let page = DoorPage {
        chrome: Chrome::new(state, visitor, "nav-door"),
        cinema: cinema.map(|cinema| cinema.cinema_id).unwrap_or_default(),
        for_module: module_facts::script(visitor, &keys, (film_sid, &zone), state.clock.now_ms()),
        key: once::form_key(),
        cinemas,
        screenings,
        film_sid,
        showing,
        verdict,
    };
    Ok(response::page(&page))
}
