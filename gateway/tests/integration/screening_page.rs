//! The page of a screening, as a browser without scripts uses it, and its live changes.

mod waiting;
mod yours;

use std::time::Duration;

use http::{Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use web::LoneSeats;

use crate::common::{Answer, Running, START_MS, config, start_all_with};
use crate::purchase::screening_in;

const HALL: &str =
    "@category s #3b82f6 Standard\n@category P #f59e0b Premium\nA: ssssss\nB: ssss__wk\nC: (PP)PPP#\n";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A screening, and somebody who is signed in.
struct Visit {
    running: Running,
    film_sid: i64,
    ann: Value,
}

impl Visit {
    async fn begin() -> Self {
        Self::with(LoneSeats::Advise).await
    }

    async fn with(lone_seats: LoneSeats) -> Self {
        let mut config = config();
        config.site.lone_seats = lone_seats;
        let running = start_all_with(config).await;
        let film_sid = screening_in(&running, HALL).await;
        let ann = running.register("annlee").await;
        Self { running, film_sid, ann }
    }

    fn path(&self, rest: &str) -> String {
        format!("/screenings/{}{rest}", self.film_sid)
    }

    async fn page(&self, query: &str) -> String {
        let answer = self.running.get(&self.path(query)).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        String::from_utf8(answer.body.to_vec()).unwrap()
    }

    /// Follows where an answer leads.
    async fn follow(&self, answer: &Answer) -> String {
        let place = answer.header("location").to_owned();
        let there = self.running.get(&place).await;
        assert_eq!(there.status, 200, "{place}: {:?}", there.body);
        String::from_utf8(there.body.to_vec()).unwrap()
    }

    async fn hold(&self, form: &str) -> Answer {
        let token = self.ann["access_token"].as_str().unwrap();
        let request = self
            .running
            .request(Method::POST, &self.path("/hold"))
            .header("cookie", format!("marquee_access={token}"))
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = self.running.send(request, form.to_owned()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{:?}", answer.body);
        answer
    }

    /// Somebody else buys seats.
    async fn another_buys(&self, seats: &[&str]) {
        let bob = self.running.register("bob-by").await;
        let buy = json!({"film_sid": self.film_sid, "seats": seats});
        let answer = self.running.as_user(&bob, Method::POST, "/v1/orders", &buy).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
    }

    async fn orders(&self) -> Vec<Value> {
        let orders = self.running.as_user(&self.ann, Method::GET, "/v1/orders", &Value::Null).await.json();
        orders["orders"].as_array().cloned().unwrap_or_default()
    }
}

/// The names of the boxes that are ticked.
fn ticked(page: &str) -> Vec<&str> {
    let boxes = page.split("name=\"seat\" value=\"").skip(1);
    boxes
        .filter_map(|rest| rest.split_once('"'))
        .filter(|(_, rest)| rest.starts_with(" checked"))
        .map(|(seat, _)| seat)
        .collect()
}

#[tokio::test]
async fn the_map_names_every_seat_with_its_kind_price_and_state() {
    let visit = Visit::begin().await;
    visit.another_buys(&["A1"]).await;
    let page = visit.page("").await;
    for name in [
        "Row A seat 1, standard, €12.00, being bought",
        "Row A seat 2, standard, €12.00, free",
        "Row B seat 5, wheelchair space, €12.00, free",
        "Row B seat 6, companion seat, €12.00, free",
        "Row C seat 1, couple seat, €15.00, free",
        "Row C seat 6, no seat, not for sale",
    ] {
        assert!(page.contains(&format!("<title>{name}</title>")), "{name}: {page}");
    }
    assert!(page.contains("Metropolis") && page.contains("Odeon") && page.contains("Child"));
    let chinese = visit.running.request(Method::GET, &visit.path("")).header("accept-language", "zh-CN");
    let chinese = visit.running.send(chinese, "").await;
    let chinese = String::from_utf8(chinese.body.to_vec()).unwrap();
    assert!(chinese.contains("A 排 2 座、普通座、€12.00、可选"), "{chinese}");
    assert!(!chinese.contains("hall-"), "a text is missing");
}

#[tokio::test]
async fn an_address_chooses_seats_and_tickets_without_scripts() {
    let visit = Visit::begin().await;
    let page = visit.page("?seats=A1,A2&types=adult,child").await;
    assert_eq!(ticked(&page), ["A1", "A2"]);
    assert!(page.contains("<option value=\"child\" selected>Child €8.00</option>"), "{page}");
    assert!(page.contains("€20.00"), "the total");
    // The list's own fields say the same; half a couple seat brings the other half.
    let page = visit.page("?seat=A1&seat=C2&type.A1=child").await;
    assert_eq!(ticked(&page), ["A1", "C1", "C2"]);
    visit.another_buys(&["A1"]).await;
    let page = visit.page("?seats=A1,A2&types=adult,child").await;
    assert_eq!(ticked(&page), ["A2"]);
    assert!(page.contains("A1 was just taken by somebody else"), "{page}");
}

#[tokio::test]
async fn holding_seats_leads_to_the_order_and_happens_once() {
    let visit = Visit::begin().await;
    let form = "key=0123456789abcdef&seat=A1&seat=A2&type.A2=child";
    let (first, again) = (visit.hold(form).await, visit.hold(form).await);
    let orders = visit.orders().await;
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert_eq!(first.header("location"), format!("/orders/{}", orders[0]["order_id"].as_i64().unwrap()));
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!(orders[0]["amount"], 2000);
    // Another choice from the same page is another purchase.
    let other = visit.hold("key=0123456789abcdef&seat=A3&seat=A4").await;
    assert!(
        other.header("location").starts_with("/orders/")
            && other.header("location") != first.header("location")
    );
    let reordered = visit.hold("key=0123456789abcdef&seat=A4&seat=A3").await;
    assert_eq!(reordered.header("location"), other.header("location"));
    let many: String = (0..30).map(|seat| format!("&seat=A{seat}")).collect();
    assert!(
        visit
            .follow(&visit.hold(&format!("key=k{many}")).await)
            .await
            .contains("20 seats at most in one order")
    );
    let nothing = visit.hold("key=0123456789abcdef").await;
    assert!(visit.follow(&nothing).await.contains("Choose at least one seat"));
}

#[tokio::test]
async fn a_form_of_another_site_holds_nothing() {
    let visit = Visit::begin().await;
    let token = visit.ann["access_token"].as_str().unwrap();
    let request = visit
        .running
        .request(Method::POST, &visit.path("/hold"))
        .header("cookie", format!("marquee_access={token}"))
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = visit.running.send(request, "seat=A1&seat=A2").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(visit.orders().await.is_empty());
}

#[tokio::test]
async fn who_is_too_late_is_told_which_seats_are_gone_and_offered_others() {
    let visit = Visit::begin().await;
    visit.another_buys(&["A1"]).await;
    let late = visit.hold("key=k&seat=A1&seat=A2&type.A2=child").await;
    assert!(late.header("location").starts_with(&visit.path("?seats=A1%2CA2&types=adult%2Cchild&gone=A1")));
    let page = visit.follow(&late).await;
    assert!(page.contains("A1 was just taken by somebody else"), "{page}");
    assert_eq!(ticked(&page), ["A2"], "the others are still chosen");
    // The nearest two together that leave none alone beside A1.
    assert!(page.contains("data-choose=\"A2,A3\""), "{page}");
    // The module asks for the same when it sees a seat go.
    let part = visit.page("/advice?seats=A1,A2&types=adult,child").await;
    assert!(
        part.contains("A1 was just taken by somebody else") && part.contains("data-choose=\"A2,A3\""),
        "{part}"
    );
    assert!(visit.orders().await.is_empty());
}

#[tokio::test]
async fn a_couple_seat_is_not_sold_by_halves_and_the_site_says_so() {
    let visit = Visit::with(LoneSeats::Allow).await;
    let half = visit.hold("key=k&seat=C1").await;
    let page = visit.follow(&half).await;
    assert!(page.contains("A couple seat is sold only as a whole"), "{page}");
    assert_eq!(ticked(&page), ["C1", "C2"]);
}

#[tokio::test]
async fn signing_in_comes_back_to_the_same_choice() {
    let visit = Visit::begin().await;
    let request = visit
        .running
        .request(Method::POST, &visit.path("/hold"))
        .header("content-type", "application/x-www-form-urlencoded");
    let stranger = visit.running.send(request, "key=k&seat=A1&seat=A2&type.A2=child").await;
    assert_eq!(stranger.status, StatusCode::SEE_OTHER);
    let login = stranger.header("location").to_owned();
    let next = login.strip_prefix("/login?").unwrap();
    let (_, next) = form_urlencoded::parse(next.as_bytes()).find(|(name, _)| name == "next").unwrap();
    let fields: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("login", "annlee")
        .append_pair("password", crate::common::PASSWORD)
        .append_pair("next", &next)
        .finish();
    let request = visit
        .running
        .request(Method::POST, "/login")
        .header("content-type", "application/x-www-form-urlencoded");
    let signed_in = visit.running.send(request, fields).await;
    let page = visit.follow(&signed_in).await;
    assert_eq!(ticked(&page), ["A1", "A2"]);
    assert!(page.contains("<option value=\"child\" selected>"), "{page}");
}

#[tokio::test]
async fn the_best_seats_together_are_chosen() {
    let visit = Visit::begin().await;
    let page = visit.page("?best=3&up_to=1200").await;
    assert!(page.contains("The best 3 seats together"), "{page}");
    let chosen = ticked(&page);
    assert_eq!(chosen.len(), 3);
    assert!(chosen.iter().all(|seat| !seat.starts_with('C')), "{chosen:?} cost more");
    assert!(visit.page("?best=9").await.contains("No 9 seats together are left"));
    assert_eq!(ticked(&visit.page("?best=99").await), Vec::<&str>::new());
}

#[tokio::test]
async fn a_seat_left_alone_is_pointed_out_once() {
    let visit = Visit::begin().await;
    let form = "key=k&seat=A2&seat=A3";
    let told = visit.hold(form).await;
    let page = visit.follow(&told).await;
    assert!(page.contains("leaves seat A1 alone"), "{page}");
    assert!(page.contains("data-choose=\"A1,A2\"") && page.contains("data-choose=\"A2,A3,A1\""), "{page}");
    assert!(page.contains("name=\"advised\" value=\"A2,A3\""));
    let advice = visit.page("/advice?seats=A2,A3").await;
    assert!(advice.contains("leaves seat A1 alone") && !advice.contains("<html"), "{advice}");
    let held = visit.hold(&format!("{form}&advised=A2,A3")).await;
    assert!(held.header("location").starts_with("/orders/"));
}

#[tokio::test]
async fn a_cinema_can_refuse_or_allow_seats_left_alone() {
    let strict = Visit::with(LoneSeats::Refuse).await;
    let told = strict.hold("key=k&seat=A2&seat=A3&advised=A2,A3").await;
    assert!(strict.follow(&told).await.contains("Please choose otherwise"));
    assert!(strict.hold("key=k&seat=A1&seat=A2").await.header("location").starts_with("/orders/"));
    let free = Visit::with(LoneSeats::Allow).await;
    assert!(!free.page("?seats=A2,A3").await.contains("alone"));
    assert!(free.hold("key=k&seat=A2&seat=A3").await.header("location").starts_with("/orders/"));
}

#[tokio::test]
async fn what_is_not_on_sale_is_told_in_words_without_a_form() {
    let visit = Visit::begin().await;
    let advance = |ms| visit.running.kit.clock.advance(ms);
    let admin = visit
        .running
        .post("/v1/sessions", &json!({"login": "admin", "password": crate::common::PASSWORD}))
        .await
        .json();
    let path = format!("/v1/screenings/{}", visit.film_sid);
    let later = json!({"sales_open_at": START_MS + DAY_MS});
    assert_eq!(visit.running.as_user(&admin, Method::PATCH, &path, &later).await.status, 200);
    let page = visit.page("?seats=A1").await;
    assert!(page.contains("Sales open on Wed 25 Nov at"), "{page}");
    assert!(!page.contains("/hold"));
    advance(2 * DAY_MS + 60_000);
    assert!(visit.page("").await.contains("This screening has begun"));
    advance(DAY_MS);
    assert!(visit.page("").await.contains("This screening is over"));
}

#[tokio::test]
async fn a_cancelled_screening_says_so() {
    let visit = Visit::begin().await;
    let admin = visit
        .running
        .post("/v1/sessions", &json!({"login": "admin", "password": crate::common::PASSWORD}))
        .await
        .json();
    let path = format!("/v1/screenings/{}/cancel", visit.film_sid);
    assert_eq!(visit.running.as_user(&admin, Method::POST, &path, &json!({})).await.status, 200);
    let page = visit.page("").await;
    assert!(page.contains("This screening was cancelled") && !page.contains("/hold"), "{page}");
    let unknown = visit.running.get("/screenings/999999").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

/// Reads a stream until an event is whole; its id and data.
async fn event(body: &mut hyper::body::Incoming, read: &mut String) -> (i64, Value) {
    loop {
        if let Some((piece, rest)) = read.split_once("\n\n") {
            let (piece, rest) = (piece.to_owned(), rest.to_owned());
            *read = rest;
            let Some((id, data)) = piece.strip_prefix("id: ").and_then(|piece| piece.split_once("\ndata: "))
            else {
                continue;
            };
            return (id.parse().unwrap(), serde_json::from_str(data).unwrap());
        }
        let frame = tokio::time::timeout(Duration::from_secs(10), body.frame()).await.unwrap();
        read.push_str(std::str::from_utf8(&frame.unwrap().unwrap().into_data().unwrap()).unwrap());
    }
}

#[tokio::test]
async fn the_map_is_told_of_changes_as_they_happen_until_the_gateway_stops() {
    let visit = Visit::begin().await;
    visit.another_buys(&["A1"]).await;
    let request =
        visit.running.request(Method::GET, &visit.path("/live")).header("accept-encoding", "gzip, br");
    let mut stream = visit.running.open(request, "").await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert!(!stream.headers().contains_key("content-encoding"), "it would be held back");
    let mut read = String::new();
    let (first, snapshot) = event(stream.body_mut(), &mut read).await;
    assert_eq!(snapshot, json!({"snapshot": true, "seats": {"A1": "held", "C6": "unavailable"}}));
    visit.hold("key=k&seat=A5&seat=A6").await;
    let (next, change) = event(stream.body_mut(), &mut read).await;
    assert_eq!(
        (next, change),
        (first + 1, json!({"snapshot": false, "seats": {"A5": "held", "A6": "held"}}))
    );
    visit.running.stop.cancel();
    let ended = async { while let Some(Ok(_)) = stream.body_mut().frame().await {} };
    tokio::time::timeout(Duration::from_secs(5), ended).await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), visit.running.served).await.unwrap().unwrap();
}
