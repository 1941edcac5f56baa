//! The page of a report, and the part of it that is renewed.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State as Extract};
use http::{Response, StatusCode};
use tonic::Status;

use super::super::choices::Choice;
use super::super::{filter, manager, on_the_form};
use super::asked::{Asked, Fields, Group, Scope};
use super::body::Body;
use super::days::Range;
use super::section;
use crate::chart::Chart;
use crate::chrome::Chrome;
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, response};

/// How often a page of today is renewed, milliseconds.
const RENEWED_MS: u32 = 10_000;
/// Where the page is.
const PLACE: &str = "/manage/sales";

#[derive(Template)]
#[template(path = "manage/sales.html")]
struct SalesPage {
    chrome: Chrome,
    is_admin: bool,
    fields: Fields,
    cinemas: Vec<Choice>,
    bases: Vec<Choice>,
    ranges: Vec<Tab>,
    groups: Vec<Tab>,
    problem: Option<String>,
    body: Option<Body>,
    /// Where the part is that is renewed, and how often.
    live: Option<String>,
    every: u32,
}

/// The part of the page that is renewed.
#[derive(Template)]
#[template(path = "manage/sales_part.html")]
struct Part {
    chrome: Chrome,
    body: Option<Body>,
}

/// A view of the same.
struct Tab {
    label: String,
    href: String,
    here: bool,
}

/// Shows it.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(mut fields): Query<Fields>,
) -> Result<Response<axum::body::Body>, Refused> {
    let is_admin = manager(&visitor)?.is_admin();
    let Scope { cinemas, asked } = fields.read(&state, &visitor).await?;
    let (body, problem) = match &asked {
        Ok(asked) if !asked.cinemas.is_empty() => told(Body::of(&state, &visitor, asked).await)?,
        Ok(_) => (None, None),
        Err(problem) => (None, Some(Status::clone(problem))),
    };
    let asked = asked.ok();
    if let Some(asked) = &asked {
        fields.range = asked.range.name().to_owned();
        fields.from = asked.days.first.to_string();
        fields.to = asked.days.last.to_string();
        fields.group = asked.group.name().to_owned();
    }
    let live = asked.as_ref().filter(|asked| asked.range == Range::Today && body.is_some());
    let live = live.map(|asked| asked.address("/manage/sales/now", asked.range, asked.group));
    let code = problem.as_ref().map_or(StatusCode::OK, |status| problem::http_status(status.code()));
    let page = SalesPage {
        chrome: Chrome::new(&state, &visitor, "sales-title"),
        is_admin,
        cinemas: filter::cinemas(&cinemas, &fields.cinema),
        bases: fields.bases(&visitor),
        ranges: asked.as_ref().map_or_else(Vec::new, |asked| ranges(&visitor, asked)),
        groups: asked.as_ref().map_or_else(Vec::new, |asked| groups(&visitor, asked)),
        problem: problem.map(|status| problem::words(visitor.language, &status)),
        fields,
        body,
        live,
        every: RENEWED_MS,
    };
    Ok(response::page_with(code, &page))
}

/// Shows what is renewed.
pub async fn now(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(fields): Query<Fields>,
) -> Result<Response<axum::body::Body>, Refused> {
    manager(&visitor)?;
    let asked = fields.read(&state, &visitor).await?.asked.map_err(Refused::Status)?;
    let body = Body::of(&state, &visitor, &asked).await?;
    let chrome = Chrome::new(&state, &visitor, "sales-title");
    Ok(response::page(&Part { chrome, body: Some(body) }))
}

/// A report, or what its form can say of why there is none.
fn told(body: Result<Body, Refused>) -> Result<(Option<Body>, Option<Status>), Refused> {
    match body {
        Ok(body) => Ok((Some(body), None)),
        Err(Refused::Status(status)) => Ok((None, Some(on_the_form(*status)?))),
        Err(elsewhere) => Err(elsewhere),
    }
}

fn ranges(visitor: &Visitor, asked: &Asked) -> Vec<Tab> {
    let tab = |range: Range| Tab {
        label: visitor.language.text(&format!("sales-range-{}", range.name())),
        href: asked.address(PLACE, range, asked.group),
        here: range == asked.range,
    };
    Range::OFFERED.into_iter().map(tab).collect()
}

fn groups(visitor: &Visitor, asked: &Asked) -> Vec<Tab> {
    let tab = |group: Group| Tab {
        label: section::named(visitor.language, asked, group),
        href: asked.address(PLACE, asked.range, group),
        here: group == asked.group,
    };
    Group::ALL.into_iter().map(tab).collect()
}
