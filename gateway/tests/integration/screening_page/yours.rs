//! Seats that the visitor holds already: an answer that was lost costs nothing.

use http::Method;
use serde_json::{Value, json};

use super::{Visit, ticked};

const CHOICE: &str = "seat=A1&seat=A2&type.A2=child";

impl Visit {
    /// The page as ann sees it.
    async fn anns_page(&self, query: &str) -> String {
        let cookie = format!("marquee_access={}", self.ann["access_token"].as_str().unwrap());
        let request = self.running.request(Method::GET, &self.path(query)).header("cookie", cookie);
        let answer = self.running.send(request, "").await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        String::from_utf8(answer.body.to_vec()).unwrap()
    }

    async fn anns(&self, what: &str, order: &str, body: Value) {
        let answer =
            self.running.as_user(&self.ann, Method::POST, &format!("/v1{order}/{what}"), &body).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
    }
}

#[tokio::test]
async fn who_holds_the_seats_already_is_led_to_the_order() {
    let visit = Visit::begin().await;
    let first = visit.hold(&format!("key=one&{CHOICE}")).await.header("location").to_owned();
    assert!(first.starts_with("/orders/"));
    // From a page that was loaded again, and from one without a key.
    for again in [format!("key=two&{CHOICE}"), CHOICE.to_owned()] {
        assert_eq!(visit.hold(&again).await.header("location"), first);
    }
    // Other tickets for the same seats are another wish.
    let other = visit.hold("key=two&seat=A1&seat=A2").await;
    let place = other.header("location");
    assert!(place.starts_with("/screenings/"), "{place}");
    let rest = place.strip_prefix(&visit.path("")).unwrap();
    let page = visit.anns_page(rest).await;
    assert!(
        page.contains("A1, A2 are held for you already.")
            && !page.contains("A1 was just")
            && !page.contains("A2 were just"),
        "{page}"
    );
    assert_eq!(visit.orders().await.len(), 1);
}

#[tokio::test]
async fn the_page_says_what_is_ones_own() {
    let visit = Visit::begin().await;
    let order = visit.hold(&format!("key=one&{CHOICE}")).await.header("location").to_owned();
    let page = visit.anns_page("?seats=A1,A2,A3&types=adult,child,adult").await;
    assert!(page.contains("A1, A2 are held for you already."), "{page}");
    assert!(page.contains(&format!("<a href=\"{order}\">Pay for this order</a>")), "{page}");
    assert!(!page.contains("A1 was just") && !page.contains("A2 were just"), "{page}");
    assert_eq!(ticked(&page), ["A3"]);
    assert!(page.contains("<title>Row A seat 1, standard, €12.00, held for you</title>"), "{page}");
    // Nobody else learns whose they are.
    let page = visit.page("?seats=A1").await;
    assert!(
        page.contains("A1 was just taken by somebody else") && !page.contains("held for you</title>"),
        "{page}"
    );
    visit.anns("pay", &order, json!({"payment_method": "card_ok"})).await;
    let page = visit.anns_page("?seats=A1").await;
    assert!(
        page.contains("You have tickets for A1, A2 already.")
            && !page.contains("A1 was just")
            && !page.contains("A2 were just"),
        "{page}"
    );
}

#[tokio::test]
async fn seats_that_were_given_up_can_be_held_again_from_the_same_page() {
    let visit = Visit::begin().await;
    let form = format!("key=one&{CHOICE}");
    let first = visit.hold(&form).await.header("location").to_owned();
    visit.running.kit.clock.advance(60_000);
    visit.anns("cancel", &first, json!({})).await;
    let second = visit.hold(&form).await.header("location").to_owned();
    assert!(second.starts_with("/orders/") && second != first, "{second}");
    let states: Vec<Value> = visit.orders().await.iter().map(|order| order["state"].clone()).collect();
    assert_eq!(states, ["PENDING", "CANCELLED"]);
    // Where it was held all the time, it is the same.
    visit.running.kit.clock.advance(60_000);
    assert_eq!(visit.hold(&form).await.header("location"), second);
}

#[tokio::test]
async fn whoever_comes_back_to_the_page_has_its_key() {
    let visit = Visit::begin().await;
    let page = visit.anns_page("?seats=A1&key=0123456789abcdef").await;
    assert!(page.contains("name=\"key\" value=\"0123456789abcdef\""), "{page}");
    let key = |page: &str| page.split("name=\"key\" value=\"").nth(1).unwrap()[..32].to_owned();
    assert_ne!(key(&visit.anns_page("").await), key(&visit.anns_page("").await));
    let hold = visit.running.get(&visit.path("/hold")).await;
    assert_eq!((hold.status.as_u16(), hold.header("location")), (303, visit.path("").as_str()));
}
