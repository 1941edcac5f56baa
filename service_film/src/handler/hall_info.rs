//! The hall of a screening: what everybody sees of it, and what the order service sells of it.

use std::sync::Arc;

use contract::film::{GetHallInfoRequest, GetSalesFactsRequest, HallInfo, SalesFacts};
use micro::Problem;
use tonic::Request;

use crate::catalogue::Catalogue;
use crate::domain::sales_window::SalesWindow;
use crate::domain::{Refusal, hall_map, sales_facts};
use crate::store::Screening;

pub async fn show(catalogue: &Catalogue, request: Request<GetHallInfoRequest>) -> Result<HallInfo, Problem> {
    let (_, message) = micro::accept(request)?;
    let film_sid = message.film_sid;
    let read = async { read(catalogue, film_sid).await.map(Arc::new) };
    catalogue.halls.read(film_sid, read).await.map(Arc::unwrap_or_clone)
}

/// Everybody sees the same of it.
async fn read(catalogue: &Catalogue, film_sid: i64) -> Result<HallInfo, Problem> {
    // What is read from here on is not older than this.
    let as_of = catalogue.clock.now_ms();
    let screening = catalogue.store.screening(film_sid).await?.ok_or(Refusal::ScreeningNotFound)?;
    let (film, cinema, plan, prices, taken) = tokio::try_join!(
        catalogue.store.film(screening.film_id),
        catalogue.store.cinema(screening.cinema_id),
        catalogue.frozen.plan(screening.hall_id, screening.plan_version),
        catalogue.frozen.prices(screening.price_list_id, screening.price_version),
        catalogue.orders.seat_states(screening.film_sid),
    )?;
    let seats = hall_map::seats(&plan, &taken, screening.is_cancelled());
    let free = if on_sale(&screening, as_of) { hall_map::count_free(&seats) } else { 0 };
    Ok(HallInfo {
        film,
        cinema,
        hall_name: screening.hall_name.clone(),
        width: plan.width,
        height: plan.height,
        categories: hall_map::categories(&plan, &prices),
        seats,
        sequence: taken.sequence,
        free: i32::try_from(free).unwrap_or(i32::MAX),
        as_of,
        screening: Some(screening.to_proto()),
    })
}

pub async fn sales_facts(
    catalogue: &Catalogue,
    request: Request<GetSalesFactsRequest>,
) -> Result<SalesFacts, Problem> {
    let (_, message) = micro::accept(request)?;
    let screening = catalogue.store.screening(message.film_sid).await?.ok_or(Refusal::ScreeningNotFound)?;
    let (plan, prices) = tokio::try_join!(
        catalogue.frozen.plan(screening.hall_id, screening.plan_version),
        catalogue.frozen.prices(screening.price_list_id, screening.price_version),
    )?;
    let sellable = sales_facts::sellable(&plan, &prices)?;
    Ok(SalesFacts {
        film_sid: screening.film_sid,
        version: screening.version,
        cinema_id: screening.cinema_id,
        starts_at: screening.starts_at,
        sales_open_at: screening.sales_open_at,
        sales_close_at: screening.sales_close_at,
        cancelled: screening.is_cancelled(),
        currency: screening.currency,
        categories: sellable.categories,
        seats: sellable.seats,
        prices: sellable.prices,
        film_title: screening.film_title,
        cinema_name: screening.cinema_name,
        hall_name: screening.hall_name,
        ends_at: screening.ends_at,
        film_id: screening.film_id,
    })
}

fn on_sale(screening: &Screening, now_ms: i64) -> bool {
    let window = SalesWindow { opens_at: screening.sales_open_at, closes_at: screening.sales_close_at };
    !screening.is_cancelled() && window.is_open(now_ms)
}
