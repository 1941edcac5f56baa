//! The door: who is let in, and why not.

use contract::user::Role;
use http::Method;
use serde_json::json;

use super::{EVENING_MS, person, sign_in};
use crate::common::Answer;
use crate::order_pages::{Cinema, Person, id};

/// What the page says about a ticket.
#[track_caller]
fn kind(page: &Answer) -> String {
    assert_eq!(page.status, 200, "{}", page.text());
    let (_, rest) = page.text().split_once("data-kind=\"").unwrap_or_else(|| panic!("{}", page.text()));
    rest.split('"').next().unwrap().to_owned()
}

async fn show(cinema: &Cinema, who: &Person, code: &str, screening: i64) -> Answer {
    let page = cinema.get_as(who, "/door").await;
    let screening = screening.to_string();
    let fields = [("key", &*page.field("key")), ("code", code), ("screening", &*screening)];
    cinema.post_as(who, "/door", &fields).await
}

/// The codes of a paid order, by seat.
async fn code(cinema: &Cinema, order: &str, seat: &str) -> String {
    let order = cinema.order(order).await;
    let tickets = order["tickets"].as_array().unwrap();
    let ticket = tickets.iter().find(|ticket| ticket["seat"] == seat).unwrap();
    id(&ticket["code"])
}

/// A cinema whose doors are open, somebody at the door, and tickets for A1 and A2, a child's.
async fn evening() -> (Cinema, Person, String, [String; 2]) {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1", "A2"]).await;
    let codes = [code(&cinema, &order, "A1").await, code(&cinema, &order, "A2").await];
    person(&cinema, "stan", Role::Staff, Vec::new()).await;
    cinema.running.kit.clock.advance(EVENING_MS);
    let stan = sign_in(&cinema, "stan").await;
    (cinema, stan, order, codes)
}

#[tokio::test]
async fn a_ticket_lets_one_in_and_the_second_time_is_told() {
    let (cinema, stan, _, [adult, child]) = evening().await;
    let page = show(&cinema, &stan, &child, 0).await;
    assert_eq!(kind(&page), "in");
    for what in ["Let in", "Seat A2", "class=\"reduced\">Child", "Thu 26 Nov 01:00", "Odeon"] {
        page.assert_says(what);
    }
    cinema.running.kit.clock.advance(60_000);
    let page = show(&cinema, &stan, &child, 0).await;
    assert_eq!(kind(&page), "used");
    page.assert_says("Already used at 00:30");
    page.assert_says("Seat A2");
    // Typed in from paper: small letters, over two lines.
    let (first, second) = adult.split_at(60);
    let page = show(&cinema, &stan, &format!("  {}\n {second}", first.to_lowercase()), cinema.film_sid).await;
    assert_eq!(kind(&page), "in");
    assert!(!page.text().contains("class=\"reduced\""));
    let chinese = Person { language: "zh-CN", ..stan };
    show(&cinema, &chinese, &adult, 0).await.assert_says("此票已于 00:31 检过");
}

#[tokio::test]
async fn the_same_showing_sent_again_gets_the_same_answer() {
    let (cinema, stan, _, [adult, _]) = evening().await;
    let fields = [("key", "scan-1"), ("code", &*adult), ("screening", "0")];
    for _ in 0..2 {
        let answer = cinema.post_as(&stan, "/door/check", &fields).await;
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "no-store");
        let answer = answer.json();
        assert_eq!((&answer["kind"], &answer["good"]), (&json!("in"), &json!(true)));
        assert_eq!((&answer["seat"], &answer["reduced"]), (&json!("A1"), &json!("")));
    }
    let fields = [("key", "scan-2"), ("code", &*adult), ("screening", "0")];
    let answer = cinema.post_as(&stan, "/door/check", &fields).await.json();
    assert_eq!((&answer["kind"], &answer["good"]), (&json!("used"), &json!(false)));
}

#[tokio::test]
async fn a_forged_code_is_told() {
    let (cinema, stan, _, [adult, _]) = evening().await;
    let mut forged = adult.clone().into_bytes();
    forged[40] = if forged[40] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    for odd in [&*forged, "hello", "MQ1.", "", &"A".repeat(900)] {
        let page = show(&cinema, &stan, odd, 0).await;
        assert_eq!(kind(&page), "forged", "{odd}");
        page.assert_says("Not a genuine ticket");
    }
    assert_eq!(kind(&show(&cinema, &stan, &adult, 0).await), "in");
}

#[tokio::test]
async fn a_door_is_for_its_screening() {
    let (cinema, stan, _, [adult, _]) = evening().await;
    let page = cinema.get_as(&stan, "/door").await;
    let here = format!("screening={}", cinema.film_sid);
    page.assert_says(&here);
    let chosen = cinema.get_as(&stan, &format!("/door?{here}")).await;
    chosen.assert_says("Door: The Good");
    assert!(chosen.header("permissions-policy").contains("camera=(self)"));
    assert_eq!(chosen.field("screening"), cinema.film_sid.to_string());
    // The keys are given for verifying without a network.
    let keys = cinema.running.get("/v1/ticket-keys").await.json();
    chosen.assert_says(keys["keys"][0]["public_key"].as_str().unwrap());
    let page = show(&cinema, &stan, &adult, cinema.film_sid + 1).await;
    assert_eq!(kind(&page), "other");
    page.assert_says("For another screening");
    page.assert_says("Thu 26 Nov 01:00");
    assert_eq!(kind(&show(&cinema, &stan, &adult, cinema.film_sid).await), "in");
}

#[tokio::test]
async fn too_early_too_late_and_given_back() {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1", "A3"]).await;
    let (first, third) = (code(&cinema, &order, "A1").await, code(&cinema, &order, "A3").await);
    let stan = person(&cinema, "stan", Role::Staff, Vec::new()).await;
    let page = show(&cinema, &stan, &first, 0).await;
    assert_eq!(kind(&page), "early");
    page.assert_says("Too early: doors open at Wed 25 Nov 23:00");
    let back = json!({"seats": ["A1"]});
    let path = format!("/v1/orders/{order}/refund");
    cinema.running.as_user(&cinema.ann.session, Method::POST, &path, &back).await;
    let page = show(&cinema, &stan, &first, 0).await;
    assert_eq!(kind(&page), "void");
    page.assert_says("Not valid: given back");
    cinema.running.kit.clock.advance(EVENING_MS + 4 * 60 * 60_000);
    let stan = sign_in(&cinema, "stan").await;
    let page = show(&cinema, &stan, &third, 0).await;
    assert_eq!(kind(&page), "late");
    page.assert_says("Too late: doors closed at 03:33");
}

#[tokio::test]
async fn staff_of_another_cinema_take_no_ticket_of_this_one() {
    let (cinema, _, _, [adult, _]) = evening().await;
    let other = cinema.another().await;
    let otto = person(&cinema, "otto", Role::Staff, vec![other]).await;
    let page = show(&cinema, &otto, &adult, 0).await;
    assert_eq!(kind(&page), "elsewhere");
    page.assert_says("Ticket of another cinema");
    // Nor do they see what is on here.
    let door = cinema.get_as(&otto, &format!("/door?screening={}", cinema.film_sid)).await;
    assert_eq!(door.field("screening"), "0");
    assert!(!door.text().contains("The Good"));
}

#[tokio::test]
async fn while_orders_are_away_nothing_is_decided() {
    let (cinema, stan, _, [adult, _]) = evening().await;
    let kit = &cinema.running.kit;
    kit.registry.clear();
    kit.register(&service_user::start(kit, &service_user::Config::default()).await.unwrap());
    kit.register(&service_film::start(kit, &service_film::Config::default()).await.unwrap());
    let fields = [("key", "scan-1"), ("code", &*adult), ("screening", "0")];
    let answer = cinema.post_as(&stan, "/door/check", &fields).await.json();
    assert_eq!((&answer["kind"], &answer["good"]), (&json!("again"), &json!(false)));
}
