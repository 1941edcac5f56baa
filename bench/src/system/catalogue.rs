//! The catalogue: one film in one hall, as many screenings of it as are needed.

use std::fmt::Write;

use anyhow::Context;
use contract::film::film_service_client::FilmServiceClient;
use contract::film::plan_source::Source;
use contract::film::{
    CreateCinemaRequest, CreateFilmRequest, CreateHallRequest, CreatePriceListRequest,
    CreateScreeningRequest, GetHallInfoRequest, PlanSource, Price, TicketType,
};
use micro::{Channel, Kit};

/// Seats of the hall.
pub const SEATS: usize = ROW_COUNT * SEATS_IN_ROW;
const ROWS: std::ops::RangeInclusive<char> = 'A'..='Y';
const ROW_COUNT: usize = 25;
const SEATS_IN_ROW: usize = 20;
/// From one screening to the next: one minute of film, and the hall is cleaned.
const EVERY_MS: i64 = 20 * 60_000;
/// The first one starts long after the run, so that seats are sold all the time.
const FIRST_IN_MS: i64 = 2 * 24 * 3_600_000;

/// Plans screenings.
pub struct Catalogue {
    films: FilmServiceClient<Channel>,
    film_id: i64,
    hall_id: i64,
    price_list_id: i64,
    next_start: i64,
}

impl Catalogue {
    /// Opens a cinema with one hall and one film.
    ///
    /// # Errors
    /// What the film service refuses.
    pub async fn open(kit: &Kit) -> anyhow::Result<Self> {
        let mut films = FilmServiceClient::new(kit.registry.channel("film"));
        let cinema = CreateCinemaRequest {
            name: "Bench".to_owned(),
            city: "Berlin".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            currency: "EUR".to_owned(),
            ..CreateCinemaRequest::default()
        };
        let cinema_id = films.create_cinema(cinema).await?.into_inner().cinema_id;
        let hall = CreateHallRequest {
            cinema_id,
            name: "1".to_owned(),
            cleaning_minutes: 15,
            plan: Some(PlanSource { source: Some(Source::Drawing(drawing())) }),
        };
        let hall_id = films.create_hall(hall).await?.into_inner().hall_id;
        let price =
            Price { category: "Standard".to_owned(), ticket_type: TicketType::Adult.into(), amount: 1_200 };
        let prices = CreatePriceListRequest { cinema_id, name: "All".to_owned(), prices: vec![price] };
        let price_list_id = films.create_price_list(prices).await?.into_inner().price_list_id;
        let film = CreateFilmRequest { title: "Load".to_owned(), minutes: 1, ..CreateFilmRequest::default() };
        let film_id = films.create_film(film).await?.into_inner().film_id;
        let next_start = kit.clock.now_ms() + FIRST_IN_MS;
        Ok(Self { films, film_id, hall_id, price_list_id, next_start })
    }

    /// Plans so many more screenings.
    ///
    /// # Errors
    /// What the film service refuses.
    pub async fn screenings(&mut self, count: usize) -> anyhow::Result<Vec<i64>> {
        let mut film_sids = Vec::with_capacity(count);
        for _ in 0..count {
            let screening = CreateScreeningRequest {
                film_id: self.film_id,
                hall_id: self.hall_id,
                price_list_id: self.price_list_id,
                starts_at: self.next_start,
                language: "en".to_owned(),
                ..CreateScreeningRequest::default()
            };
            self.next_start += EVERY_MS;
            let planned = self.films.create_screening(screening).await.context("cannot plan a screening")?;
            film_sids.push(planned.into_inner().film_sid);
        }
        Ok(film_sids)
    }

    /// Names of the hall's seats.
    ///
    /// # Errors
    /// What the film service refuses.
    pub async fn seats(&mut self, film_sid: i64) -> anyhow::Result<Vec<String>> {
        let hall = self.films.get_hall_info(GetHallInfoRequest { film_sid }).await?.into_inner();
        anyhow::ensure!(hall.seats.len() == SEATS, "the hall has {} seats, not {SEATS}", hall.seats.len());
        Ok(hall.seats.into_iter().map(|seat| seat.seat).collect())
    }
}

fn drawing() -> String {
    let mut text = "@category s #3b82f6 Standard\n".to_owned();
    for row in ROWS {
        // Writing to a text does not fail.
        let _ = writeln!(text, "{row}: {}", "s".repeat(SEATS_IN_ROW));
    }
    text
}
