//! Finding orders.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Query, State as Extract};
use contract::film::Cinema;
use contract::order::order::State as OrderState;
use contract::order::{FindOrdersRequest, Order};
use http::Response;
use serde::Deserialize;

use super::choices::Choice;
use super::{filter, local, manager, scope};
use crate::chrome::Chrome;
use crate::pages::order::phase::Phase;
use crate::problem::Refused;
use crate::showing::{self, Showing};
use crate::visitor::Visitor;
use crate::{State, format, response};

/// Orders on a page.
const PAGE: i32 = 50;
/// States to choose from, and what the site calls them.
const STATES: [(OrderState, &str); 6] = [
    (OrderState::Pending, "open"),
    (OrderState::Paid, "paid"),
    (OrderState::PartiallyRefunded, "partly-refunded"),
    (OrderState::Refunded, "refunded"),
    (OrderState::Cancelled, "cancelled"),
    (OrderState::Expired, "expired"),
];

/// Which orders.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    order: String,
    user: String,
    screening: String,
    cinema: String,
    state: String,
    from: String,
    to: String,
    page: String,
}

#[derive(Template)]
#[template(path = "manage/orders.html")]
struct Orders {
    chrome: Chrome,
    is_admin: bool,
    cinemas: Vec<Choice>,
    states: Vec<Choice>,
    orders: Vec<Line>,
    next: Option<String>,
    problem: Option<String>,
    filter: Filter,
}

struct Line {
    order_id: i64,
    user_id: i64,
    opened: String,
    cinema: String,
    showing: Option<Showing>,
    film_sid: i64,
    seats: String,
    amount: String,
    phase: Phase,
}

/// Shows those that were found.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(filter): Query<Filter>,
) -> Result<Response<Body>, Refused> {
    let is_admin = manager(&visitor)?.is_admin();
    let cinemas = scope::cinemas(&state, &visitor).await?;
    let mut orders = state.services.orders();
    let ask = async |request| orders.find_orders(request).await;
    let filter::Searched { found, code, problem } =
        filter::search(&visitor, filter.message(&cinemas), ask).await?;
    let screenings = found.orders.iter().map(|order| order.film_sid).collect();
    let showings = showing::by_id(&state, &visitor, screenings).await;
    let line = |order: &Order| line(&visitor, order, &cinemas, &showings, state.clock.now_ms());
    let state_choice = |(_, name): &(OrderState, &str)| {
        Choice::new(name, visitor.language.text(&format!("order-state-{name}")), &filter.state)
    };
    let page = Orders {
        chrome: Chrome::new(&state, &visitor, "manage-orders"),
        is_admin,
        orders: found.orders.iter().map(line).collect(),
        next: filter::next("/manage/orders", &filter.pairs(), &found.next_page_token),
        states: STATES.iter().map(state_choice).collect(),
        cinemas: filter::cinemas(&cinemas, &filter.cinema),
        problem,
        filter,
    };
    Ok(response::page_with(code, &page))
}

impl Filter {
    /// What the service is asked; nothing where what was typed is no search.
    fn message(&self, cinemas: &[Cinema]) -> Option<FindOrdersRequest> {
        let clock = filter::clock_of(cinemas, &self.cinema);
        let cinema = filter::id(&self.cinema)?;
        let state = match &*self.state {
            "" => OrderState::Unspecified,
            wanted => STATES.iter().find(|(_, name)| *name == wanted)?.0,
        };
        Some(FindOrdersRequest {
            order_id: filter::id(&self.order)?,
            user_id: filter::id(&self.user)?,
            film_sid: filter::id(&self.screening)?,
            cinema_ids: if cinema > 0 { vec![cinema] } else { Vec::new() },
            state: state.into(),
            created_from: filter::from(&clock, &self.from)?,
            created_to: filter::to(&clock, &self.to)?,
            page_size: PAGE,
            page_token: self.page.clone(),
        })
    }

    fn pairs(&self) -> [(&str, &str); 7] {
        [
            ("order", &self.order),
            ("user", &self.user),
            ("screening", &self.screening),
            ("cinema", &self.cinema),
            ("state", &self.state),
            ("from", &self.from),
            ("to", &self.to),
        ]
    }
}

fn line(
    visitor: &Visitor,
    order: &Order,
    cinemas: &[Cinema],
    showings: &HashMap<i64, Showing>,
    now_ms: i64,
) -> Line {
    let cinema = cinemas.iter().find(|cinema| cinema.cinema_id == order.cinema_id);
    let clock = cinema.cloned().unwrap_or_else(|| filter::clock_of(cinemas, ""));
    let opened = local::clock(&clock, order.created_at);
    let seats: Vec<&str> = order.seats.iter().map(|seat| &*seat.seat).collect();
    Line {
        order_id: order.order_id,
        user_id: order.user_id,
        opened: format!("{} {}", format::day(visitor.language, opened.date()), opened.strftime("%H:%M")),
        cinema: cinema.map_or_else(String::new, |cinema| cinema.name.clone()),
        showing: showings.get(&order.film_sid).cloned(),
        film_sid: order.film_sid,
        seats: visitor.language.list(&seats),
        amount: format::money(visitor.language, order.amount, &order.currency),
        phase: Phase::of(order, now_ms),
    }
}
