//! The price lists of a cinema.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, Query, State as Extract};
use contract::film::{Cinema, PriceList, RetirePriceListRequest, TicketType};
use http::Response;

use super::retire::Question;
use super::{Done, Sure, choices, number, scope};
use crate::chrome::Chrome;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, format, response};

#[derive(Template)]
#[template(path = "manage/prices.html")]
struct Prices {
    chrome: Chrome,
    cinema: Cinema,
    lists: Vec<Line>,
    done: Option<String>,
}

struct Line {
    price_list_id: i64,
    name: String,
    /// What adults pay, by category.
    adults: String,
}

/// Shows them.
pub async fn list(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let lists = choices::price_lists(&state, &visitor, &cinema).await?;
    let title = format!("{} · {}", cinema.name, visitor.language.text("manage-prices"));
    let page = Prices {
        chrome: Chrome::titled(&state, &visitor, title),
        lists: lists.iter().map(line).collect(),
        done: done.words(visitor.language),
        cinema,
    };
    Ok(response::page(&page))
}

fn line(list: &PriceList) -> Line {
    let adults = list.prices.iter().filter(|price| price.ticket_type() == TicketType::Adult);
    let words =
        adults.map(|price| format!("{} {}", price.category, format::money(price.amount, &list.currency)));
    Line {
        price_list_id: list.price_list_id,
        name: list.name.clone(),
        adults: words.collect::<Vec<_>>().join(" · "),
    }
}

/// A price list of the cinema that is in use.
pub async fn find(
    state: &State,
    visitor: &Visitor,
    cinema: &Cinema,
    list_id: &str,
) -> Result<PriceList, Refused> {
    let list_id = number(list_id)?;
    let lists = choices::price_lists(state, visitor, cinema).await?;
    lists.into_iter().find(|list| list.price_list_id == list_id).ok_or_else(Refused::not_found)
}

/// Where the price lists of a cinema are.
pub fn place(cinema_id: i64) -> String {
    format!("/manage/cinemas/{cinema_id}/prices")
}

/// Asks whether a list is to be taken out of use.
pub async fn ask_retire(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path((cinema_id, list_id)): Path<(String, String)>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let list = find(&state, &visitor, &cinema, &list_id).await?;
    Ok(response::page(&question(&state, &visitor, cinema, &list)))
}

/// Takes it out of use.
pub async fn retire(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path((cinema_id, list_id)): Path<(String, String)>,
    Form(sure): Form<Sure>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let list = find(&state, &visitor, &cinema, &list_id).await?;
    let mut films = state.services.films();
    let request = RetirePriceListRequest { price_list_id: list.price_list_id };
    let retire = films.retire_price_list(visitor.ask(request));
    question(&state, &visitor, cinema, &list).answered(&visitor, &sure, retire).await
}

fn question(state: &State, visitor: &Visitor, cinema: Cinema, list: &PriceList) -> Question {
    let back = place(cinema.cinema_id);
    Question {
        chrome: Chrome::new(state, visitor, "manage-prices-retire"),
        is_admin: false,
        name: list.name.clone(),
        about: visitor.language.text("manage-prices-retire-about"),
        action: format!("{back}/{}/retire", list.price_list_id),
        back,
        problem: None,
        cinema: Some(cinema),
    }
}
