//! A screening: its hall, and choosing seats there.

mod advice;
mod asked;
mod draft;
pub(in crate::pages) mod drawing;
mod hold;
mod live;
mod module_facts;
mod notices;
mod purchase;
mod sales;
mod seat_list;
pub(in crate::pages) mod waiting;
mod yours;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State as Extract};
use axum::routing::{get, post};
use contract::film::{Cinema, Film, GetHallInfoRequest, HallInfo, Screening};
use http::Response;

use super::number;
use crate::chrome::Chrome;
use crate::hall::Hall;
use crate::hall::choice::MOST_SEATS;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, day, format, once, response, title};

use advice::Advised;
use asked::Asked;
use draft::Draft;
use drawing::Drawing;
use notices::Notice;
use sales::Sales;

/// Seats looked for together at most.
const MOST_TOGETHER: usize = 10;

/// The pages of a screening.
pub fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/screenings/{film_sid}", get(show))
        .route("/screenings/{film_sid}/hold", post(hold::hold).get(hold::back))
        .route("/screenings/{film_sid}/live", get(live::watch))
        .route("/screenings/{film_sid}/advice", get(advice::show))
}

#[derive(Template)]
#[template(path = "screening.html")]
struct ScreeningPage {
    chrome: Chrome,
    film_sid: i64,
    film: Film,
    title: String,
    cinema: Cinema,
    screening: Screening,
    day: String,
    time: String,
    ends: String,
    hall_name: String,
    legend: Vec<LegendRow>,
    drawing: Drawing,
    /// Whether some seats are held for the visitor.
    holds_some: bool,
    sales: Sales,
    notices: Vec<Notice>,
    advised: Option<Advised>,
    draft: Draft,
    list: Vec<seat_list::ListRow>,
    best: BestForm,
    /// Makes this rendering's purchase one, however often it is sent; whoever comes back to it has
    /// the same.
    key: String,
    /// For the module: see `module_facts`.
    for_module: String,
}

/// A category and what it costs.
struct LegendRow {
    name: String,
    color: String,
    mark: usize,
    prices: Vec<(String, String)>,
}

/// The form that looks for seats together.
struct BestForm {
    counts: std::ops::RangeInclusive<usize>,
    count: usize,
    /// Prices to choose from: minor units and in words.
    limits: Vec<(i64, String)>,
    up_to: i64,
}

/// Shows a screening.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(film_sid): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response<Body>, Refused> {
    let (info, hall) = look(&state, &visitor, &film_sid).await?;
    let asked = Asked::read(query.unwrap_or_default().as_bytes());
    let (Some(screening), Some(film)) = (info.screening.clone(), info.film.clone()) else {
        return Err(Refused::not_found());
    };
    let sales = Sales::of(&visitor, &info, state.clock.now_ms());
    let yours = yours::of(&state, &visitor, screening.film_sid).await;
    let mut notices = yours.notices(&visitor);
    let draft = match sales.open {
        true => draft::begin(&visitor, &screening, &hall, &yours, &asked, &mut notices),
        false => Draft::default(),
    };
    let advised = advice::of(&state, &visitor, &hall, &screening, &draft.choice);
    let title = title::of(&film, visitor.language).to_owned();
    let lasts = (screening.ends_at - screening.starts_at).max(0);
    let page = ScreeningPage {
        chrome: Chrome::titled(&state, &visitor, title.clone()),
        film_sid: screening.film_sid,
        title,
        day: day::of(&screening).map(|date| format::day(visitor.language, date)).unwrap_or_default(),
        time: day::time(&screening).to_owned(),
        ends: day::later(&screening, lasts),
        hall_name: info.hall_name.clone(),
        legend: legend(&visitor, &hall, &screening.currency),
        drawing: Drawing::for_buyer(&visitor, &hall, &screening.currency, &draft.seats, &yours.held(&hall)),
        holds_some: !yours.held(&hall).is_empty(),
        for_module: module_facts::script(&visitor, &screening, &hall, sales.open),
        list: if sales.open { seat_list::of(&visitor, &hall, &draft.seats) } else { Vec::new() },
        best: best_form(&visitor, &hall, &screening.currency, &asked),
        key: once::sent_key(&asked.key),
        cinema: info.cinema.unwrap_or_default(),
        sales,
        notices,
        advised,
        draft,
        film,
        screening,
    };
    Ok(response::page(&page))
}

/// The hall of a screening as it is now.
async fn look(state: &State, visitor: &Visitor, film_sid: &str) -> Result<(HallInfo, Hall), Refused> {
    let request = GetHallInfoRequest { film_sid: number(film_sid)? };
    let info = state.services.films().get_hall_info(visitor.ask(request)).await?.into_inner();
    let hall = Hall::of(&info);
    Ok((info, hall))
}

/// The page of a screening with some fields.
fn address<'a>(film_sid: i64, fields: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/screenings/{film_sid}{mark}{query}")
}

/// The categories that have seats.
fn legend(visitor: &Visitor, hall: &Hall, currency: &str) -> Vec<LegendRow> {
    let categories = hall.categories.iter().enumerate();
    let used = categories.filter(|(index, category)| {
        !category.prices.is_empty() && hall.places.iter().any(|place| place.category == *index)
    });
    used.map(|(mark, category)| LegendRow {
        name: category.name.clone(),
        color: category.color.clone(),
        mark,
        prices: category
            .prices
            .iter()
            .map(|(ticket, amount)| {
                (draft::ticket(visitor, *ticket), format::money(visitor.language, *amount, currency))
            })
            .collect(),
    })
    .collect()
}

fn best_form(visitor: &Visitor, hall: &Hall, currency: &str, asked: &Asked) -> BestForm {
    let adult = |place: usize| hall.price(place, contract::film::TicketType::Adult);
    let prices: std::collections::BTreeSet<i64> = (0..hall.places.len()).map(adult).collect();
    BestForm {
        counts: 1..=MOST_TOGETHER.min(MOST_SEATS),
        count: asked.best.unwrap_or(2),
        limits: prices
            .into_iter()
            .map(|amount| (amount, format::money(visitor.language, amount, currency)))
            .collect(),
        up_to: asked.up_to.unwrap_or_default(),
    }
}
