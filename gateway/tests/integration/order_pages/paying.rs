//! From held seats to tickets: the page of an order in each of its states.

use http::Method;
use serde_json::{Value, json};

use super::{Cinema, Person, TITLE};

const HOLD_MS: i64 = 10 * 60 * 1000;
const GRACE_MS: i64 = 2 * 60 * 1000;

async fn pay(cinema: &Cinema, order: &str, card: &str) -> crate::common::Answer {
    let page = cinema.get(&format!("/orders/{order}")).await;
    let key = page.field("key");
    cinema.post(&format!("/orders/{order}/pay"), &[("key", &key), ("payment_method", card)]).await
}

#[tokio::test]
async fn an_order_to_be_paid_says_what_it_is_and_how_long_it_is_held() {
    let cinema = Cinema::start().await;
    let order = cinema.buy(&["A1", "A2"]).await;
    let page = cinema.get(&format!("/orders/{order}")).await;
    assert_eq!((page.status.as_u16(), page.phase().as_str()), (200, "open"));
    let title = TITLE.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;");
    for what in [
        &*title,
        "Odeon",
        "Hauptstraße 1; Hof, links, Berlin",
        "Große 1",
        "Thu 26 Nov 01:00",
        "€20.00",
        "€8.00",
        "Child",
    ] {
        page.assert_says(what);
    }
    // Ten minutes, counted from the server's time.
    page.assert_says(">10:00</strong>");
    page.assert_says(&format!("data-now=\"{}\"", crate::common::START_MS));
    page.assert_says(&format!("data-ends=\"{}\"", crate::common::START_MS + HOLD_MS));
    page.assert_says("until 01:10 at the cinema");
    page.assert_says("Test payment");
    cinema.running.kit.clock.advance(61_000);
    cinema.get(&format!("/orders/{order}")).await.assert_says(">8:59</strong>");
    let chinese = Person { session: cinema.ann.session.clone(), language: "zh-CN" };
    let page = cinema.get_as(&chinese, &format!("/orders/{order}")).await;
    for what in ["待支付", "黄金三镖客", "儿童票", "测试支付", "支付 €20.00"] {
        page.assert_says(what);
    }
}

#[tokio::test]
async fn each_card_that_is_taken_ends_with_tickets() {
    let cinema = Cinema::start().await;
    for (seat, card) in ["card_ok", "card_twice", "card_refund_fails"].into_iter().enumerate() {
        let order = cinema.buy(&[&format!("B{}", seat + 1)]).await;
        let place = format!("/orders/{order}");
        pay(&cinema, &order, card).await.assert_leads_to(&place);
        let page = cinema.get(&place).await;
        assert_eq!(page.phase(), "paid", "{card}");
        page.assert_says("Enjoy the film");
    }
}

#[tokio::test]
async fn each_card_that_is_declined_is_told_why_and_may_be_tried_again() {
    let cinema = Cinema::start().await;
    let order = cinema.buy(&["A1"]).await;
    let place = format!("/orders/{order}");
    for (card, words) in [
        ("card_declined", "The bank declined the card."),
        ("card_insufficient_funds", "not enough money"),
        ("card_expired", "The card has expired."),
    ] {
        pay(&cinema, &order, card).await.assert_leads_to(&place);
        let page = cinema.get(&place).await;
        assert_eq!(page.phase(), "open", "{card}");
        page.assert_says(words);
        page.assert_says("Nothing was charged. Try again");
    }
    pay(&cinema, &order, "card_ok").await.assert_leads_to(&place);
    let page = cinema.get(&place).await;
    assert_eq!(page.phase(), "paid");
    assert!(!page.text().contains("has expired"));
}

#[tokio::test]
async fn a_late_answer_is_waited_for() {
    let cinema = Cinema::start().await;
    for (card, seat, then) in [("card_late", "A1", "paid"), ("card_late_declined", "A3", "open")] {
        let order = cinema.buy(&[seat]).await;
        let place = format!("/orders/{order}");
        pay(&cinema, &order, card).await.assert_leads_to(&place);
        let page = cinema.get(&place).await;
        assert_eq!(page.phase(), "processing", "{card}");
        page.assert_says("http-equiv=\"refresh\"");
        page.assert_says("The payment is on its way.");
        let status = cinema.get(&format!("{place}/status")).await.json();
        page.assert_says(&format!("data-look=\"{}\"", status["look"].as_str().unwrap()));
        let again = [("key", "another"), ("payment_method", "card_ok")];
        let refused = cinema.post(&format!("{place}/pay"), &again).await;
        assert_eq!(refused.status, 400);
        refused.assert_says("A payment of this order is on its way.");
        let cancel = cinema.post(&format!("{place}/cancel"), &[]).await;
        cancel.assert_says("A payment of this order is on its way.");
        cinema.running.kit.clock.advance(5_000);
        let page = cinema.until(&place, |page| page.phase() != "processing").await;
        assert_eq!(page.phase(), then, "{card}");
        let changed = cinema.get(&format!("{place}/status")).await.json();
        assert_ne!(changed["look"], status["look"]);
    }
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again() {
    let cinema = Cinema::start().await;
    let order = cinema.buy(&["A1"]).await;
    let place = format!("/orders/{order}");
    pay(&cinema, &order, "card_timeout").await.assert_leads_to(&place);
    let first = cinema.get(&place).await.phase();
    assert!(["processing", "paid"].contains(&&*first), "{first}");
    cinema.running.kit.clock.advance(30_000);
    cinema.until(&place, |page| page.phase() == "paid").await;
}

#[tokio::test]
async fn a_form_that_is_sent_twice_pays_once() {
    let cinema = Cinema::start().await;
    let order = cinema.buy(&["A1"]).await;
    let place = format!("/orders/{order}");
    let key = cinema.get(&place).await.field("key");
    let (path, declined) = (format!("{place}/pay"), [("key", &*key), ("payment_method", "card_declined")]);
    let both = tokio::join!(cinema.post(&path, &declined), cinema.post(&path, &declined));
    assert!([both.0.status.as_u16(), both.1.status.as_u16()].contains(&303));
    cinema.post(&path, &declined).await.assert_leads_to(&place);
    assert_eq!(cinema.order(&order).await["payments"].as_array().unwrap().len(), 1);
    // The same form with another choice is not what was sent.
    let other = cinema.post(&path, &[("key", &key), ("payment_method", "card_ok")]).await;
    assert_eq!(other.status, 400);
    other.assert_says("This form had been sent already");
    assert_eq!(other.phase(), "open");
    assert_ne!(other.field("key"), key);
    let pays = [("key", &*other.field("key")), ("payment_method", "card_ok")];
    cinema.post(&path, &pays).await.assert_leads_to(&place);
    cinema.post(&path, &pays).await.assert_leads_to(&place);
    assert_eq!(cinema.order(&order).await["payments"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_no_card_of_the_provider_comes_back_in_words() {
    let cinema = Cinema::start().await;
    let order = cinema.buy(&["A1"]).await;
    let refused = pay(&cinema, &order, "4242 4242 4242 4242").await;
    assert_eq!(refused.status, 400);
    assert!(!refused.text().contains("4242 4242"));
    refused.assert_says("Choose how to pay.");
    let number = pay(&cinema, &order, "4242424242424242").await;
    number.assert_says("Card numbers are not taken here.");
    let none = cinema.post(&format!("/orders/{order}/pay"), &[]).await;
    none.assert_says("Choose how to pay.");
    let refused = pay(&cinema, &order, "card_of_somebody").await;
    assert_eq!(refused.status, 400);
    refused.assert_says("Choose how to pay.");
    assert_eq!(refused.phase(), "open");
    for _ in 0..10 {
        pay(&cinema, &order, "card_declined").await;
    }
    let refused = pay(&cinema, &order, "card_ok").await;
    assert_eq!(refused.status, 400);
    refused.assert_says("tried to be paid 10 times");
}

#[tokio::test]
async fn an_order_can_be_given_up() {
    let cinema = Cinema::start().await;
    let order = cinema.buy(&["A1"]).await;
    let place = format!("/orders/{order}");
    for _ in 0..2 {
        cinema.post(&format!("{place}/cancel"), &[]).await.assert_leads_to(&place);
    }
    let page = cinema.get(&place).await;
    assert_eq!(page.phase(), "cancelled");
    page.assert_says("You gave up this order.");
    page.assert_says(&format!("href=\"/screenings/{}\"", cinema.film_sid));
    let refused = cinema.post(&format!("{place}/pay"), &[("payment_method", "card_ok")]).await;
    refused.assert_says("This order was cancelled.");
    let paid = cinema.paid(&["A2"]).await;
    let refused = cinema.post(&format!("/orders/{paid}/cancel"), &[]).await;
    assert_eq!(refused.status, 400);
    refused.assert_says("Give its seats back instead.");
}

#[tokio::test]
async fn a_hold_that_is_over_says_so_and_offers_the_hall_again() {
    let cinema = Cinema::start().await;
    let order = cinema.buy(&["A1"]).await;
    let place = format!("/orders/{order}");
    cinema.running.kit.clock.advance(HOLD_MS);
    let first = cinema.get(&place).await;
    assert!(["overdue", "expired"].contains(&&*first.phase()), "{}", first.phase());
    assert!(!first.text().contains("payment_method"));
    let page = cinema.until(&place, |page| page.phase() == "expired").await;
    page.assert_says("was not paid in time");
    page.assert_says(&format!("href=\"/screenings/{}\"", cinema.film_sid));
    let refused = cinema.post(&format!("{place}/pay"), &[("payment_method", "card_ok")]).await;
    refused.assert_says("The time to pay is over");
}

/// A payment whose answer comes when the hold and its grace are over.
async fn paid_too_late(rival: bool) -> (Cinema, String) {
    let late = u32::try_from(HOLD_MS + GRACE_MS).unwrap();
    let cinema = Cinema::start_as(|orders| orders.sandbox.late_after_ms = late).await;
    let order = cinema.buy(&["A1"]).await;
    let place = format!("/orders/{order}");
    cinema.running.kit.clock.advance(HOLD_MS - 1_000);
    pay(&cinema, &order, "card_late").await.assert_leads_to(&place);
    cinema.running.kit.clock.advance(GRACE_MS + 2_000);
    let page = cinema.until(&place, |page| page.phase() == "expired-waiting").await;
    page.assert_says("If the payment succeeds, your seats are taken again");
    page.assert_says("data-waits");
    if rival {
        let bob = cinema.running.register("bob").await;
        let buy = json!({"film_sid": cinema.film_sid, "seats": ["A1"]});
        let his = cinema.running.as_user(&bob, Method::POST, "/v1/orders", &buy).await.json();
        let path = format!("/v1/orders/{}/pay", super::id(&his["order_id"]));
        let pay = json!({"payment_method": "card_ok"});
        assert_eq!(cinema.running.as_user(&bob, Method::POST, &path, &pay).await.status, 200);
    }
    cinema.running.kit.clock.advance(HOLD_MS);
    (cinema, place)
}

#[tokio::test]
async fn a_payment_that_came_too_late_takes_the_seats_again_where_they_are_free() {
    let (cinema, place) = paid_too_late(false).await;
    let page = cinema.until(&place, |page| page.phase() == "paid").await;
    page.assert_says("The seats were still free, so they are yours.");
}

#[tokio::test]
async fn a_payment_that_came_too_late_for_its_seats_goes_back() {
    let (cinema, place) = paid_too_late(true).await;
    let page = cinema.until(&place, |page| page.phase() == "expired").await;
    page.assert_says("All of it, €12.00, goes back to you.");
    page.assert_says("Paid when the seats were gone.");
}

#[tokio::test]
async fn the_order_of_somebody_else_is_no_page() {
    let cinema = Cinema::start().await;
    let order = cinema.paid(&["A1"]).await;
    let bob = Person { session: cinema.running.register("bob").await, language: "en" };
    for place in ["", "/status", "/refund", "/calendar.ics", "/tickets.pdf"] {
        let answer = cinema.get_as(&bob, &format!("/orders/{order}{place}")).await;
        assert_eq!(answer.status, 404, "{place}");
        answer.assert_says("data-reason=\"ORDER_NOT_FOUND\"");
    }
    for place in ["pay", "cancel", "refund"] {
        let fields = [("payment_method", "card_ok"), ("seat", "A1"), ("promised", "0")];
        let answer = cinema.post_as(&bob, &format!("/orders/{order}/{place}"), &fields).await;
        assert_eq!(answer.status, 404, "{place}");
    }
    assert_eq!(cinema.get("/orders/x").await.status, 404);
    assert_eq!(cinema.get("/orders/-1").await.status, 404);
    assert_eq!(cinema.order(&order).await["state"], "PAID");
    let stranger = Person { session: Value::Null, language: "en" };
    let path = format!("/orders/{order}");
    let login = cinema.get_as(&stranger, &path).await;
    let to_login = format!("/login?next=%2Forders%2F{order}");
    login.assert_leads_to(&to_login);
    cinema.post_as(&stranger, &format!("{path}/pay"), &[]).await.assert_leads_to(&to_login);
}

#[tokio::test]
async fn my_orders_are_listed_the_newest_first() {
    let cinema = Cinema::start_as(|orders| orders.max_open_orders = 0).await;
    cinema.get("/orders").await.assert_says("You have no orders yet.");
    let first = cinema.paid(&["A1", "A2"]).await;
    cinema.running.kit.clock.advance(1_000);
    let mut last = String::new();
    for number in 0..20 {
        last = cinema.buy(&["B1"]).await;
        if number < 19 {
            cinema.post(&format!("/orders/{last}/cancel"), &[]).await;
        }
        cinema.running.kit.clock.advance(1_000);
    }
    let page = cinema.get("/orders").await;
    assert_eq!(page.text().matches("data-order=").count(), 20);
    assert_eq!(page.phase(), "open");
    page.assert_says(&format!("href=\"/orders/{last}\""));
    assert!(!page.text().contains(&format!("/orders/{first}\"")));
    let (_, next) = page.text().split_once("rel=\"next\" href=\"").unwrap();
    let next = next.split('"').next().unwrap().replace("&#38;", "&");
    let page = cinema.get(&next).await;
    assert_eq!((page.text().matches("data-order=").count(), page.phase().as_str()), (1, "paid"));
    for what in ["A1, A2", "€20.00", "Odeon", "Thu 26 Nov 01:00", &format!("href=\"/orders/{first}\"")] {
        page.assert_says(what);
    }
}
