//! The demo: once, on an empty catalogue, with everything a visitor wants to see.

use std::collections::{BTreeSet, HashSet};

use crate::common::Place;
use contract::film::{Cinema, GetInfoListRequest, ListCinemasRequest, ListHallsRequest};
use contract::user::{LoginRequest, Role};
use marquee::demo::PASSWORD;
use marquee::{Clients, FilmClient};

async fn cinemas(films: &mut FilmClient) -> Vec<Cinema> {
    films.list_cinemas(ListCinemasRequest::default()).await.unwrap().into_inner().cinemas
}

#[tokio::test]
async fn it_is_set_up_once() {
    let place = Place::new();
    let first = place.run(&["demo"]).good();
    assert!(first.contains("6 cinemas"), "{first}");
    for login in ["admin", "manager", "staff", "customer", PASSWORD] {
        assert!(first.contains(login), "{login} is missing in {first}");
    }
    let second = place.run(&["demo"]).good();
    assert!(second.contains("nothing was changed"), "{second}");
    place
        .look(async |clients| {
            check_cinemas(&mut clients.films.clone()).await;
            check_screenings(&mut clients.films.clone()).await;
            check_logins(clients).await;
        })
        .await;
}

async fn check_cinemas(films: &mut FilmClient) {
    let cinemas = cinemas(films).await;
    assert_eq!(cinemas.len(), 6);
    let different = |value: fn(&Cinema) -> &str| cinemas.iter().map(value).collect::<HashSet<_>>().len();
    assert!(different(|cinema| &cinema.city) >= 5);
    assert!(different(|cinema| &cinema.time_zone) >= 4);
    assert!(different(|cinema| &cinema.currency) >= 3);
    for cinema in &cinemas {
        let request = ListHallsRequest { cinema_id: cinema.cinema_id };
        let halls = films.list_halls(request).await.unwrap().into_inner().halls;
        assert!(halls.len() >= 3, "{}", cinema.name);
        assert!(halls.iter().all(|hall| (60..=500).contains(&hall.seats)), "{halls:?}");
    }
}

async fn check_screenings(films: &mut FilmClient) {
    let (mut page_token, mut days, mut formats) = (String::new(), BTreeSet::new(), HashSet::new());
    let (mut shown, mut count) = (HashSet::new(), 0);
    loop {
        let request = GetInfoListRequest { page_size: 200, page_token, ..GetInfoListRequest::default() };
        let page = films.get_info_list(request).await.unwrap().into_inner();
        for screening in page.screenings {
            days.insert(screening.starts_local[..10].to_owned());
            formats.insert(screening.format);
            shown.insert(screening.film_id);
            assert!(screening.price_from > 0);
            count += 1;
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert!(count > 1_000, "{count} screenings");
    assert!((14..=16).contains(&days.len()), "{days:?}");
    assert!(shown.len() >= 20 && formats.len() >= 3, "{} films, {formats:?}", shown.len());
}

async fn check_logins(clients: Clients) {
    for (name, role) in [
        ("admin", Role::Admin),
        ("manager", Role::Manager),
        ("staff", Role::Staff),
        ("customer", Role::Customer),
    ] {
        let request = LoginRequest { login: name.to_owned(), password: PASSWORD.to_owned() };
        let profile = clients.users.clone().login(request).await.unwrap().into_inner().profile.unwrap();
        assert!(profile.roles().any(|held| held == role), "{name}: {:?}", profile.roles);
        assert_eq!(profile.cinema_ids.len(), if role == Role::Manager { 2 } else { 0 }, "{name}");
    }
}

#[tokio::test]
async fn it_shows_imported_films_and_gives_no_role_to_strangers() {
    let place = Place::new();
    let records: Vec<_> = (0..30)
        .map(|number| serde_json::json!({ "Title": format!("Film {number}"), "Running Time min": 95 }))
        .collect();
    let file = place.write("films.json", &serde_json::to_string(&records).unwrap());
    let mut create = place.command(&["admin", "create", "customer"]);
    assert!(create.env("MARQUEE_PASSWORD", "a password of my own").status().unwrap().success());
    let out = place.run(&["demo", "--films", file.to_str().unwrap()]).good();
    assert!(out.contains("30 new films taken") && out.contains("24 films"), "{out}");
    assert!(out.contains("customer  existed already"), "{out}");
    place
        .look(async |clients| {
            let request = GetInfoListRequest { title: "Film".to_owned(), ..GetInfoListRequest::default() };
            let page = clients.films.clone().get_info_list(request).await.unwrap().into_inner();
            assert!(
                !page.screenings.is_empty() && page.films.iter().all(|film| film.title.starts_with("Film "))
            );
        })
        .await;
}
