//! Giving seats back.

use http::Method;
use serde_json::{Value, json};

use super::{Cinema, DAY_MS, Person};

const HOUR_MS: i64 = 60 * 60 * 1000;

#[tokio::test]
async fn all_seats_are_offered_first_and_given_back_once() {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1", "A2"]).await;
    let path = format!("/orders/{order}/refund");
    let page = cinema.get(&path).await;
    page.assert_says("You get back €20.00");
    page.assert_says("The cinema keeps nothing.");
    let fields = [("key", &*page.field("key")), ("promised", "2000"), ("seat", "A1"), ("seat", "A2")];
    assert_eq!(page.field("promised"), "2000");
    for _ in 0..2 {
        cinema.post(&path, &fields).await.assert_leads_to(&format!("/orders/{order}#refunds"));
    }
    assert_eq!(cinema.order(&order).await["refunds"].as_array().unwrap().len(), 1);
    let page = cinema.get(&format!("/orders/{order}")).await;
    assert_eq!(page.phase(), "refunded");
    for what in
        ["You get back €20.00", "Seats A1, A2", "sent back to where it came from", "All seats of this order"]
    {
        page.assert_says(what);
    }
    let nothing = cinema.get(&path).await;
    nothing.assert_says("There is nothing to give back in this order.");
    assert!(!nothing.text().contains("name=\"promised\""));
}

#[tokio::test]
async fn some_seats_are_given_back_for_what_was_quoted() {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1", "A2", "A3"]).await;
    let path = format!("/orders/{order}/refund");
    // A tenth is kept in the last day.
    cinema.running.kit.clock.advance(2 * DAY_MS - 3 * HOUR_MS);
    let cinema = signed_in_again(cinema).await;
    let page = cinema.get(&format!("{path}?chosen=1&seat=A2&seat=A3")).await;
    page.assert_says("You get back €18.00");
    page.assert_says("The cinema keeps €2.00");
    page.assert_says("Seats A2, A3");
    let fields = [("key", "k1"), ("promised", "1800"), ("seat", "A2"), ("seat", "A3")];
    for _ in 0..2 {
        cinema.post(&path, &fields).await.assert_leads_to(&format!("/orders/{order}#refunds"));
    }
    let page = cinema.get(&format!("/orders/{order}")).await;
    assert_eq!(page.phase(), "partly-refunded");
    page.assert_says("You get back €18.00");
    page.assert_says("The cinema keeps €2.00");
    let chinese = Person { session: cinema.ann.session.clone(), language: "zh-CN" };
    cinema.get_as(&chinese, &path).await.assert_says("退还 €10.80");
    let order = cinema.order(&order).await;
    assert_eq!(
        (order["refunds"][0]["amount"].clone(), order["refunds"][0]["fee"].clone()),
        (json!(1800), json!(200))
    );
}

/// Tokens end sooner than screenings begin.
async fn signed_in_again(mut cinema: Cinema) -> Cinema {
    let login = json!({"login": "annlee", "password": crate::common::PASSWORD});
    cinema.ann.session = cinema.running.post("/v1/sessions", &login).await.json();
    cinema
}

#[tokio::test]
async fn nobody_gets_less_than_the_page_has_promised() {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1"]).await;
    let path = format!("/orders/{order}/refund");
    assert_eq!(cinema.get(&path).await.field("promised"), "1200");
    cinema.running.kit.clock.advance(2 * DAY_MS - 3 * HOUR_MS);
    let cinema = signed_in_again(cinema).await;
    let promised = [("key", "k1"), ("promised", "1200"), ("seat", "A1")];
    let changed = cinema.post(&path, &promised).await;
    assert_eq!(changed.status, 409);
    changed.assert_says("What you get back has changed");
    assert_eq!(changed.field("promised"), "1080");
    assert_eq!(cinema.order(&order).await["state"], "PAID");
    // Without a word of what was promised, nothing is done either.
    assert_eq!(cinema.post(&path, &[("seat", "A1")]).await.status, 409);
    // And some minutes before it begins, it is too late.
    cinema.running.kit.clock.advance(3 * HOUR_MS - 10 * 60_000);
    let cinema = signed_in_again(cinema).await;
    cinema.get(&path).await.assert_says("It is too late to give these seats back.");
    let late = cinema.post(&path, &[("key", "k2"), ("promised", "0"), ("seat", "A1")]).await;
    assert_eq!(late.status, 400);
    late.assert_says("It is too late to give these seats back.");
}

#[tokio::test]
async fn what_cannot_be_given_back_is_told_in_words() {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1"]).await;
    let path = format!("/orders/{order}/refund");
    let none = cinema.get(&format!("{path}?chosen=1")).await;
    none.assert_says("Choose at least one seat.");
    cinema.post(&path, &[("key", "k")]).await.assert_says("Choose at least one seat.");
    let other = cinema.post(&path, &[("key", "k"), ("promised", "0"), ("seat", "B6")]).await;
    assert_eq!(other.status, 400);
    other.assert_says("These seats are not in this order: B6.");
    let open = cinema.buy(&["B1"]).await;
    cinema.get(&format!("/orders/{open}/refund")).await.assert_says("nothing to give back");
    let unpaid = [("key", "k"), ("promised", "0"), ("seat", "B1")];
    cinema.post(&format!("/orders/{open}/refund"), &unpaid).await.assert_says("This order is not paid");
}

#[tokio::test]
async fn a_refund_that_the_bank_refuses_is_told() {
    let cinema = Cinema::start().await;
    let order = cinema.buy(&["A1"]).await;
    cinema.post(&format!("/orders/{order}/pay"), &[("payment_method", "card_refund_fails")]).await;
    let fields = [("key", "k"), ("promised", "1200"), ("seat", "A1")];
    cinema
        .post(&format!("/orders/{order}/refund"), &fields)
        .await
        .assert_leads_to(&format!("/orders/{order}#refunds"));
    cinema.get(&format!("/orders/{order}")).await.assert_says("The bank refused to take the money back.");
}

async fn admin(cinema: &Cinema) -> Value {
    let login = json!({"login": "admin", "password": crate::common::PASSWORD});
    cinema.running.post("/v1/sessions", &login).await.json()
}

#[tokio::test]
async fn what_was_paid_in_cash_is_given_back_at_the_counter() {
    let cinema = Cinema::start().await;
    let order = cinema.buy(&["A1"]).await;
    let cash = cinema.post(&format!("/orders/{order}/pay"), &[("payment_method", "cash")]).await;
    cash.assert_says("Cash is taken and given back at the box office only.");
    let (admin, path) = (admin(&cinema).await, format!("/v1/orders/{order}"));
    let pay = json!({"payment_method": "cash"});
    let paid = cinema.running.as_user(&admin, Method::POST, &format!("{path}/pay"), &pay).await;
    assert_eq!(paid.status, 200, "{:?}", paid.body);
    let fields = [("key", "k"), ("promised", "1200"), ("seat", "A1")];
    let refused = cinema.post(&format!("/orders/{order}/refund"), &fields).await;
    assert_eq!(refused.status, 403);
    refused.assert_says("Cash is taken and given back at the box office only.");
    let back = cinema.running.as_user(&admin, Method::POST, &format!("{path}/refund"), &json!({})).await;
    assert_eq!(back.status, 200, "{:?}", back.body);
    cinema.get(&format!("/orders/{order}")).await.assert_says("handed over in cash at the box office");
}

#[tokio::test]
async fn a_screening_that_is_cancelled_gives_all_back() {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1", "A2"]).await;
    let admin = admin(&cinema).await;
    let path = format!("/v1/screenings/{}/cancel", cinema.film_sid);
    let cancelled = cinema.running.as_user(&admin, Method::POST, &path, &json!({})).await;
    assert_eq!(cancelled.status, 200, "{:?}", cancelled.body);
    let page = cinema.until(&format!("/orders/{order}"), |page| page.phase() == "refunded").await;
    page.assert_says("This screening was cancelled.");
    page.assert_says("The screening was cancelled by the cinema.");
    page.assert_says("You get back €20.00");
    assert!(!page.text().contains("Choose seats again"));
}
