//! The price lists of a cinema.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Query, State as Extract};
use contract::film::{Cinema, PriceList, RetirePriceListRequest, TicketType};
use http::Response;
use tonic::Status;

use super::retire::{Retires, What};
use super::{Done, choices, number, scope};
use crate::chrome::Chrome;
use crate::language::Language;
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
        lists: lists.iter().map(|list| line(visitor.language, list)).collect(),
        done: done.words(visitor.language),
        cinema,
    };
    Ok(response::page(&page))
}

fn line(language: Language, list: &PriceList) -> Line {
    let adults = list.prices.iter().filter(|price| price.ticket_type() == TicketType::Adult);
    let words = adults.map(|price| {
        format!("{}\u{a0}{}", price.category, format::money(language, price.amount, &list.currency))
    });
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

/// A price list of a cinema.
pub struct ListOf(Cinema, PriceList);

impl Retires for ListOf {
    type Ids = (String, String);
    const NAME: &'static str = "prices";

    async fn find(
        state: &State,
        visitor: &Visitor,
        (cinema_id, list_id): Self::Ids,
    ) -> Result<Self, Refused> {
        let cinema = scope::cinema(state, visitor, &cinema_id).await?;
        let list = find(state, visitor, &cinema, &list_id).await?;
        Ok(Self(cinema, list))
    }

    fn what(&self, _: &Visitor) -> What {
        let Self(cinema, list) = self;
        let back = place(cinema.cinema_id);
        let place = format!("{back}/{}", list.price_list_id);
        What { name: list.name.clone(), cinema: Some(cinema.clone()), place, back }
    }

    async fn retire(&self, state: &State, visitor: &Visitor) -> Result<(), Status> {
        let request = visitor.ask(RetirePriceListRequest { price_list_id: self.1.price_list_id });
        state.services.films().retire_price_list(request).await.map(drop)
    }
}
