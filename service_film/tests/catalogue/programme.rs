//! What is on: searching, filtering and paging.

use std::collections::HashMap;

use crate::common::{DAY_MS, HOUR_MS, Running, START_MS, new_cinema, new_film, price, reason, start};
use contract::film::{
    CancelScreeningRequest, CreateScreeningRequest, FilmOrder, GetAllListRequest, GetFilmRequest,
    GetInfoListRequest, GetInfoListResponse, GetScreeningsRequest, RetireFilmRequest, TicketType,
};

/// A small chain: every film in every hall, at hours of its own.
struct Chain {
    running: Running,
    films: HashMap<&'static str, i64>,
    cinemas: HashMap<&'static str, i64>,
}

const CINEMAS: [(&str, &str, &str); 3] = [
    ("Astor Film Lounge", "München", "Europe/Berlin"),
    ("Kino am Dom", "Köln", "Europe/Berlin"),
    ("上海影城", "上海", "Asia/Shanghai"),
];
/// Title, other title, release, popularity, language, format, price.
const FILMS: [(&str, &str, &str, i32, &str, &str, i64); 4] = [
    ("Amélie", "Die fabelhafte Welt", "2001-04-25", 8_300, "fr", "2D", 800),
    ("霸王别姬", "Farewell My Concubine", "1993-01-01", 8_100, "zh-CN", "IMAX", 1_500),
    ("ALIEN³", "", "1992-05-22", 6_400, "en", "3D", 1_000),
    ("Nosferatu", "", "", 7_900, "zh", "2d", 500),
];

async fn chain() -> Chain {
    let running = start().await;
    let mut client = running.films.clone();
    let (mut films, mut cinemas) = (HashMap::new(), HashMap::new());
    for (title, other, date, popularity, ..) in FILMS {
        let mut request = new_film(title);
        request.release_date = date.to_owned();
        request.popularity = popularity;
        if !other.is_empty() {
            request.titles.insert("en".to_owned(), other.to_owned());
        }
        films.insert(title, client.create_film(request).await.unwrap().into_inner().film_id);
    }
    for (number, (name, city, zone)) in CINEMAS.into_iter().enumerate() {
        let mut request = new_cinema(name, city);
        request.time_zone = zone.to_owned();
        let cinema_id = client.create_cinema(request).await.unwrap().into_inner().cinema_id;
        cinemas.insert(name, cinema_id);
        let hall_id = running.hall(cinema_id, "1").await.hall_id;
        for (hour, (title, .., language, format, amount)) in (0i64..).zip(FILMS) {
            // 霸王别姬 is not shown in the first cinema, Nosferatu only there.
            if (number == 0) == (title == "霸王别姬") && title != "Amélie" && title != "ALIEN³" {
                continue;
            }
            let mut list = crate::common::new_price_list(cinema_id, amount);
            list.prices.push(price("Unused", TicketType::Adult, 1));
            let list = client.create_price_list(list).await.unwrap().into_inner();
            let request = CreateScreeningRequest {
                film_id: films[title],
                hall_id,
                price_list_id: list.price_list_id,
                starts_at: START_MS + DAY_MS + hour * 3 * HOUR_MS,
                language: language.to_owned(),
                format: format.to_owned(),
                ..CreateScreeningRequest::default()
            };
            running.plan(request).await.unwrap();
        }
    }
    Chain { running, films, cinemas }
}

impl Chain {
    async fn search(&self, request: GetInfoListRequest) -> GetInfoListResponse {
        self.running.films.clone().get_info_list(request).await.unwrap().into_inner()
    }

    /// Titles and cinemas of what a search finds, in its order.
    async fn found(&self, request: GetInfoListRequest) -> Vec<(&'static str, &'static str)> {
        let answer = self.search(request).await;
        let title = |id: i64| *self.films.iter().find(|(_, film_id)| **film_id == id).unwrap().0;
        let name = |id: i64| *self.cinemas.iter().find(|(_, cinema_id)| **cinema_id == id).unwrap().0;
        let pairs = answer.screenings.iter().map(|s| (title(s.film_id), name(s.cinema_id))).collect();
        let (mut films, mut cinemas): (Vec<_>, Vec<_>) =
            answer.screenings.iter().map(|s| (s.film_id, s.cinema_id)).unzip();
        films.sort_unstable();
        films.dedup();
        cinemas.sort_unstable();
        cinemas.dedup();
        let mut named: Vec<_> = answer.cinemas.iter().map(|cinema| cinema.cinema_id).collect();
        named.sort_unstable();
        assert_eq!(answer.films.iter().map(|film| film.film_id).collect::<Vec<_>>(), films);
        assert_eq!(named, cinemas, "each cinema once");
        pairs
    }

    async fn titles(&self, request: GetInfoListRequest) -> Vec<&'static str> {
        let mut titles: Vec<_> = self.found(request).await.into_iter().map(|(title, _)| title).collect();
        titles.sort_unstable();
        titles.dedup();
        titles
    }
}

fn any() -> GetInfoListRequest {
    GetInfoListRequest::default()
}

#[tokio::test]
async fn titles_are_found_in_any_language_case_accent_and_width() {
    let chain = chain().await;
    for (title, found) in [
        ("amelie", "Amélie"),
        ("ＡＭＥＬＩＥ", "Amélie"),
        ("WELT", "Amélie"),
        ("别姬", "霸王别姬"),
        ("farewell  MY", "霸王别姬"),
        ("alien3", "ALIEN³"),
        ("feratu", "Nosferatu"),
    ] {
        let titles = chain.titles(GetInfoListRequest { title: title.to_owned(), ..any() }).await;
        assert_eq!(titles, [found], "{title}");
    }
    for title in ["%", "_", "zzz", "别霸", "amelie\nalien"] {
        let found = chain.found(GetInfoListRequest { title: title.to_owned(), ..any() }).await;
        assert!(found.is_empty(), "{title}: {found:?}");
    }
    assert_eq!(chain.found(GetInfoListRequest { title: " ".to_owned(), ..any() }).await.len(), 9);
}

#[tokio::test]
async fn every_condition_counts_alone_and_together() {
    let chain = chain().await;
    let text = |text: &str| text.to_owned();
    assert_eq!(chain.found(any()).await.len(), 9);
    assert_eq!(chain.found(GetInfoListRequest { film_id: chain.films["ALIEN³"], ..any() }).await.len(), 3);
    let cinema_id = chain.cinemas["Kino am Dom"];
    assert_eq!(chain.found(GetInfoListRequest { cinema_id, ..any() }).await.len(), 3);
    assert_eq!(chain.found(GetInfoListRequest { cinema: text("lounge"), ..any() }).await.len(), 3);
    assert_eq!(chain.found(GetInfoListRequest { cinema: text("影"), ..any() }).await.len(), 3);
    assert_eq!(chain.found(GetInfoListRequest { city: text("KOLN"), ..any() }).await.len(), 3);
    assert!(chain.found(GetInfoListRequest { city: text("Köl"), ..any() }).await.is_empty());
    // `zh` finds its regions, a region only itself.
    assert_eq!(
        chain.titles(GetInfoListRequest { language: text("ZH"), ..any() }).await,
        ["Nosferatu", "霸王别姬"]
    );
    assert_eq!(chain.titles(GetInfoListRequest { language: text("zh_cn"), ..any() }).await, ["霸王别姬"]);
    assert!(chain.found(GetInfoListRequest { language: text("z"), ..any() }).await.is_empty());
    assert_eq!(
        chain.titles(GetInfoListRequest { format: text("2D"), ..any() }).await,
        ["Amélie", "Nosferatu"]
    );
    // The list's cheapest price is for a category the hall does not have.
    assert_eq!(chain.titles(GetInfoListRequest { max_price: 800, ..any() }).await, ["Amélie", "Nosferatu"]);
    assert!(chain.found(GetInfoListRequest { max_price: 499, ..any() }).await.is_empty());
    let (from, to) = (START_MS + DAY_MS + 3 * HOUR_MS, START_MS + DAY_MS + 6 * HOUR_MS);
    assert_eq!(chain.titles(GetInfoListRequest { from, to, ..any() }).await, ["ALIEN³", "霸王别姬"]);
    let together = GetInfoListRequest {
        title: text("a"),
        city: text("上海"),
        cinema: text("影城"),
        language: text("fr"),
        format: text("2d"),
        max_price: 1_000,
        to,
        ..any()
    };
    assert_eq!(chain.found(together).await, [("Amélie", "上海影城")]);
}

#[tokio::test]
async fn what_has_started_or_was_cancelled_is_not_found() {
    let chain = chain().await;
    let first = chain.search(any()).await.screenings[0].clone();
    let cancel = contract::film::CancelScreeningRequest { film_sid: first.film_sid, reason: String::new() };
    chain.running.films.clone().cancel_screening(cancel).await.unwrap();
    assert_eq!(chain.found(any()).await.len(), 8);
    chain.running.clock.advance(DAY_MS + 1);
    assert_eq!(chain.found(any()).await.len(), 6);
    assert_eq!(chain.found(GetInfoListRequest { from: START_MS, ..any() }).await.len(), 8);
}

#[tokio::test]
async fn cancelled_ones_are_found_where_they_are_asked_for() {
    let chain = chain().await;
    let all = chain.search(any()).await.screenings;
    let film_sid = all[1].film_sid;
    let cancel = CancelScreeningRequest { film_sid, reason: String::new() };
    chain.running.films.clone().cancel_screening(cancel).await.unwrap();
    let mut found = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = GetInfoListRequest { with_cancelled: true, page_size: 2, page_token, ..any() };
        let page = chain.search(request).await;
        found.extend(page.screenings);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    // In the same order, with the one that is cancelled in its place.
    let ids = |all: &[contract::film::Screening]| all.iter().map(|one| one.film_sid).collect::<Vec<_>>();
    assert_eq!(ids(&found), ids(&all));
    let cancelled: Vec<i64> = found.iter().filter(|one| one.cancelled).map(|one| one.film_sid).collect();
    assert_eq!(cancelled, [film_sid]);
    let cinema_id = all[1].cinema_id;
    let there = GetInfoListRequest { cinema_id, with_cancelled: true, ..any() };
    assert_eq!(chain.found(there).await.len(), 3);
    assert_eq!(chain.found(GetInfoListRequest { cinema_id, ..any() }).await.len(), 2);
}

#[tokio::test]
async fn pages_are_complete_and_without_doubles() {
    let chain = chain().await;
    let whole = chain.search(any()).await;
    assert!(whole.next_page_token.is_empty());
    let starts: Vec<_> = whole.screenings.iter().map(|s| (s.starts_at, s.film_sid)).collect();
    assert!(starts.is_sorted());
    for page_size in 1..=9 {
        for title in ["", "a"] {
            let expected: Vec<_> = chain
                .search(GetInfoListRequest { title: title.to_owned(), ..any() })
                .await
                .screenings
                .into_iter()
                .map(|s| s.film_sid)
                .collect();
            let (mut paged, mut page_token) = (Vec::new(), String::new());
            loop {
                let request = GetInfoListRequest { page_size, page_token, title: title.to_owned(), ..any() };
                let page = chain.search(request).await;
                paged.extend(page.screenings.iter().map(|s| s.film_sid));
                page_token = page.next_page_token;
                if page_token.is_empty() {
                    break;
                }
                assert_eq!(page.screenings.len(), usize::try_from(page_size).unwrap());
            }
            assert_eq!(paged, expected);
        }
    }
    let first = chain.search(GetInfoListRequest { page_size: 1, ..any() }).await;
    let token = |page_token: String| GetAllListRequest { page_token, ..GetAllListRequest::default() };
    let mut films = chain.running.films.clone();
    let status = films.get_all_list(token(first.next_page_token)).await.unwrap_err();
    assert_eq!(reason(&status), "PAGE_TOKEN_INVALID", "a token of another list");
}

async fn showing(chain: &Chain, order: FilmOrder, city: &str, page_size: i32) -> Vec<String> {
    let (mut titles, mut page_token) = (Vec::new(), String::new());
    loop {
        let request =
            GetAllListRequest { order_by: order.into(), city: city.to_owned(), page_size, page_token };
        let page = chain.running.films.clone().get_all_list(request).await.unwrap().into_inner();
        titles.extend(page.films.into_iter().map(|film| film.title));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return titles;
        }
    }
}

#[tokio::test]
async fn films_now_showing_are_sorted_and_paged() {
    let chain = chain().await;
    chain.running.film("Not shown").await;
    for page_size in 1..=4 {
        let by = |order, city| showing(&chain, order, city, page_size);
        let popular = ["Amélie", "霸王别姬", "Nosferatu", "ALIEN³"];
        assert_eq!(by(FilmOrder::Popularity, "").await, popular);
        assert_eq!(by(FilmOrder::Unspecified, "").await, popular);
        let newest = ["Amélie", "霸王别姬", "ALIEN³", "Nosferatu"];
        assert_eq!(by(FilmOrder::ReleaseDate, "").await, newest);
        assert_eq!(by(FilmOrder::Title, "munchen").await, ["ALIEN³", "Amélie", "Nosferatu"]);
        assert_eq!(by(FilmOrder::Popularity, "上海").await, ["Amélie", "霸王别姬", "ALIEN³"]);
        assert!(by(FilmOrder::Popularity, "Rom").await.is_empty());
    }
    let request = GetAllListRequest { page_size: 1, ..GetAllListRequest::default() };
    let mut films = chain.running.films.clone();
    let page_token = films.get_all_list(request).await.unwrap().into_inner().next_page_token;
    let mixed =
        GetAllListRequest { page_token, order_by: FilmOrder::Title.into(), ..GetAllListRequest::default() };
    assert_eq!(reason(&films.get_all_list(mixed).await.unwrap_err()), "PAGE_TOKEN_INVALID");
    chain.running.clock.advance(2 * DAY_MS);
    assert!(showing(&chain, FilmOrder::Popularity, "", 0).await.is_empty());
}

#[tokio::test]
async fn a_film_has_the_cinemas_and_screenings_to_come() {
    let chain = chain().await;
    let mut films = chain.running.films.clone();
    let ask = |city: &str| GetFilmRequest { film_id: chain.films["ALIEN³"], city: city.to_owned() };
    let all = films.get_film(ask("")).await.unwrap().into_inner();
    assert_eq!((all.cinemas.len(), all.screenings.len()), (3, 3));
    assert_eq!(all.film.unwrap().title, "ALIEN³");
    let one = films.get_film(ask("Koln")).await.unwrap().into_inner();
    assert_eq!((one.cinemas.len(), one.screenings.len()), (1, 1));
    assert_eq!(one.cinemas[0].cinema_id, one.screenings[0].cinema_id);
    chain.running.clock.advance(2 * DAY_MS);
    let none = films.get_film(ask("")).await.unwrap().into_inner();
    assert_eq!((none.cinemas.len(), none.screenings.len()), (0, 0));
    films.retire_film(RetireFilmRequest { film_id: chain.films["ALIEN³"] }).await.unwrap();
    let retired = films.get_film(ask("")).await.unwrap().into_inner();
    assert!(retired.film.unwrap().retired, "orders and tickets still name it");
    let missing = GetFilmRequest { film_id: 999, city: String::new() };
    assert_eq!(reason(&films.get_film(missing).await.unwrap_err()), "FILM_NOT_FOUND");
}

#[tokio::test]
async fn screenings_are_given_by_their_ids_past_and_cancelled_ones_too() {
    let Chain { running, films, cinemas } = chain().await;
    let mut client = running.films.clone();
    let all = client.get_info_list(GetInfoListRequest::default()).await.unwrap().into_inner().screenings;
    let (first, second) = (all[0].film_sid, all[1].film_sid);
    client.cancel_screening(CancelScreeningRequest { film_sid: second, ..Default::default() }).await.ok();
    running.clock.advance(30 * DAY_MS);
    let ask = async |film_sid: Vec<i64>| {
        running.films.clone().get_screenings(GetScreeningsRequest { film_sid }).await
    };
    let answer = ask(vec![second, 999_999_999, first, second]).await.unwrap().into_inner();
    let mut wanted = [first, second];
    wanted.sort_unstable();
    let found: Vec<i64> = answer.screenings.iter().map(|screening| screening.film_sid).collect();
    assert_eq!(found, wanted);
    assert!(answer.screenings.iter().any(|screening| screening.cancelled));
    for screening in &answer.screenings {
        assert!(answer.films.iter().any(|film| film.film_id == screening.film_id));
        assert!(answer.cinemas.iter().any(|cinema| cinema.cinema_id == screening.cinema_id));
    }
    assert!(answer.films.len() <= films.len() && answer.cinemas.len() <= cinemas.len());
    let nothing = ask(vec![999_999_999]).await.unwrap().into_inner();
    assert_eq!(nothing, contract::film::GetScreeningsResponse::default());
    for wrong in [Vec::new(), (1..=101).collect()] {
        assert_eq!(reason(&ask(wrong).await.unwrap_err()), "FIELD_INVALID");
    }
}
