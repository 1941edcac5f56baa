//! Cinemas, films and price lists, and who may change them.

use crate::common::{
    DAY_MS, HOUR_MS, START_MS, drawn, fact, keyed, new_cinema, new_film, new_hall, new_price_list, price,
    reason, refusal, signed, start,
};
use contract::film::{
    CreateCinemaRequest, ListCinemasRequest, ListFilmsRequest, ListPriceListsRequest, RetireCinemaRequest,
    RetireFilmRequest, RetireHallRequest, RetirePriceListRequest, TicketType, UpdateCinemaRequest,
    UpdateFilmRequest, UpdateHallRequest, UpdatePriceListRequest,
};
use contract::user::Role;
use tonic::Code;

#[tokio::test]
async fn a_cinema_opens_changes_and_retires() {
    let running = start().await;
    let mut films = running.films.clone();
    let cinema = running.cinema(" Roxy ", "München").await;
    assert_eq!((cinema.name.as_str(), cinema.time_zone.as_str()), ("Roxy", "Europe/Berlin"));
    let request = UpdateCinemaRequest {
        cinema_id: cinema.cinema_id,
        name: "Rex".to_owned(),
        time_zone: "asia/shanghai".to_owned(),
        ..UpdateCinemaRequest::default()
    };
    let changed = films.update_cinema(request).await.unwrap().into_inner();
    assert_eq!((changed.name.as_str(), changed.time_zone.as_str()), ("Rex", "Asia/Shanghai"));
    assert_eq!((changed.city.as_str(), changed.address.as_str()), ("München", "Main Street 1"));

    let ask = |city: &str| ListCinemasRequest { city: city.to_owned(), ..ListCinemasRequest::default() };
    assert_eq!(films.list_cinemas(ask("munchen")).await.unwrap().into_inner().cinemas, [changed]);
    let retire = RetireCinemaRequest { cinema_id: cinema.cinema_id };
    assert!(films.retire_cinema(retire).await.unwrap().into_inner().retired);
    assert!(films.retire_cinema(retire).await.unwrap().into_inner().retired, "harmless when repeated");
    assert!(films.list_cinemas(ask("")).await.unwrap().into_inner().cinemas.is_empty());
    let hall = films.create_hall(new_hall(cinema.cinema_id, "1")).await;
    assert_eq!(reason(&hall.unwrap_err()), "CINEMA_NOT_FOUND");
}

#[tokio::test]
async fn a_cinema_needs_a_zone_a_currency_and_a_name() {
    let running = start().await;
    let mut films = running.films.clone();
    let with = |change: fn(&mut CreateCinemaRequest)| {
        let mut request = new_cinema("Roxy", "Berlin");
        change(&mut request);
        request
    };
    for (request, expected) in [
        (with(|cinema| cinema.time_zone = "Mars/Olympus".to_owned()), "TIME_ZONE_UNKNOWN"),
        (with(|cinema| cinema.currency = "XXX".to_owned()), "CURRENCY_INVALID"),
        (with(|cinema| cinema.currency = "eur".to_owned()), "FIELD_INVALID"),
        (with(|cinema| cinema.name = "  ".to_owned()), "FIELD_INVALID"),
        (with(|cinema| cinema.name = "a".repeat(121)), "FIELD_INVALID"),
    ] {
        let status = films.create_cinema(request).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, expected));
    }
}

#[tokio::test]
async fn cinemas_come_page_by_page_by_city_and_name() {
    let running = start().await;
    for (name, city) in [("b", "Ulm"), ("a", "Ulm"), ("c", "Bonn"), ("a", "Ulm"), ("É", "ulm"), ("f", "Ulm")]
    {
        running.cinema(name, city).await;
    }
    let mut names = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListCinemasRequest { page_size: 2, page_token, ..ListCinemasRequest::default() };
        let page = running.films.clone().list_cinemas(request).await.unwrap().into_inner();
        assert!(page.cinemas.len() <= 2);
        names.extend(page.cinemas.into_iter().map(|cinema| cinema.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(names, ["c", "a", "a", "b", "É", "f"]);
    let request = ListFilmsRequest { page_token: "nonsense".to_owned(), ..ListFilmsRequest::default() };
    assert_eq!(reason(&running.films.clone().list_films(request).await.unwrap_err()), "PAGE_TOKEN_INVALID");
}

#[tokio::test]
async fn managers_answer_for_their_cinemas_and_for_all_films() {
    let running = start().await;
    let stage = running.stage().await;
    let other = running.cinema("Rex", "Ulm").await;
    let screening = running.screening(&stage, START_MS + DAY_MS).await;
    let theirs = running.person("annlee", &[Role::Manager], &[other.cinema_id]).await;
    let admin = running.person("admina", &[Role::Admin], &[]).await;
    let staff = running.person("sellers", &[Role::Staff], &[]).await;
    let mut films = running.films.clone();

    let denied = "NOT_YOUR_CINEMA";
    let (cinema_id, hall_id) = (stage.cinema.cinema_id, stage.hall.hall_id);
    let film_sid = screening.film_sid;
    let name = || "new".to_owned();
    macro_rules! refused {
        ($($method:ident($message:expr);)*) => {$({
            let status = films.$method(signed(&theirs, $message)).await.unwrap_err();
            assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, denied), stringify!($method));
            let status = films.$method(signed(&staff, $message)).await.unwrap_err();
            assert_eq!(reason(&status), "ROLE_MISSING", stringify!($method));
        })*};
    }
    let list = new_price_list(cinema_id, 900);
    let price_list_id = stage.list.price_list_id;
    refused! {
        update_cinema(UpdateCinemaRequest { cinema_id, name: name(), ..UpdateCinemaRequest::default() });
        create_hall(new_hall(cinema_id, "2"));
        update_hall(UpdateHallRequest { hall_id, name: name(), ..UpdateHallRequest::default() });
        retire_hall(RetireHallRequest { hall_id });
        get_seating_plan(contract::film::GetSeatingPlanRequest { hall_id, plan_version: 0 });
        create_price_list(list.clone());
        update_price_list(UpdatePriceListRequest { price_list_id, name: name(), prices: list.prices.clone() });
        retire_price_list(RetirePriceListRequest { price_list_id });
        create_screening(stage.screening(START_MS + 2 * DAY_MS));
        update_screening(contract::film::UpdateScreeningRequest { film_sid, ..Default::default() });
        cancel_screening(contract::film::CancelScreeningRequest { film_sid, reason: name() });
    }
    // Their own cinema, every film, and the lists that staff may read.
    films.create_hall(signed(&theirs, new_hall(other.cinema_id, "1"))).await.unwrap();
    films.create_film(signed(&theirs, new_film("Alien"))).await.unwrap();
    films.list_price_lists(signed(&staff, ListPriceListsRequest { cinema_id })).await.unwrap();
    films.create_hall(signed(&admin, new_hall(cinema_id, "2"))).await.unwrap();
    let status = films.create_cinema(signed(&theirs, new_cinema("New", "Ulm"))).await.unwrap_err();
    assert_eq!(reason(&status), "ROLE_MISSING");
    films.create_cinema(signed(&admin, new_cinema("New", "Ulm"))).await.unwrap();
}

#[tokio::test]
async fn films_are_added_changed_and_retired() {
    let running = start().await;
    let mut films = running.films.clone();
    let mut request = new_film("霸王别姬");
    request.release_date = "1993-01-01".to_owned();
    request.titles.insert("en".to_owned(), "Farewell My Concubine".to_owned());
    request.genres = vec![" Drama ".to_owned(), " ".to_owned()];
    let film = films.create_film(request.clone()).await.unwrap().into_inner();
    assert_eq!(film.genres, ["Drama"]);
    let again = refusal(films.create_film(request.clone()).await);
    assert_eq!(
        (again.0.as_str(), fact(&again, "film_id")),
        ("FILM_EXISTS", film.film_id.to_string().as_str())
    );

    let mut change = UpdateFilmRequest { film_id: film.film_id, ..UpdateFilmRequest::default() };
    change.titles.insert("de".to_owned(), "Lebewohl, meine Konkubine".to_owned());
    change.minutes = 171;
    let changed = films.update_film(change).await.unwrap().into_inner();
    assert_eq!((changed.minutes, changed.titles.len()), (171, 2));
    assert_eq!((&changed.title, &changed.release_date), (&film.title, &film.release_date));
    let found = |title: &str| ListFilmsRequest { title: title.to_owned(), ..ListFilmsRequest::default() };
    for title in ["konkubine", "别姬", "FAREWELL my", ""] {
        assert_eq!(
            films.list_films(found(title)).await.unwrap().into_inner().films,
            std::slice::from_ref(&changed)
        );
    }

    films.retire_film(RetireFilmRequest { film_id: film.film_id }).await.unwrap();
    assert!(films.list_films(found("")).await.unwrap().into_inner().films.is_empty());
    films.create_film(request).await.expect("a retired film makes room for its like");
}

#[tokio::test]
async fn what_is_no_film_is_refused() {
    let running = start().await;
    let mut films = running.films.clone();
    let mut wrong_date = new_film("A");
    wrong_date.release_date = "2023-02-29".to_owned();
    let mut wrong_tag = new_film("A");
    wrong_tag.titles.insert("not a tag".to_owned(), "B".to_owned());
    for request in [wrong_date, wrong_tag, new_film(" \n ")] {
        assert_eq!(reason(&films.create_film(request).await.unwrap_err()), "FIELD_INVALID");
    }
    let missing = UpdateFilmRequest { film_id: 77, minutes: 5, ..UpdateFilmRequest::default() };
    assert_eq!(reason(&films.update_film(missing).await.unwrap_err()), "FILM_NOT_FOUND");
}

#[tokio::test]
async fn what_has_screenings_to_come_stays() {
    let running = start().await;
    let stage = running.stage().await;
    running.screening(&stage, START_MS + HOUR_MS).await;
    let mut films = running.films.clone();
    let cinema = RetireCinemaRequest { cinema_id: stage.cinema.cinema_id };
    let hall = RetireHallRequest { hall_id: stage.hall.hall_id };
    let film = RetireFilmRequest { film_id: stage.film.film_id };
    let list = RetirePriceListRequest { price_list_id: stage.list.price_list_id };
    // Until the film has ended.
    for _ in 0..2 {
        assert_eq!(reason(&films.retire_cinema(cinema).await.unwrap_err()), "CINEMA_IN_USE");
        assert_eq!(reason(&films.retire_hall(hall).await.unwrap_err()), "HALL_IN_USE");
        assert_eq!(reason(&films.retire_film(film).await.unwrap_err()), "FILM_IN_USE");
        let status = films.retire_price_list(list).await.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::FailedPrecondition, "PRICE_LIST_IN_USE")
        );
        running.clock.advance(2 * HOUR_MS);
    }
    running.clock.advance(HOUR_MS);
    films.retire_price_list(list).await.unwrap();
    films.retire_film(film).await.unwrap();
    films.retire_hall(hall).await.unwrap();
    films.retire_cinema(cinema).await.unwrap();
    let again = running.plan(stage.screening(START_MS + 9 * DAY_MS)).await.unwrap_err();
    assert_eq!(reason(&again), "HALL_NOT_FOUND");
}

#[tokio::test]
async fn price_lists_are_checked_replaced_and_listed() {
    let running = start().await;
    let cinema = running.cinema("Roxy", "Berlin").await;
    let mut films = running.films.clone();
    let list = running.price_list(cinema.cinema_id, 1_000).await;
    assert_eq!((list.currency.as_str(), list.prices.len()), ("EUR", 3));
    let mut wrong = new_price_list(cinema.cinema_id, 1_000);
    wrong.prices = vec![price("Standard", TicketType::Child, 5)];
    let refused = refusal(films.create_price_list(wrong).await);
    assert_eq!(refused.0, "PRICES_INVALID");
    assert!(fact(&refused, "problem").contains("ADULT"), "{refused:?}");
    assert_eq!((fact(&refused, "code"), fact(&refused, "category")), ("NO_ADULT_PRICE", "Standard"));

    let prices = vec![price("Sofa", TicketType::Unspecified, 2_000)];
    let request = UpdatePriceListRequest { price_list_id: list.price_list_id, name: String::new(), prices };
    let changed = films.update_price_list(request).await.unwrap().into_inner();
    assert_eq!((changed.name.as_str(), changed.prices.len()), ("usual", 1));
    assert_eq!(changed.prices[0].ticket_type(), TicketType::Adult);
    let ask = ListPriceListsRequest { cinema_id: cinema.cinema_id };
    assert_eq!(films.list_price_lists(ask).await.unwrap().into_inner().price_lists, [changed]);
    let retire = RetirePriceListRequest { price_list_id: list.price_list_id };
    films.retire_price_list(retire).await.unwrap();
    assert!(films.list_price_lists(ask).await.unwrap().into_inner().price_lists.is_empty());
    let missing = ListPriceListsRequest { cinema_id: 999 };
    assert_eq!(reason(&films.list_price_lists(missing).await.unwrap_err()), "CINEMA_NOT_FOUND");
}

#[tokio::test]
async fn a_repeated_creation_gets_the_first_answer() {
    let running = start().await;
    let cinema = running.cinema("Roxy", "Berlin").await;
    let mut films = running.films.clone();
    let mut film = new_film("Alien");
    for tag in ["de", "en", "fr", "it", "zh"] {
        film.titles.insert(tag.to_owned(), format!("Alien {tag}"));
    }
    // A map has no order of its own: built anew it must count as the same.
    let same = || contract::film::CreateFilmRequest {
        titles: film.titles.iter().map(|(tag, title)| (tag.clone(), title.clone())).collect(),
        ..film.clone()
    };
    let first = films.create_film(keyed("k1", same())).await.unwrap().into_inner();
    for _ in 0..5 {
        assert_eq!(films.create_film(keyed("k1", same())).await.unwrap().into_inner(), first);
    }
    let other = films.create_film(keyed("k1", new_film("Aliens"))).await.unwrap_err();
    assert_eq!((other.code(), reason(&other).as_str()), (Code::InvalidArgument, "IDEMPOTENCY_KEY_REUSED"));
    // Another call is another content, too; and another caller's keys are their own.
    let hall = films.create_hall(keyed("k1", new_hall(cinema.cinema_id, "1"))).await.unwrap_err();
    assert_eq!(reason(&hall), "IDEMPOTENCY_KEY_REUSED");
    let admin = running.person("admina", &[Role::Admin], &[]).await;
    let mut request = signed(&admin, new_film("Aliens"));
    request.metadata_mut().insert("idempotency-key", "k1".parse().unwrap());
    films.create_film(request).await.unwrap();
}

#[tokio::test]
async fn repeated_at_the_same_time_one_hall_is_built() {
    let running = start().await;
    let cinema = running.cinema("Roxy", "Berlin").await;
    let build = || {
        let (mut films, request) = (running.films.clone(), new_hall(cinema.cinema_id, "1"));
        async move { films.create_hall(keyed("k", request)).await.unwrap().into_inner() }
    };
    let (a, b, c) = tokio::join!(build(), build(), build());
    assert_eq!((&a, &a), (&b, &c));
    let mut films = running.films.clone();
    let mut second = new_hall(cinema.cinema_id, "1");
    second.plan = drawn("@category s S\nA: s");
    let refused = refusal(films.create_hall(second).await);
    assert_eq!(
        (refused.0.as_str(), fact(&refused, "hall_id")),
        ("HALL_EXISTS", a.hall_id.to_string().as_str())
    );
}
