//! An order: to be paid, paid, or over; its tickets; and giving them back.

mod cancel;
mod list;
mod pay;
mod payment;
pub(in crate::pages) mod phase;
mod refund;
mod refund_view;
mod show;
mod status;
mod tickets;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use contract::order::{GetInfoRequest, Order};
pub use list::{Line, lines};
use tonic::{Code, Status};

use super::number;
use crate::State;
use crate::problem::Refused;
use crate::visitor::Visitor;
pub use view::ticket_type;

/// The pages of orders.
pub fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/orders", get(list::show))
        .route("/orders/{order_id}", get(show::show))
        .route("/orders/{order_id}/status", get(status::show))
        .route("/orders/{order_id}/pay", post(pay::pay).get(show::back))
        .route("/orders/{order_id}/cancel", post(cancel::cancel).get(show::back))
        .route("/orders/{order_id}/refund", get(refund::show).post(refund::refund))
        .route("/orders/{order_id}/calendar.ics", get(tickets::calendar))
        .route("/orders/{order_id}/tickets.pdf", get(tickets::paper))
}

/// An order that the visitor may see.
async fn find(state: &State, visitor: &Visitor, order_id: &str) -> Result<Order, Refused> {
    visitor.user()?;
    let order_id = number(order_id)?;
    let request = visitor.ask(GetInfoRequest { order_id });
    Ok(state.services.orders().get_info(request).await?.into_inner())
}

/// Whoever sends a form has to be signed in; after that they see the order again.
fn signed_in(visitor: &Visitor, order_id: &str) -> Result<(), Refused> {
    if visitor.signed_in.is_some() { Ok(()) } else { Err(Refused::sign_in(&show::place(order_id))) }
}

/// Whether the visitor sells at the order's cinema: they take cash for it, and hand it back.
fn is_at_counter(visitor: &Visitor, order: &Order) -> bool {
    visitor.signed_in.as_ref().is_some_and(|signed_in| signed_in.caller.serves(order.cinema_id))
}

/// What the page of the order itself can say: everything but that there is no such order, or
/// that the fault is ours.
fn on_the_page(status: Status) -> Result<Status, Refused> {
    match status.code() {
        Code::NotFound | Code::Unauthenticated | Code::Internal | Code::Unknown => Err(status.into()),
        _ => Ok(status),
    }
}
