//! Planning and changing screenings, and the facts the order service sells from.

use crate::common::{
    DAY_MS, HOUR_MS, MINUTE_MS, START_MS, Stage, fact, keyed, new_cinema, new_hall, new_price_list, price,
    reason, refusal, start, start_in,
};
use contract::film::film_service_client::FilmServiceClient;
use contract::film::{
    GetSalesFactsRequest, SeatKind, TicketType, UpdateCinemaRequest, UpdateFilmRequest, UpdateHallRequest,
    UpdatePriceListRequest, UpdateScreeningRequest,
};
use contract::user::Role;
use tonic::Code;

const TOMORROW: i64 = START_MS + DAY_MS;

#[tokio::test]
async fn a_screening_takes_what_it_shows_from_all_its_parts() {
    let running = start().await;
    let stage = running.stage().await;
    let screening = running.screening(&stage, TOMORROW).await;
    assert_eq!(screening.ends_at, TOMORROW + 100 * MINUTE_MS);
    assert_eq!(screening.starts_local, "2026-11-25T01:00:00+01:00");
    assert_eq!((screening.price_from, screening.currency.as_str()), (1_000, "EUR"));
    assert_eq!((screening.sales_open_at, screening.sales_close_at), (START_MS, TOMORROW));
    assert_eq!((screening.format.as_str(), screening.seats, screening.version), ("2D", 11, 1));
    assert_eq!((screening.hall_name.as_str(), screening.cancelled), ("1", false));
}

#[tokio::test]
async fn screenings_of_a_hall_do_not_overlap_and_cleaning_counts() {
    let running = start().await;
    let stage = running.stage().await;
    let first = running.screening(&stage, TOMORROW).await;
    // 100 minutes of film and 15 of cleaning, before and after.
    let refused = refusal(running.plan(stage.screening(TOMORROW + 115 * MINUTE_MS - 1)).await);
    assert_eq!(
        (refused.0.as_str(), fact(&refused, "film_sid")),
        ("SCREENING_OVERLAPS", first.film_sid.to_string().as_str())
    );
    let before = running.plan(stage.screening(TOMORROW - 115 * MINUTE_MS + 1)).await.unwrap_err();
    assert_eq!((before.code(), reason(&before).as_str()), (Code::FailedPrecondition, "SCREENING_OVERLAPS"));
    running.screening(&stage, TOMORROW + 115 * MINUTE_MS).await;
    running.screening(&stage, TOMORROW - 115 * MINUTE_MS).await;
    let hall_2 = running.hall(stage.cinema.cinema_id, "2").await;
    let mut elsewhere = stage.screening(TOMORROW);
    elsewhere.hall_id = hall_2.hall_id;
    running.plan(elsewhere).await.unwrap();
}

#[tokio::test]
async fn of_overlapping_screenings_planned_at_the_same_time_one_is_taken() {
    let running = start().await;
    let stage = running.stage().await;
    // Two processes on one database, each with requests at the same time.
    let second = start_in(running.dir.path(), running.clock.clone(), &running.config).await;
    let clients = [running.films.clone(), FilmServiceClient::new(second.registry.channel("film"))];
    let plans = (0..12).map(|number: i64| {
        let mut client = clients[usize::from(number % 2 == 1)].clone();
        let request = stage.screening(TOMORROW + number * MINUTE_MS);
        tokio::spawn(async move { client.create_screening(request).await })
    });
    let mut taken = 0;
    for plan in plans.collect::<Vec<_>>() {
        match plan.await.unwrap() {
            Ok(_) => taken += 1,
            Err(status) => assert_eq!(reason(&status), "SCREENING_OVERLAPS"),
        }
    }
    assert_eq!(taken, 1);
}

#[tokio::test]
async fn what_cannot_be_planned_is_refused() {
    let running = start().await;
    let stage = running.stage().await;
    let elsewhere = running.cinema("Rex", "Ulm").await;
    let foreign_list = running.price_list(elsewhere.cinema_id, 500).await;
    let mut only_standard = new_price_list(stage.cinema.cinema_id, 500);
    only_standard.prices = vec![price("Standard", TicketType::Adult, 500)];
    let only_standard = running.films.clone().create_price_list(only_standard).await.unwrap().into_inner();

    let with = |change: &dyn Fn(&mut contract::film::CreateScreeningRequest)| {
        let mut request = stage.screening(TOMORROW);
        change(&mut request);
        request
    };
    for (request, expected) in [
        (with(&|r| r.starts_at = START_MS), "START_IN_PAST"),
        (with(&|r| r.film_id = 99), "FILM_NOT_FOUND"),
        (with(&|r| r.hall_id = 99), "HALL_NOT_FOUND"),
        (with(&|r| r.price_list_id = 99), "PRICE_LIST_NOT_FOUND"),
        (with(&|r| r.price_list_id = foreign_list.price_list_id), "PRICE_LIST_NOT_FOUND"),
        (with(&|r| r.language = "not.a.tag".to_owned()), "FIELD_INVALID"),
        (with(&|r| r.sales_open_at = TOMORROW + 1), "FIELD_INVALID"),
        (with(&|r| r.sales_close_at = TOMORROW + 101 * MINUTE_MS), "FIELD_INVALID"),
    ] {
        assert_eq!(reason(&running.plan(request).await.unwrap_err()), expected);
    }
    let missing = refusal(running.plan(with(&|r| r.price_list_id = only_standard.price_list_id)).await);
    assert_eq!((missing.0.as_str(), fact(&missing, "category")), ("PRICES_MISSING", "Premium"));
    let status = running.plan(with(&|r| r.starts_at = START_MS - HOUR_MS)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_repeated_plan_gets_the_first_answer_even_later() {
    let running = start().await;
    let stage = running.stage().await;
    let mut films = running.films.clone();
    let first = films.create_screening(keyed("k", stage.screening(TOMORROW))).await.unwrap().into_inner();
    running.clock.advance(2 * DAY_MS);
    let again = films.create_screening(keyed("k", stage.screening(TOMORROW))).await.unwrap().into_inner();
    assert_eq!(again, first);
}

#[tokio::test]
async fn a_screening_changes_until_it_starts() {
    let running = start().await;
    let stage = running.stage().await;
    let screening = running.screening(&stage, TOMORROW).await;
    let dearer = running.price_list(stage.cinema.cinema_id, 2_000).await;
    let mut films = running.films.clone();
    let update = |change: &dyn Fn(&mut UpdateScreeningRequest)| {
        let mut request =
            UpdateScreeningRequest { film_sid: screening.film_sid, ..UpdateScreeningRequest::default() };
        change(&mut request);
        request
    };
    let same = films.update_screening(update(&|_| ())).await.unwrap().into_inner();
    assert_eq!(same, screening, "nothing changed, so the version stays");
    let changed = films
        .update_screening(update(&|r| {
            r.language = "en".to_owned();
            r.subtitles = "zh_CN".to_owned();
            r.format = "IMAX".to_owned();
            r.price_list_id = dearer.price_list_id;
            r.sales_close_at = TOMORROW + 10 * MINUTE_MS;
        }))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((changed.language.as_str(), changed.subtitles.as_str()), ("en", "zh-CN"));
    assert_eq!((changed.format.as_str(), changed.price_from, changed.version), ("IMAX", 2_000, 2));
    assert_eq!(changed.sales_close_at, TOMORROW + 10 * MINUTE_MS);
    let wrong = films.update_screening(update(&|r| r.sales_open_at = TOMORROW + HOUR_MS)).await;
    assert_eq!(reason(&wrong.unwrap_err()), "FIELD_INVALID");
    // Nobody can say whether seats are sold.
    let moved = films.update_screening(update(&|r| r.starts_at = TOMORROW + HOUR_MS)).await.unwrap_err();
    assert_eq!((moved.code(), reason(&moved).as_str()), (Code::Unavailable, "SEAT_STATES_UNAVAILABLE"));

    running.clock.advance(DAY_MS);
    let late = films.update_screening(update(&|r| r.format = "3D".to_owned())).await.unwrap_err();
    assert_eq!((late.code(), reason(&late).as_str()), (Code::FailedPrecondition, "SCREENING_STARTED"));
    let missing = UpdateScreeningRequest { film_sid: 999, ..UpdateScreeningRequest::default() };
    assert_eq!(reason(&films.update_screening(missing).await.unwrap_err()), "SCREENING_NOT_FOUND");
}

#[tokio::test]
async fn facts_are_what_the_contract_says() {
    let running = start().await;
    let stage = running.stage().await;
    let screening = running.screening(&stage, TOMORROW).await;
    let facts = running.facts(screening.film_sid).await;
    assert_eq!((facts.version, facts.cinema_id), (1, stage.cinema.cinema_id));
    assert_eq!((facts.starts_at, facts.sales_open_at, facts.sales_close_at), (TOMORROW, START_MS, TOMORROW));
    assert_eq!((facts.currency.as_str(), facts.film_title.as_str()), ("EUR", "Metropolis"));
    assert_eq!((facts.cinema_name.as_str(), facts.hall_name.as_str()), ("Roxy", "1"));
    assert_eq!(facts.categories, ["Standard", "Premium"]);
    assert_eq!(facts.prices, [1_000, 500, 1_000, 1_000, 1_500, 1_500, 1_500, 1_500]);
    let seats: Vec<_> = facts
        .seats
        .iter()
        .map(|seat| (seat.seat.as_str(), seat.category, seat.kind(), seat.partner))
        .collect();
    use SeatKind::{CoupleHalf, Standard, Wheelchair};
    let row_a = (1..=5).map(|n| (["A1", "A2", "A3", "A4", "A5"][n - 1], 0, Standard, 0));
    let mut expected: Vec<_> = row_a.collect();
    expected.extend([
        ("A6", 0, Wheelchair, 0),
        ("B1", 1, CoupleHalf, 8),
        ("B2", 1, CoupleHalf, 7),
        ("B4", 1, Standard, 0),
        ("B5", 1, Standard, 0),
        ("B6", 0, Standard, 0),
    ]);
    assert_eq!(seats, expected);

    let mut internal = running.internal.clone();
    let missing = internal.get_sales_facts(GetSalesFactsRequest { film_sid: 99 }).await.unwrap_err();
    assert_eq!(reason(&missing), "SCREENING_NOT_FOUND");
    let admin = running.person("admina", &[Role::Admin], &[]).await;
    let request = crate::common::signed(&admin, GetSalesFactsRequest { film_sid: screening.film_sid });
    assert_eq!(internal.get_sales_facts(request).await.unwrap_err().code(), Code::PermissionDenied);
}

/// Facts before and after a change that alters them.
async fn version_rises(running: &crate::common::Running, film_sid: i64, before: &mut i64) {
    let facts = running.facts(film_sid).await;
    assert!(facts.version > *before, "{} is not more than {before}", facts.version);
    *before = facts.version;
}

#[tokio::test]
async fn the_version_rises_with_whatever_facts_take_from_others() {
    let running = start().await;
    let stage = running.stage().await;
    let film_sid = running.screening(&stage, TOMORROW).await.film_sid;
    let mut films = running.films.clone();
    let mut version = 1;
    let name = || "new".to_owned();
    let film =
        UpdateFilmRequest { film_id: stage.film.film_id, title: name(), ..UpdateFilmRequest::default() };
    films.update_film(film).await.unwrap();
    version_rises(&running, film_sid, &mut version).await;
    let hall =
        UpdateHallRequest { hall_id: stage.hall.hall_id, name: name(), ..UpdateHallRequest::default() };
    films.update_hall(hall).await.unwrap();
    version_rises(&running, film_sid, &mut version).await;
    let cinema = UpdateCinemaRequest {
        cinema_id: stage.cinema.cinema_id,
        name: name(),
        ..UpdateCinemaRequest::default()
    };
    films.update_cinema(cinema).await.unwrap();
    version_rises(&running, film_sid, &mut version).await;
    let prices = new_price_list(stage.cinema.cinema_id, 700).prices;
    let list = UpdatePriceListRequest {
        price_list_id: stage.list.price_list_id,
        name: name(),
        prices: prices.clone(),
    };
    films.update_price_list(list.clone()).await.unwrap();
    version_rises(&running, film_sid, &mut version).await;
    let facts = running.facts(film_sid).await;
    assert_eq!(
        (facts.film_title.as_str(), facts.hall_name.as_str(), facts.cinema_name.as_str()),
        ("new", "new", "new")
    );
    assert_eq!(facts.prices[..4], [700, 350, 700, 700]);
    // What is not in the facts does not change their version.
    films.update_price_list(list).await.unwrap();
    let film =
        UpdateFilmRequest { film_id: stage.film.film_id, popularity: 5, ..UpdateFilmRequest::default() };
    films.update_film(film).await.unwrap();
    assert_eq!(running.facts(film_sid).await.version, version);
}

#[tokio::test]
async fn new_prices_are_for_screenings_to_come_and_must_cover_their_seats() {
    let running = start().await;
    let stage = running.stage().await;
    let over = running.screening(&stage, TOMORROW).await.film_sid;
    running.clock.advance(2 * DAY_MS);
    let to_come = running.screening(&stage, START_MS + 3 * DAY_MS).await.film_sid;
    let mut films = running.films.clone();
    let price_list_id = stage.list.price_list_id;
    let update = |prices| UpdatePriceListRequest { price_list_id, name: String::new(), prices };
    let without_premium = vec![price("Standard", TicketType::Adult, 1)];
    let refused = refusal(films.update_price_list(update(without_premium)).await);
    assert_eq!((refused.0.as_str(), fact(&refused, "category")), ("PRICES_MISSING", "Premium"));
    assert_eq!(running.facts(to_come).await.prices[0], 1_000, "nothing of it stays");
    films.update_price_list(update(new_price_list(1, 600).prices)).await.unwrap();
    assert_eq!((running.facts(over).await.prices[0], running.facts(over).await.version), (1_000, 1));
    assert_eq!((running.facts(to_come).await.prices[0], running.facts(to_come).await.version), (600, 2));
}

#[tokio::test]
async fn another_process_sees_a_change_at_once() {
    let running = start().await;
    let stage = running.stage().await;
    let screening = running.screening(&stage, TOMORROW).await;
    let second = start_in(running.dir.path(), running.clock.clone(), &running.config).await;
    let mut there =
        contract::film::film_internal_client::FilmInternalClient::new(second.registry.channel("film"));
    let ask = GetSalesFactsRequest { film_sid: screening.film_sid };
    assert_eq!(there.get_sales_facts(ask).await.unwrap().into_inner().prices[0], 1_000);
    let request = UpdatePriceListRequest {
        price_list_id: stage.list.price_list_id,
        name: String::new(),
        prices: new_price_list(1, 400).prices,
    };
    running.films.clone().update_price_list(request).await.unwrap();
    assert_eq!(there.get_sales_facts(ask).await.unwrap().into_inner().prices[0], 400);
    // Ids of two processes are never the same.
    let mut films = FilmServiceClient::new(second.registry.channel("film"));
    let cinema = films.create_cinema(new_cinema("Rex", "Ulm")).await.unwrap().into_inner();
    assert_ne!(cinema.cinema_id, stage.cinema.cinema_id);
    films.create_hall(new_hall(cinema.cinema_id, "1")).await.unwrap();
    let other = Stage { cinema, ..stage };
    assert!(running.hall(other.cinema.cinema_id, "2").await.hall_id > 0);
}
