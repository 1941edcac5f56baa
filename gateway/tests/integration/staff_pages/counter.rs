//! The box office: selling for cash, finding orders, giving money back.

use contract::user::Role;
use http::Method;
use serde_json::json;

use super::{EVENING_MS, person, sign_in};
use crate::order_pages::{Cinema, Person, id};

async fn open() -> (Cinema, Person) {
    let cinema = Cinema::start().await;
    let stan = person(&cinema, "stan", Role::Staff, Vec::new()).await;
    (cinema, stan)
}

#[tokio::test]
async fn what_is_on_today_is_sold_from_the_counter() {
    let (cinema, stan) = open().await;
    cinema.get_as(&stan, "/counter").await.assert_says("Nothing is on today.");
    // Sales end with the beginning; this is some minutes before.
    cinema.running.kit.clock.advance(EVENING_MS);
    let stan = Person { ..sign_in(&cinema, "stan").await };
    let line = format!("data-screening=\"{}\"", cinema.film_sid);
    cinema.get_as(&stan, "/counter").await.assert_says(&line);
    cinema.get_as(&stan, "/counter?q=good").await.assert_says(&line);
    let none = cinema.get_as(&stan, "/counter?q=nothing+like+that").await;
    none.assert_says("No film of today has such a title.");
    assert!(!none.text().contains(&line));
}

#[tokio::test]
async fn a_walk_in_pays_in_cash_and_gets_cash_back() {
    let (cinema, stan) = open().await;
    // The same page of the hall as everybody's.
    let hall = cinema.get_as(&stan, &format!("/screenings/{}", cinema.film_sid)).await;
    let fields = [("key", &*hall.field("key")), ("seat", "A1"), ("seat", "A2")];
    let held = cinema.post_as(&stan, &format!("/screenings/{}/hold", cinema.film_sid), &fields).await;
    let place = held.header("location").to_owned();
    assert!(place.starts_with("/orders/"), "{place}");
    let page = cinema.get_as(&stan, &place).await;
    page.assert_says("Cash: take €24.00");
    page.assert_says("Test payment");
    let fields = [("key", &*page.field("key")), ("payment_method", "cash")];
    for _ in 0..2 {
        cinema.post_as(&stan, &format!("{place}/pay"), &fields).await.assert_leads_to(&place);
    }
    let paid = cinema.get_as(&stan, &place).await;
    assert_eq!(paid.phase(), "paid");
    paid.assert_says("data-ticket=\"A1\"");
    let order =
        cinema.running.as_user(&stan.session, Method::GET, &format!("/v1{place}"), &json!(null)).await;
    assert_eq!(order.json()["payments"][0]["provider"], "cash");
    // And given back.
    let offer = cinema.get_as(&stan, &format!("{place}/refund")).await;
    offer.assert_says("Paid in cash: hand over €24.00 in cash");
    let fields = [("key", &*offer.field("key")), ("promised", "2400"), ("seat", "A1"), ("seat", "A2")];
    let done = cinema.post_as(&stan, &format!("{place}/refund"), &fields).await;
    done.assert_leads_to(&format!("{place}#refunds"));
    cinema.get_as(&stan, &place).await.assert_says("Hand over €24.00 in cash.");
}

#[tokio::test]
async fn a_buyer_is_offered_no_cash() {
    let (cinema, stan) = open().await;
    let order = cinema.buy(&["A1"]).await;
    let place = format!("/orders/{order}");
    let page = cinema.get(&place).await;
    assert!(!page.text().contains("data-cash") && !page.text().contains("/counter"));
    // Who sells takes it for an order that was made at home, too.
    cinema.get_as(&stan, &place).await.assert_says("Cash: take €12.00");
    let other = cinema.another().await;
    let otto = person(&cinema, "otto", Role::Staff, vec![other]).await;
    assert_eq!(cinema.get_as(&otto, &place).await.status, 404);
}

#[tokio::test]
async fn an_order_is_found_by_number_code_buyer_and_screening() {
    let (cinema, stan) = open().await;
    let order = cinema.paid(&["A1", "A2"]).await;
    let place = format!("/orders/{order}");
    cinema.get_as(&stan, &format!("/counter/orders?order=+{order}+")).await.assert_leads_to(&place);
    let told = cinema.order(&order).await;
    let code = id(&told["tickets"][0]["code"]).to_lowercase();
    cinema.get_as(&stan, &format!("/counter/orders?order={code}")).await.assert_leads_to(&place);
    let line = format!("data-order=\"{order}\"");
    let buyer = id(&told["user_id"]);
    for query in [format!("buyer={buyer}"), format!("screening={}", cinema.film_sid)] {
        let page = cinema.get_as(&stan, &format!("/counter/orders?{query}")).await;
        page.assert_says(&line);
        page.assert_says("€20.00");
        page.assert_says(&format!("Order {order} · Seats A1, A2"));
    }
    cinema.get_as(&stan, &place).await.assert_says(&format!("/counter/orders?buyer={buyer}"));
    for (query, words) in [
        ("order=99999999", "No such order at the cinemas where you work."),
        ("order=hello", "This is neither an order number nor a ticket code."),
        ("buyer=annlee", "Type the number of the buyer’s account"),
        ("", "Type what you are looking for."),
    ] {
        let page = cinema.get_as(&stan, &format!("/counter/orders?{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        page.assert_says(words);
        assert!(!page.text().contains(&line), "{query}");
    }
    // Who runs the chain finds accounts by name.
    let adam = person(&cinema, "adam", Role::Admin, Vec::new()).await;
    let page = cinema.get_as(&adam, "/counter/orders?buyer=annl").await;
    page.assert_says(&format!("/counter/orders?buyer={buyer}"));
    cinema.get_as(&adam, "/counter/orders?buyer=zzz").await.assert_says("No account fits.");
}

#[tokio::test]
async fn orders_of_other_cinemas_are_not_found() {
    let (cinema, _) = open().await;
    let order = cinema.paid(&["A1"]).await;
    let other = cinema.another().await;
    let otto = person(&cinema, "otto", Role::Staff, vec![other]).await;
    let buyer = id(&cinema.order(&order).await["user_id"]);
    for query in
        [format!("order={order}"), format!("buyer={buyer}"), format!("screening={}", cinema.film_sid)]
    {
        let page = cinema.get_as(&otto, &format!("/counter/orders?{query}")).await;
        page.assert_says("No such order at the cinemas where you work.");
    }
}

#[tokio::test]
async fn a_card_is_refunded_at_the_counter_without_cash() {
    let (cinema, stan) = open().await;
    let order = cinema.paid(&["A1"]).await;
    let path = format!("/orders/{order}/refund");
    let offer = cinema.get_as(&stan, &path).await;
    assert!(!offer.text().contains("in cash"));
    let fields = [("key", &*offer.field("key")), ("promised", "1200"), ("seat", "A1")];
    cinema.post_as(&stan, &path, &fields).await.assert_leads_to(&format!("/orders/{order}#refunds"));
    assert_eq!(cinema.order(&order).await["state"], "REFUNDED");
}
