//! Giving seats back: which, what for, and doing it.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, RawForm, RawQuery, State as Extract};
use contract::order::{Order, Refund, RefundRequest, ticket};
use http::{Response, StatusCode};
use tonic::Status;

use super::refund_view::{self, RefundView};
use super::{show, view};
use crate::chrome::Chrome;
use crate::problem::{self, Refused};
use crate::showing::{self, Showing};
use crate::visitor::Visitor;
use crate::{State, format, once, response};

/// Most seats of an order, and longest seat, bytes: what the service takes and more.
const SEATS_MAX: usize = 20;
const SEAT_MAX: usize = 128;

/// What was chosen in a form.
#[derive(Debug, Default)]
struct Choice {
    seats: Vec<String>,
    /// Whether it was chosen at all: who comes first gives back all.
    chosen: bool,
    key: String,
    /// What the visitor has been told they get, minor units.
    promised: Option<i64>,
}

impl Choice {
    fn read(form: &[u8]) -> Self {
        let mut choice = Self::default();
        for (name, value) in form_urlencoded::parse(form) {
            match &*name {
                "seat" if choice.seats.len() < SEATS_MAX && value.len() <= SEAT_MAX => {
                    choice.seats.push(value.into_owned());
                }
                "chosen" => choice.chosen = true,
                "key" => choice.key = value.into_owned(),
                "promised" => choice.promised = value.parse().ok(),
                _ => {}
            }
        }
        choice
    }
}

#[derive(Template)]
#[template(path = "order/refund.html")]
struct RefundPage {
    chrome: Chrome,
    id: String,
    showing: Option<Showing>,
    seats: Vec<SeatChoice>,
    quote: Option<Quote>,
    problem: Option<String>,
    /// Whether the visitor hands cash back.
    at_counter: bool,
}

struct SeatChoice {
    seat: String,
    ticket_type: String,
    price: String,
    chosen: bool,
    used: bool,
}

/// What the visitor gets for the seats they have chosen.
struct Quote {
    seats: Vec<String>,
    /// Minor units.
    amount: i64,
    words: RefundView,
    key: String,
}

/// Shows what giving back would bring.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(order_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response<Body>, Refused> {
    let order = super::find(&state, &visitor, &order_id).await?;
    let choice = Choice::read(query.unwrap_or_default().as_bytes());
    page(&state, &visitor, &order, &choice, None).await
}

/// Gives back, and shows the order.
pub async fn refund(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(order_id): Path<String>,
    RawForm(form): RawForm,
) -> Result<Response<Body>, Refused> {
    super::signed_in(&visitor, &order_id)?;
    let choice = Choice::read(&form);
    let order = super::find(&state, &visitor, &order_id).await?;
    if choice.seats.is_empty() {
        let mut page = page(&state, &visitor, &order, &Choice { chosen: true, ..choice }, None).await?;
        *page.status_mut() = StatusCode::BAD_REQUEST;
        return Ok(page);
    }
    // Less comes back the later it is: nobody gets less than the form has said.
    match quote(&state, &visitor, &order, &choice.seats).await {
        Ok(quote) if choice.promised.is_some_and(|promised| promised <= quote.amount) => {}
        Ok(_) => return page(&state, &visitor, &order, &choice, Some(Changed::Amount)).await,
        Err(status) => return page(&state, &visitor, &order, &choice, Some(Changed::Refused(status))).await,
    }
    let message = RefundRequest { order_id: order.order_id, seats: choice.seats.clone() };
    let request = visitor.ask_once(&once::sent_key(&choice.key), message);
    match state.services.orders().refund(request).await {
        Ok(_) => Ok(response::see_other(&format!("{}#refunds", show::place(&order_id)))),
        Err(status) => page(&state, &visitor, &order, &choice, Some(Changed::Refused(status))).await,
    }
}

/// Why a form was not carried out.
enum Changed {
    /// What comes back is less than it was.
    Amount,
    /// The service refused.
    Refused(Status),
}

async fn quote(state: &State, visitor: &Visitor, order: &Order, seats: &[String]) -> Result<Refund, Status> {
    let message = RefundRequest { order_id: order.order_id, seats: seats.to_vec() };
    Ok(state.services.orders().quote_refund(visitor.ask(message)).await?.into_inner())
}

async fn page(
    state: &State,
    visitor: &Visitor,
    order: &Order,
    choice: &Choice,
    changed: Option<Changed>,
) -> Result<Response<Body>, Refused> {
    let language = visitor.language;
    let showing = showing::one(state, visitor, order.film_sid).await;
    let seats = seats(visitor, order, choice);
    let chosen: Vec<String> = seats.iter().filter(|seat| seat.chosen).map(|seat| seat.seat.clone()).collect();
    let mut status = StatusCode::OK;
    let (mut offered, mut problem) = (None, None);
    if chosen.is_empty() {
        problem = Some(language.text(if seats.is_empty() {
            "order-refund-nothing-left"
        } else {
            "order-refund-none-chosen"
        }));
    } else {
        match quote(state, visitor, order, &chosen).await {
            Ok(refund) => {
                let words = refund_view::of(language, order, &refund, showing.as_ref());
                offered = Some(Quote { seats: chosen, amount: refund.amount, words, key: once::form_key() });
            }
            Err(refused) => problem = Some(problem::words(language, &super::on_the_page(refused)?)),
        }
    }
    match changed {
        None => {}
        Some(Changed::Amount) => {
            status = StatusCode::CONFLICT;
            problem = problem.or_else(|| Some(language.text("order-refund-amount-changed")));
        }
        Some(Changed::Refused(refused)) => {
            let refused = super::on_the_page(refused)?;
            status = problem::http_status(refused.code());
            problem = Some(problem::words(language, &refused));
        }
    }
    let page = RefundPage {
        chrome: Chrome::new(state, visitor, "order-refund-title"),
        id: order.order_id.to_string(),
        showing,
        seats,
        quote: offered,
        problem,
        at_counter: super::is_at_counter(visitor, order),
    };
    Ok(response::page_with(status, &page))
}

/// The seats that could be given back.
fn seats(visitor: &Visitor, order: &Order, choice: &Choice) -> Vec<SeatChoice> {
    let held = order.tickets.iter().filter(|ticket| ticket.state() != ticket::State::Void);
    held.map(|ticket| {
        let used = ticket.state() == ticket::State::Used;
        SeatChoice {
            seat: ticket.seat.clone(),
            ticket_type: view::ticket_type(visitor.language, ticket.ticket_type()),
            price: format::money(visitor.language, ticket.price, &order.currency),
            chosen: !used
                && (!choice.chosen && choice.seats.is_empty() || choice.seats.contains(&ticket.seat)),
            used,
        }
    })
    .collect()
}
