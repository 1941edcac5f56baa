//! Tickets to take along: in a calendar, and on paper.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State as Extract};
use contract::order::Order;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, Response};
use micro::Problem;

use super::phase::Phase;
use super::view::{self, OrderView, TicketView};
use crate::State;
use crate::problem::Refused;
use crate::showing::{self, Showing};
use crate::ticket::calendar::Entry;
use crate::ticket::paper::{self, Strip};
use crate::visitor::Visitor;

/// The order as an entry for calendars.
pub async fn calendar(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(order_id): Path<String>,
) -> Result<Response<Body>, Refused> {
    let (order, showing) = paid(&state, &visitor, &order_id).await?;
    let tickets = valid(&visitor, &state, &order, &showing);
    let language = visitor.language;
    let hall = language.text_with("hall", &[("name", (&*showing.screening.hall_name).into())]);
    let seats = view::seats(language, tickets.iter().map(|ticket| &*ticket.seat));
    let number = language.text_with("order-title", &[("order", order_id.as_str().into())]);
    let entry = Entry {
        uid: format!("order-{order_id}@marquee"),
        sequence: showing.screening.version,
        written_at: state.clock.now_ms(),
        starts_at: showing.screening.starts_at,
        ends_at: showing.screening.ends_at,
        summary: &showing.title,
        location: &format!("{}, {}", showing.cinema.name, showing.address()),
        description: &format!("{hall}\n{seats}\n{number}"),
        cancelled: showing.screening.cancelled,
    };
    Ok(file(entry.write().into_bytes(), "text/calendar; charset=utf-8", &format!("order-{order_id}.ics")))
}

/// The order's tickets to be printed.
pub async fn paper(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(order_id): Path<String>,
) -> Result<Response<Body>, Refused> {
    let (order, showing) = paid(&state, &visitor, &order_id).await?;
    let tickets = valid(&visitor, &state, &order, &showing);
    let strips: Vec<Strip> =
        tickets.into_iter().map(|ticket| strip(&visitor, &order_id, &showing, ticket)).collect();
    let pdf = paper::write(&showing.title, visitor.language.tag(), &strips);
    Ok(file(pdf, "application/pdf", &format!("tickets-{order_id}.pdf")))
}

/// An order with tickets, and what they are for.
async fn paid(state: &State, visitor: &Visitor, order_id: &str) -> Result<(Order, Showing), Refused> {
    let order = super::find(state, visitor, order_id).await?;
    if !Phase::of(&order, state.clock.now_ms()).has_tickets() {
        return Err(Refused::not_found());
    }
    let showing = showing::one(state, visitor, order.film_sid).await;
    let showing = showing
        .ok_or_else(|| Problem::unavailable("SCREENING_UNAVAILABLE", "the screening cannot be looked up"))?;
    Ok((order, showing))
}

fn valid(visitor: &Visitor, state: &State, order: &Order, showing: &Showing) -> Vec<TicketView> {
    OrderView::new(visitor.language, order, Some(showing), state.clock.now_ms()).tickets
}

fn strip(visitor: &Visitor, order_id: &str, showing: &Showing, ticket: TicketView) -> Strip {
    let language = visitor.language;
    let hall = language.text_with("hall", &[("name", (&*showing.screening.hall_name).into())]);
    let seat = language.text_with("order-seat-is", &[("seat", ticket.seat.into())]);
    let number = language.text_with("order-title", &[("order", order_id.into())]);
    let times = format!("{} {}–{}", showing.day, showing.time(), showing.ends());
    Strip {
        title: showing.title.clone(),
        seat: format!("{seat} · {}", ticket.ticket_type),
        lines: vec![
            times,
            format!("{} · {hall}", showing.cinema.name),
            showing.address(),
            number,
            ticket.plain_price,
        ],
        code: ticket.code,
    }
}

/// A file to be kept.
fn file(content: Vec<u8>, kind: &'static str, name: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(content));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    // Its codes let people in: it is kept where its owner puts it, and nowhere else.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(named) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, named);
    }
    response
}
