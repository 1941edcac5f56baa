//! The page of an order.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State as Extract};
use contract::order::Order;
use http::{Response, StatusCode};
use tonic::Status;

use super::payment::{PayForm, Paying};
use super::phase::Phase;
use super::view::OrderView;
use crate::chrome::Chrome;
use crate::problem::{self, Refused};
use crate::showing::{self, Showing};
use crate::visitor::Visitor;
use crate::{State, response};

#[derive(Template)]
#[template(path = "order/page.html")]
struct OrderPage {
    chrome: Chrome,
    order: OrderView,
    showing: Option<Showing>,
    /// Where it is to be paid.
    paying: Option<Paying>,
    /// The buyer's account, for those who sell.
    buyer: Option<i64>,
    problem: Option<String>,
}

/// Shows an order.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(order_id): Path<String>,
) -> Result<Response<Body>, Refused> {
    let order = super::find(&state, &visitor, &order_id).await?;
    Ok(page(&state, &visitor, &order, None).await)
}

/// To the order, for who comes to the address of one of its forms.
pub async fn back(Path(order_id): Path<String>) -> Response<Body> {
    response::see_other(&place(&order_id))
}

/// Where the page of an order is.
pub fn place(order_id: &str) -> String {
    format!("/orders/{order_id}")
}

/// The order as it is now, with what a form was refused for.
pub async fn refused(
    state: &State,
    visitor: &Visitor,
    order_id: &str,
    status: Status,
) -> Result<Response<Body>, Refused> {
    let status = super::on_the_page(status)?;
    let order = super::find(state, visitor, order_id).await?;
    Ok(page(state, visitor, &order, Some(&status)).await)
}

async fn page(state: &State, visitor: &Visitor, order: &Order, refused: Option<&Status>) -> Response<Body> {
    let showing = showing::one(state, visitor, order.film_sid).await;
    let view = OrderView::new(visitor.language, order, showing.as_ref(), state.clock.now_ms());
    let title = visitor.language.text_with("order-title", &[("order", view.id.as_str().into())]);
    let at_counter = super::is_at_counter(visitor, order);
    let page = OrderPage {
        chrome: Chrome::titled(state, visitor, title),
        paying: (view.phase == Phase::Open).then(|| Paying::new(at_counter)),
        buyer: at_counter.then_some(order.user_id),
        problem: refused.map(|status| problem::words(visitor.language, status)),
        order: view,
        showing,
    };
    let status = refused.map_or(StatusCode::OK, |status| problem::http_status(status.code()));
    response::page_with(status, &page)
}
