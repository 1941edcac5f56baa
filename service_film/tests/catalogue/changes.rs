//! The log of who changed what.

use contract::film::change::{Action, Thing};
use contract::film::{
    CancelScreeningRequest, Change, ListChangesRequest, ListChangesResponse, RetireFilmRequest,
    RetireHallRequest, TicketType, UpdateCinemaRequest, UpdateFilmRequest, UpdatePriceListRequest,
    UpdateScreeningRequest,
};
use contract::user::{Role, Session};
use serde_json::{Value, json};

use crate::common::{
    DAY_MS, Running, START_MS, keyed, new_cinema, new_film, new_hall, price, reason, signed, start,
};

async fn ask(running: &Running, who: &Session, wish: ListChangesRequest) -> ListChangesResponse {
    running.films.clone().list_changes(signed(who, wish)).await.unwrap().into_inner()
}

fn what(change: &Change) -> Value {
    serde_json::from_str(&change.what).unwrap()
}

fn id(session: &Session) -> i64 {
    session.profile.as_ref().unwrap().user_id
}

#[tokio::test]
async fn every_change_of_the_catalogue_is_kept_with_who_made_it() {
    let running = start().await;
    let stage = running.stage().await;
    let (cinema_id, film_id) = (stage.cinema.cinema_id, stage.film.film_id);
    let screening = running.screening(&stage, START_MS + DAY_MS).await;
    let admin = running.person("annlee", &[Role::Admin], &[]).await;
    running.clock.advance(1_000);
    let mut films = running.films.clone();
    let cinema = UpdateCinemaRequest { cinema_id, name: "Rex".into(), ..UpdateCinemaRequest::default() };
    films.update_cinema(signed(&admin, cinema.clone())).await.unwrap();
    // What changes nothing, and what is refused, is no change.
    films.update_cinema(signed(&admin, cinema)).await.unwrap();
    films.retire_film(signed(&admin, RetireFilmRequest { film_id })).await.unwrap_err();
    let film = UpdateFilmRequest { film_id, synopsis: "x".repeat(2_000), ..UpdateFilmRequest::default() };
    films.update_film(signed(&admin, film)).await.unwrap();
    let list = UpdatePriceListRequest {
        price_list_id: stage.list.price_list_id,
        name: String::new(),
        prices: vec![price("Standard", TicketType::Adult, 900), price("Premium", TicketType::Adult, 1_800)],
    };
    films.update_price_list(signed(&admin, list)).await.unwrap();
    let film_sid = screening.film_sid;
    let moved = UpdateScreeningRequest { film_sid, format: "3D".into(), ..UpdateScreeningRequest::default() };
    films.update_screening(signed(&admin, moved)).await.unwrap();
    let cancel = CancelScreeningRequest { film_sid, reason: "power cut".into() };
    films.cancel_screening(signed(&admin, cancel.clone())).await.unwrap();
    films.cancel_screening(signed(&admin, cancel)).await.unwrap();
    let hall_id = stage.hall.hall_id;
    for _ in 0..2 {
        films.retire_hall(signed(&admin, RetireHallRequest { hall_id })).await.unwrap();
    }

    let all = ask(&running, &admin, ListChangesRequest::default()).await.changes;
    let told: Vec<_> = all.iter().map(|c| (c.action(), c.thing(), c.thing_id, c.cinema_id)).collect();
    let list_id = stage.list.price_list_id;
    let expected = [
        (Action::Retire, Thing::Hall, hall_id, cinema_id),
        (Action::Cancel, Thing::Screening, film_sid, cinema_id),
        (Action::Update, Thing::Screening, film_sid, cinema_id),
        (Action::Update, Thing::PriceList, list_id, cinema_id),
        (Action::Update, Thing::Film, film_id, 0),
        (Action::Update, Thing::Cinema, cinema_id, cinema_id),
        (Action::Create, Thing::Screening, film_sid, cinema_id),
        (Action::Create, Thing::Film, film_id, 0),
        (Action::Create, Thing::PriceList, list_id, cinema_id),
        (Action::Create, Thing::Hall, hall_id, cinema_id),
        (Action::Create, Thing::Cinema, cinema_id, cinema_id),
    ];
    assert_eq!(told, expected);
    assert!(all[..6].iter().all(|c| (c.user_id, c.changed_at) == (id(&admin), START_MS + 1_000)));
    assert!(all[6..].iter().all(|c| (c.user_id, c.changed_at) == (0, START_MS)), "the operator");
    assert_eq!(what(&all[0]), json!({ "retired": true }));
    assert_eq!(what(&all[1]), json!({ "cancelled": true, "reason": "power cut" }));
    assert_eq!(what(&all[2]), json!({ "format": "3D" }));
    let prices = json!({ "Standard": { "ADULT": 900 }, "Premium": { "ADULT": 1_800 } });
    assert_eq!(what(&all[3]), json!({ "prices": prices }));
    assert!(all[4].what.len() < 500, "{}", all[4].what);
    assert_eq!(what(&all[5]), json!({ "name": "Rex" }));
    assert_eq!(what(&all[6])["starts_at"], START_MS + DAY_MS);
    assert_eq!(what(&all[9])["seats"], 11);
    assert_eq!(what(&all[10])["name"], "Roxy");

    for (wish, numbers) in [
        (ListChangesRequest { thing: Thing::Film.into(), ..Default::default() }, vec![4, 7]),
        (
            ListChangesRequest { thing: Thing::Hall.into(), thing_id: hall_id, ..Default::default() },
            vec![0, 9],
        ),
        (ListChangesRequest { user_id: id(&admin), ..Default::default() }, (0..6).collect()),
        (ListChangesRequest { from: START_MS + 1, ..Default::default() }, (0..6).collect()),
        (ListChangesRequest { to: START_MS + 1_000, ..Default::default() }, (6..11).collect()),
        (ListChangesRequest { cinema_id: cinema_id + 1, ..Default::default() }, vec![]),
    ] {
        let expected: Vec<_> = numbers.iter().map(|number: &usize| all[*number].clone()).collect();
        assert_eq!(ask(&running, &admin, wish.clone()).await.changes, expected, "{wish:?}");
    }
}

#[tokio::test]
async fn a_manager_sees_the_changes_of_their_cinemas() {
    let running = start().await;
    let (here, there) = (running.stage().await, running.cinema("Odeon", "Bonn").await);
    let cinema_id = here.cinema.cinema_id;
    let manager = running.person("manny", &[Role::Manager], &[cinema_id]).await;
    let staff = running.person("stella", &[Role::Staff], &[]).await;
    let nowhere = running.person("norman", &[Role::Manager], &[]).await;
    let mut films = running.films.clone();
    films.create_hall(signed(&manager, new_hall(cinema_id, "2"))).await.unwrap();

    let seen = ask(&running, &manager, ListChangesRequest::default()).await.changes;
    assert_eq!(seen.len(), 4, "cinema, hall, price list, hall");
    assert!(seen.iter().all(|change| change.cinema_id == cinema_id));
    assert_eq!(seen[0].user_id, id(&manager));
    assert!(ask(&running, &nowhere, ListChangesRequest::default()).await.changes.is_empty());
    let other = ListChangesRequest { cinema_id: there.cinema_id, ..Default::default() };
    let refused = films.list_changes(signed(&manager, other)).await.unwrap_err();
    assert_eq!(reason(&refused), "NOT_YOUR_CINEMA");
    let refused = films.list_changes(signed(&staff, ListChangesRequest::default())).await.unwrap_err();
    assert_eq!(reason(&refused), "ROLE_MISSING");
}

#[tokio::test]
async fn the_log_comes_page_by_page_and_what_is_repeated_is_in_it_once() {
    let running = start().await;
    let mut films = running.films.clone();
    for name in ["a", "b", "c", "d", "e"] {
        running.cinema(name, "Ulm").await;
    }
    for _ in 0..2 {
        films.create_film(keyed("once", new_film("Metropolis"))).await.unwrap();
    }
    films.create_cinema(new_cinema(" ", "Ulm")).await.unwrap_err();
    let (mut pages, mut page_token) = (Vec::new(), String::new());
    loop {
        let wish = ListChangesRequest { page_size: 3, page_token, ..Default::default() };
        let page = films.list_changes(wish).await.unwrap().into_inner();
        pages.push(page.changes.iter().map(|change| what(change)["name"].clone()).collect::<Vec<_>>());
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(pages, [vec![Value::Null, json!("e"), json!("d")], vec![json!("c"), json!("b"), json!("a")]]);
}
