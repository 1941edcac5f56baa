//! Prices as a table: a row for each category, a column for each kind of ticket.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State as Extract};
use bytes::Bytes;
use contract::film::{Cinema, CreatePriceListRequest, Price, PriceList, TicketType, UpdatePriceListRequest};
use http::{Response, StatusCode};

use super::fields::Fields;
use super::{amount, prices, scope, week};
use crate::chrome::Chrome;
use crate::once::{form_key, sent_key};
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, format, response};

/// The columns: kinds of tickets and what their fields are called.
const COLUMNS: [(TicketType, &str); 4] = [
    (TicketType::Adult, "adult"),
    (TicketType::Child, "child"),
    (TicketType::Student, "student"),
    (TicketType::Senior, "senior"),
];

/// Highest price, minor units: the service takes no higher one, and tells its limit in these.
const MOST: i64 = 100_000_000;

/// What was typed.
#[derive(Default)]
struct Typed {
    name: String,
    rows: Vec<Row>,
}

/// A category and what each kind of ticket costs, as it was typed.
#[derive(Default)]
struct Row {
    category: String,
    amounts: [String; COLUMNS.len()],
}

/// What can be no price.
enum Wrong {
    Unreadable(String),
    TooLarge(String),
}

impl Wrong {
    fn words(self, visitor: &Visitor, currency: &str) -> String {
        match self {
            Self::Unreadable(typed) => {
                let values = [("amount", typed.into()), ("currency", currency.into())];
                visitor.language.text_with("manage-amount-wrong", &values)
            }
            Self::TooLarge(typed) => {
                let most = format::money(visitor.language, MOST, currency);
                let values = [("amount", typed.into()), ("most", most.into())];
                visitor.language.text_with("manage-amount-too-large", &values)
            }
        }
    }
}

#[derive(Template)]
#[template(path = "manage/price_form.html")]
struct PriceForm {
    chrome: Chrome,
    cinema: Cinema,
    /// The list, where there is one already.
    list_id: Option<i64>,
    key: String,
    typed: Typed,
    columns: Vec<(&'static str, String)>,
    problem: Option<String>,
}

/// The form for a new list.
pub async fn new(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    Ok(response::page(&page(&state, &visitor, cinema, None, Typed::default()).await?))
}

/// The form for a list there is.
pub async fn edit(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path((cinema_id, list_id)): Path<(String, String)>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let list = prices::find(&state, &visitor, &cinema, &list_id).await?;
    let typed = Typed::as_it_is(&list);
    Ok(response::page(&page(&state, &visitor, cinema, Some(list.price_list_id), typed).await?))
}

/// Adds a list.
pub async fn create(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
    body: Bytes,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    sent(&state, &visitor, cinema, None, &Fields::read(&body)).await
}

/// Changes a list.
pub async fn change(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path((cinema_id, list_id)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let list = prices::find(&state, &visitor, &cinema, &list_id).await?;
    sent(&state, &visitor, cinema, Some(list.price_list_id), &Fields::read(&body)).await
}

async fn sent(
    state: &State,
    visitor: &Visitor,
    cinema: Cinema,
    list_id: Option<i64>,
    fields: &Fields,
) -> Result<Response<Body>, Refused> {
    let typed = Typed::of(fields);
    let prices = match typed.prices(&cinema.currency) {
        Ok(prices) => prices,
        Err(wrong) => {
            let words = wrong.words(visitor, &cinema.currency);
            let mut page = page(state, visitor, cinema, list_id, typed).await?;
            page.problem = Some(words);
            return Ok(response::page_with(StatusCode::BAD_REQUEST, &page));
        }
    };
    let (mut service, name) = (state.services.films(), typed.name.clone());
    let answer = match list_id {
        None => {
            let request = CreatePriceListRequest { cinema_id: cinema.cinema_id, name, prices };
            service.create_price_list(visitor.ask_once(&sent_key(&fields.one("key")), request)).await
        }
        Some(price_list_id) => {
            let request = UpdatePriceListRequest { price_list_id, name, prices };
            service.update_price_list(visitor.ask(request)).await
        }
    };
    match answer {
        Ok(_) => Ok(response::see_other(&format!("{}?done=saved", prices::place(cinema.cinema_id)))),
        Err(status) => {
            let status = super::on_the_form(status)?;
            let mut page = page(state, visitor, cinema, list_id, typed).await?;
            page.problem = Some(problem::words(visitor.language, &status));
            Ok(response::page_with(problem::http_status(status.code()), &page))
        }
    }
}

async fn page(
    state: &State,
    visitor: &Visitor,
    cinema: Cinema,
    list_id: Option<i64>,
    mut typed: Typed,
) -> Result<PriceForm, Refused> {
    let halls = week::halls(state, visitor, &cinema).await?;
    // Every category that a hall of the cinema has needs a price.
    for category in halls.iter().flat_map(|hall| &hall.categories) {
        if !typed.rows.iter().any(|row| row.category == *category) {
            typed.rows.push(Row { category: category.clone(), ..Row::default() });
        }
    }
    typed.rows.push(Row::default());
    let title = if list_id.is_some() { "manage-prices-edit" } else { "manage-prices-new" };
    let column = |(_, name): &(TicketType, &'static str)| {
        (*name, visitor.language.text(&format!("order-ticket-{name}")))
    };
    Ok(PriceForm {
        chrome: Chrome::new(state, visitor, title),
        cinema,
        list_id,
        key: form_key(),
        typed,
        columns: COLUMNS.iter().map(column).collect(),
        problem: None,
    })
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        let amount =
            |column: usize, row: usize| fields.all(COLUMNS[column].1).get(row).cloned().unwrap_or_default();
        let rows = fields.all("category").iter().enumerate().map(|(row, category)| Row {
            category: category.clone(),
            amounts: std::array::from_fn(|column| amount(column, row)),
        });
        let is_filled =
            |row: &Row| !row.category.is_empty() || row.amounts.iter().any(|amount| !amount.is_empty());
        Self { name: fields.one("name"), rows: rows.filter(is_filled).collect() }
    }

    fn as_it_is(list: &PriceList) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        for price in &list.prices {
            let Some(column) = COLUMNS.iter().position(|(kind, _)| *kind == price.ticket_type()) else {
                continue;
            };
            let known = rows.iter().position(|row| row.category == price.category);
            let at = known.unwrap_or_else(|| {
                rows.push(Row { category: price.category.clone(), ..Row::default() });
                rows.len() - 1
            });
            rows[at].amounts[column] = format::decimal(price.amount, &list.currency);
        }
        Self { name: list.name.clone(), rows }
    }

    /// The prices; of what cannot be a price, what was typed.
    fn prices(&self, currency: &str) -> Result<Vec<Price>, Wrong> {
        let mut prices = Vec::new();
        for row in &self.rows {
            for (typed, (kind, _)) in row.amounts.iter().zip(COLUMNS).filter(|(typed, _)| !typed.is_empty()) {
                let amount = amount::read(typed, currency).ok_or_else(|| Wrong::Unreadable(typed.clone()))?;
                if amount > MOST {
                    return Err(Wrong::TooLarge(typed.clone()));
                }
                prices.push(Price { category: row.category.clone(), ticket_type: kind.into(), amount });
            }
        }
        Ok(prices)
    }
}
