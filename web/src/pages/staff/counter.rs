//! The box office: what is on today, to be sold, and the way to any order.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Query, State as Extract};
use contract::film::Cinema;
use http::Response;
use serde::Deserialize;

use super::programme::{self, On};
use crate::chrome::Chrome;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, response};

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    cinema: String,
    /// Part of a title.
    q: String,
}

#[derive(Template)]
#[template(path = "staff/counter.html")]
struct CounterPage {
    chrome: Chrome,
    cinemas: Vec<Cinema>,
    /// The chosen cinema; 0 where none is.
    cinema: i64,
    q: String,
    screenings: Vec<On>,
    /// Whether accounts can be found by name.
    by_name: bool,
}

/// Shows it.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(filter): Query<Filter>,
) -> Result<Response<Body>, Refused> {
    let caller = super::staff(&visitor, &visitor.here)?;
    let cinemas = programme::cinemas(&state, &visitor, caller).await?;
    let cinema = programme::chosen(&cinemas, filter.cinema.parse().unwrap_or_default());
    let screenings = match cinema {
        Some(cinema) => programme::today(&state, &visitor, cinema, &filter.q).await?,
        None => Vec::new(),
    };
    let page = CounterPage {
        chrome: Chrome::new(&state, &visitor, "nav-counter"),
        cinema: cinema.map(|cinema| cinema.cinema_id).unwrap_or_default(),
        by_name: caller.is_admin(),
        q: filter.q,
        cinemas,
        screenings,
    };
    Ok(response::page(&page))
}
