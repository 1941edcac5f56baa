//! Looking orders up: by number, by a ticket's code, by buyer, by screening.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Query, State as Extract};
use contract::order::FindOrdersRequest;
use contract::user::ListUsersRequest;
use http::Response;
use micro::Caller;
use serde::Deserialize;

use crate::chrome::Chrome;
use crate::pages::order::{self, Line};
use crate::problem::Refused;
use crate::ticket::code;
use crate::visitor::Visitor;
use crate::{State, response};

/// Orders on a page: what one looks through without losing the thread.
const PAGE_SIZE: i32 = 20;
/// Accounts shown for a name: who needs more types more of it.
const ACCOUNTS: i32 = 20;
/// Longest name looked for, and longest token of a page, bytes: what the services take.
const NAME_MAX: usize = 254;
const TOKEN_MAX: usize = 256;

/// What is looked for: the first that is given.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// An order's number or a ticket's code.
    order: String,
    /// An account's number, or a part of its name.
    buyer: String,
    screening: String,
    page: String,
}

#[derive(Template)]
#[template(path = "staff/orders.html")]
struct OrdersPage {
    chrome: Chrome,
    wanted: Wanted,
    accounts: Vec<Account>,
    orders: Vec<Line>,
    next: Option<String>,
    /// What was typed is nothing that could be looked for.
    problem: Option<String>,
    by_name: bool,
}

/// An account whose name fits.
struct Account {
    id: i64,
    name: String,
    reached: String,
}

/// Shows what is found; an order that is named is shown itself.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response<Body>, Refused> {
    let caller = super::staff(&visitor, &visitor.here)?;
    if wanted.page.len() > TOKEN_MAX || wanted.buyer.len() > NAME_MAX {
        return Err(Refused::not_found());
    }
    let mut page = OrdersPage {
        chrome: Chrome::new(&state, &visitor, "counter-found-title"),
        accounts: Vec::new(),
        orders: Vec::new(),
        next: None,
        problem: None,
        by_name: caller.is_admin(),
        wanted,
    };
    let Some(request) = request(&page.wanted) else {
        page.accounts = accounts(&state, &visitor, caller, page.wanted.buyer.trim()).await?;
        if page.accounts.is_empty() {
            page.problem = Some(visitor.language.text(not_found(&page.wanted, page.by_name)));
        }
        return Ok(response::page(&page));
    };
    let named = request.order_id;
    let found = state.services.orders().find_orders(visitor.ask(request)).await?.into_inner();
    if let ([order], true) = (&*found.orders, named > 0) {
        return Ok(response::see_other(&format!("/orders/{}", order.order_id)));
    }
    page.orders = order::lines(&state, &visitor, &found.orders).await;
    page.next = next(&page.wanted, &found.next_page_token);
    if page.orders.is_empty() {
        page.problem = Some(visitor.language.text("counter-none"));
    }
    Ok(response::page(&page))
}

/// What the order service is asked; nothing where it is nothing to be asked for.
fn request(wanted: &Wanted) -> Option<FindOrdersRequest> {
    let positive = |text: &str| text.trim().parse().ok().filter(|id: &i64| *id > 0);
    let page = FindOrdersRequest {
        page_size: PAGE_SIZE,
        page_token: wanted.page.clone(),
        ..FindOrdersRequest::default()
    };
    if !wanted.order.trim().is_empty() {
        let of_code = || Some(code::read(&code::tidy(&wanted.order))?.order_id).filter(|id| *id > 0);
        return Some(FindOrdersRequest { order_id: positive(&wanted.order).or_else(of_code)?, ..page });
    }
    if !wanted.buyer.trim().is_empty() {
        return Some(FindOrdersRequest { user_id: positive(&wanted.buyer)?, ..page });
    }
    Some(FindOrdersRequest { film_sid: positive(&wanted.screening)?, ..page })
}

/// Accounts by a part of their names, for those who may look at accounts.
async fn accounts(
    state: &State,
    visitor: &Visitor,
    caller: &Caller,
    name: &str,
) -> Result<Vec<Account>, Refused> {
    if name.is_empty() || !caller.is_admin() {
        return Ok(Vec::new());
    }
    let request =
        ListUsersRequest { query: name.to_owned(), page_size: ACCOUNTS, ..ListUsersRequest::default() };
    let found = state.services.users().list_users(visitor.ask(request)).await?.into_inner().users;
    let account = |user: contract::user::Profile| {
        let names = [&*user.display_name, &*user.user_name].map(str::to_owned);
        let reached = [&*user.email, &*user.phone];
        Account {
            id: user.user_id,
            name: names.into_iter().find(|name| !name.is_empty()).unwrap_or_default(),
            reached: reached.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        }
    };
    Ok(found.into_iter().map(account).collect())
}

/// Why nothing was looked for.
fn not_found(wanted: &Wanted, by_name: bool) -> &'static str {
    match (wanted.order.trim().is_empty(), wanted.buyer.trim().is_empty(), by_name) {
        (false, ..) => "counter-not-a-number",
        (true, false, true) => "counter-no-account",
        (true, false, false) => "counter-buyer-by-number",
        (true, true, _) => "counter-nothing-typed",
    }
}

/// The page after this one.
fn next(wanted: &Wanted, token: &str) -> Option<String> {
    if token.is_empty() {
        return None;
    }
    let values = [("buyer", &*wanted.buyer), ("screening", &*wanted.screening), ("page", token)];
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(values.into_iter().filter(|(_, value)| !value.is_empty()));
    Some(format!("/counter/orders?{}", query.finish()))
}
