//! The visitor's orders, the newest first.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Query, State as Extract};
use contract::order::{ListMineRequest, Order};
use http::Response;
use serde::Deserialize;

use super::phase::Phase;
use super::view;
use crate::chrome::Chrome;
use crate::language::Language;
use crate::problem::Refused;
use crate::showing::{self, Showing};
use crate::visitor::Visitor;
use crate::{State, format, response};

/// Orders on a page: what one looks through without losing the thread.
const PAGE_SIZE: i32 = 20;
/// Longest token of a page, bytes: what the service takes.
const TOKEN_MAX: usize = 256;

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Page {
    /// From the page before; the newest orders where empty.
    page: String,
}

#[derive(Template)]
#[template(path = "order/list.html")]
struct ListPage {
    chrome: Chrome,
    orders: Vec<Line>,
    is_first: bool,
    /// The next page; nothing on the last.
    next: Option<String>,
}

/// An order in a list.
pub struct Line {
    pub id: String,
    pub showing: Option<Showing>,
    pub seats: String,
    pub phase: Phase,
    pub amount: String,
}

/// Shows them.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(page): Query<Page>,
) -> Result<Response<Body>, Refused> {
    visitor.user()?;
    if page.page.len() > TOKEN_MAX {
        return Err(Refused::not_found());
    }
    let is_first = page.page.is_empty();
    let request = ListMineRequest { page_size: PAGE_SIZE, page_token: page.page };
    let answer = state.services.orders().list_mine(visitor.ask(request)).await?.into_inner();
    let page = ListPage {
        chrome: Chrome::new(&state, &visitor, "nav-orders"),
        orders: lines(&state, &visitor, &answer.orders).await,
        is_first,
        next: Some(answer.next_page_token).filter(|token| !token.is_empty()).map(|token| next(&token)),
    };
    Ok(response::page(&page))
}

/// Orders in words, with what they are for.
pub async fn lines(state: &State, visitor: &Visitor, orders: &[Order]) -> Vec<Line> {
    let screenings = orders.iter().map(|order| order.film_sid).collect();
    let showings = showing::by_id(state, visitor, screenings).await;
    let now = state.clock.now_ms();
    orders.iter().map(|order| line(visitor.language, order, showings.get(&order.film_sid), now)).collect()
}

fn next(token: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("page", token).finish();
    format!("/orders?{query}")
}

fn line(language: Language, order: &Order, showing: Option<&Showing>, now_ms: i64) -> Line {
    Line {
        id: order.order_id.to_string(),
        showing: showing.cloned(),
        seats: view::seats(language, order.seats.iter().map(|seat| &*seat.seat)),
        phase: Phase::of(order, now_ms),
        amount: format::money(language, order.amount, &order.currency),
    }
}
