//! The table of a report as a file.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, State as Extract};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, Response};

use super::asked::{Asked, Fields, Group};
use super::{body, csv};
use crate::State;
use crate::problem::Refused;
use crate::visitor::Visitor;

/// Sends it.
pub async fn send(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(fields): Query<Fields>,
) -> Result<Response<Body>, Refused> {
    let asked = fields.read(&state, &visitor).await?.asked.map_err(Refused::Status)?;
    let table = body::table(&state, &visitor, &asked).await?;
    let mut response = Response::new(Body::from(csv::write(&table)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let named = format!("attachment; filename=\"{}\"", name(&asked));
    headers.insert(CONTENT_DISPOSITION, named.parse().unwrap_or(HeaderValue::from_static("attachment")));
    Ok(response)
}

/// What it is of, by what, and of which days.
fn name(asked: &Asked) -> String {
    let by = match asked.group {
        Group::Overview => Group::Time,
        group => group,
    };
    let cinema = asked.cinema.map_or_else(String::new, |cinema| format!("-cinema-{cinema}"));
    let days = match asked.days.is_one() {
        true => asked.days.first.to_string(),
        false => format!("{}-to-{}", asked.days.first, asked.days.last),
    };
    format!("sales-by-{}{cinema}-{days}.csv", by.name())
}
