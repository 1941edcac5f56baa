//! One cinema of the demo, from its name to its last screening.

use contract::film::plan_source::Source;
use contract::film::{
    CreateCinemaRequest, CreateHallRequest, CreatePriceListRequest, CreateScreeningRequest, Hall, PlanSource,
};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::Opened;
use super::chain::{DemoCinema, DemoHall};
use super::prices::Tariff;
use super::programme::{self, Showing, ShownFilm};
use crate::{CallFailed, Clients, FilmClient};

/// Screenings planned at a time. Each is a durable commit and the database has
/// one writer: more would only wait.
const AT_A_TIME: usize = 4;

/// Opens a cinema and gives back its id.
pub(super) async fn open(
    clients: &Clients,
    cinema: &DemoCinema,
    films: &[ShownFilm],
    now_ms: i64,
    opened: &mut Opened,
) -> Result<i64, CallFailed> {
    let mut client = clients.films.clone();
    let cinema_id = create_cinema(&mut client, cinema).await?;
    opened.cinemas += 1;
    let mut halls = Vec::with_capacity(cinema.halls.len());
    for hall in cinema.halls {
        let created = create_hall(&mut client, cinema_id, hall).await?;
        opened.halls += 1;
        opened.seats += i64::from(created.seats);
        halls.push(created.hall_id);
    }
    let showings = programme::plan(cinema, films, now_ms);
    let mut lists = Vec::new();
    for tariff in Tariff::ALL {
        if showings.iter().any(|showing| showing.tariff == tariff) {
            lists.push((tariff, create_prices(&mut client, cinema_id, cinema, tariff).await?));
        }
    }
    let planned = showings.into_iter().filter_map(|showing| {
        let list = lists.iter().find(|(tariff, _)| *tariff == showing.tariff)?.1;
        Some(create_screening(client.clone(), *halls.get(showing.hall)?, list, showing))
    });
    let planned =
        stream::iter(planned).buffered(AT_A_TIME).try_fold(0, async |count, ()| Ok(count + 1)).await?;
    opened.screenings += planned;
    Ok(cinema_id)
}

async fn create_cinema(client: &mut FilmClient, cinema: &DemoCinema) -> Result<i64, CallFailed> {
    let request = CreateCinemaRequest {
        name: cinema.name.to_owned(),
        city: cinema.city.to_owned(),
        address: cinema.address.to_owned(),
        time_zone: cinema.time_zone.to_owned(),
        currency: cinema.money.currency.to_owned(),
    };
    let answer = client.create_cinema(request).await;
    let answer = answer
        .map_err(|status| CallFailed::new(format!("cannot open the cinema {}", cinema.name), &status))?;
    Ok(answer.into_inner().cinema_id)
}

async fn create_hall(client: &mut FilmClient, cinema_id: i64, hall: &DemoHall) -> Result<Hall, CallFailed> {
    let request = CreateHallRequest {
        cinema_id,
        name: hall.name.to_owned(),
        cleaning_minutes: hall.cleaning_minutes,
        plan: Some(PlanSource { source: Some(Source::Drawing(hall.design.drawing().to_owned())) }),
    };
    let answer = client.create_hall(request).await;
    let answer =
        answer.map_err(|status| CallFailed::new(format!("cannot build the hall {}", hall.name), &status))?;
    Ok(answer.into_inner())
}

async fn create_prices(
    client: &mut FilmClient,
    cinema_id: i64,
    cinema: &DemoCinema,
    tariff: Tariff,
) -> Result<i64, CallFailed> {
    let name = tariff.name().to_owned();
    let what = format!("cannot add the price list {name:?} to {}", cinema.name);
    let request = CreatePriceListRequest { cinema_id, name, prices: cinema.money.prices(tariff) };
    let answer = client.create_price_list(request).await;
    Ok(answer.map_err(|status| CallFailed::new(what, &status))?.into_inner().price_list_id)
}

async fn create_screening(
    mut client: FilmClient,
    hall_id: i64,
    price_list_id: i64,
    showing: Showing,
) -> Result<(), CallFailed> {
    let request = CreateScreeningRequest {
        film_id: showing.film_id,
        hall_id,
        price_list_id,
        starts_at: showing.starts_at,
        language: showing.language,
        subtitles: showing.subtitles,
        format: showing.format.to_owned(),
        lead_minutes: showing.lead_minutes,
        sales_open_at: 0,
        sales_close_at: 0,
    };
    let answer = client.create_screening(request).await;
    answer.map(|_| ()).map_err(|status| CallFailed::new("cannot plan a screening", &status))
}
