//! Giving back: the rules, couple seats, and screenings that do not take place.

use std::time::Duration;

use serde_json::{Value, json};
use tests::view::{Order, Refund};
use tests::{ScreeningPlan, TestCluster, audit, eventually};

#[tokio::test]
async fn what_is_kept_depends_on_the_time_before_the_start() {
    let cluster = TestCluster::start(crate::MODE).await;
    let person = cluster.customer().await;
    for (minutes, kept) in [(25 * 60, Some(0)), (23 * 60, Some(120)), (90, Some(360)), (20, None)] {
        let screening = cluster.screening(&ScreeningPlan::rows(1, 3).in_minutes(minutes)).await;
        let order = person.buy_and_pay(screening.film_sid, &["A1"]).await;
        let path = format!("/v1/orders/{}/refund/quote", order.order_id);
        let quote = person.post(&path, &json!({})).await.into_result::<Refund>();
        let back = person.refund(order.order_id, &[]).await;
        match kept {
            Some(fee) => {
                let (quote, refund) = (quote.unwrap(), back.unwrap().refund);
                assert_eq!((refund.amount, refund.fee), (1_200 - fee, fee), "{minutes} minutes before");
                assert_eq!((quote.amount, quote.fee, quote.refund_id), (refund.amount, refund.fee, 0));
            }
            None => {
                for refused in [quote.unwrap_err(), back.unwrap_err()] {
                    assert_eq!((refused.status, refused.reason.as_str()), (409, "REFUND_TOO_LATE"));
                }
            }
        }
        audit::screening(&cluster, screening.film_sid, std::slice::from_ref(&person)).await;
    }
}

#[tokio::test]
async fn seats_come_back_one_by_one_and_can_be_sold_again() {
    let cluster = TestCluster::start(crate::MODE).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(1, 4)).await.film_sid;
    let (person, other) = (cluster.customer().await, cluster.customer().await);
    let order = person.buy_and_pay(film_sid, &["A1", "A2", "A3"]).await;
    let refused = person.refund(order.order_id, &["A4"]).await.unwrap_err();
    assert_eq!((refused.status, refused.reason.as_str()), (400, "SEAT_NOT_IN_ORDER"));
    assert_eq!(refused.metadata["seats"], "A4");
    let back = person.refund(order.order_id, &["A2"]).await.unwrap();
    let states: Vec<_> = back.order.tickets.iter().map(|ticket| ticket.state.as_str()).collect();
    assert_eq!(states, ["VALID", "VOID", "VALID"]);
    let sold_again = other.buy_and_pay(film_sid, &["A2"]).await;
    assert_eq!(sold_again.state, "PAID");
    let back = person.refund(order.order_id, &["A1", "A3"]).await.unwrap();
    assert_eq!(back.order.state, "REFUNDED");
    assert_eq!(back.order.refunds.len(), 2);
    let refused = person.pay(order.order_id, "card_ok").await.unwrap_err();
    assert_eq!(refused.reason, "ORDER_REFUNDED");
    // What was never paid cannot be given back, and what was paid cannot be cancelled.
    let pending = person.buy(film_sid, &["A1"]).await.unwrap();
    assert_eq!(person.refund(pending.order_id, &[]).await.unwrap_err().reason, "ORDER_NOT_PAID");
    assert_eq!(other.cancel(sold_again.order_id).await.unwrap_err().reason, "ORDER_PAID");
    assert_eq!(person.cancel(pending.order_id).await.unwrap().state, "CANCELLED");
    assert_eq!(person.cancel(pending.order_id).await.unwrap().state, "CANCELLED", "harmless when repeated");
    assert_eq!(person.pay(pending.order_id, "card_ok").await.unwrap_err().reason, "ORDER_CANCELLED");
    audit::screening(&cluster, film_sid, &[person, other]).await;
}

#[tokio::test]
async fn couple_seats_are_sold_and_given_back_in_pairs() {
    let cluster = TestCluster::start(crate::MODE).await;
    let film_sid = cluster.screening(&ScreeningPlan::new("A: (pp)ss#w\n")).await.film_sid;
    let person = cluster.customer().await;
    let hall = cluster.hall(film_sid).await;
    let kinds: Vec<_> = hall.seats.iter().map(|seat| seat.kind.as_str()).collect();
    assert_eq!(kinds, ["COUPLE_HALF", "COUPLE_HALF", "STANDARD", "STANDARD", "BLOCKED", "WHEELCHAIR"]);
    let refused = person.buy(film_sid, &["A1", "A3"]).await.unwrap_err();
    assert_eq!((refused.status, refused.reason.as_str()), (409, "COUPLE_SEAT_SPLIT"));
    let refused = person.buy(film_sid, &["A5"]).await.unwrap_err();
    assert!(["SEAT_NOT_FOR_SALE", "SEAT_UNKNOWN"].contains(&refused.reason.as_str()), "{refused:?}");
    let order = person.buy_and_pay(film_sid, &["A1", "A2", "A3"]).await;
    assert_eq!(order.amount, 2 * 1_700 + 1_200);
    let refused = person.refund(order.order_id, &["A1"]).await.unwrap_err();
    assert_eq!((refused.status, refused.reason.as_str()), (409, "COUPLE_SEAT_SPLIT"));
    let back = person.refund(order.order_id, &["A1", "A2"]).await.unwrap();
    assert_eq!(back.refund.amount, 3_400);
    audit::screening(&cluster, film_sid, &[person]).await;
}

#[tokio::test]
async fn a_cancelled_screening_gives_everybody_everything_back() {
    let cluster = TestCluster::start(crate::MODE).await;
    // Too late for the buyers' own wish, and all the same everything goes back.
    let film_sid = cluster.screening(&ScreeningPlan::rows(2, 10).in_minutes(20)).await.film_sid;
    let people = cluster.customers(8).await;
    let mut pending = None;
    for (at, person) in people.iter().enumerate() {
        let seat = format!("A{}", at + 1);
        if at == 0 {
            pending = Some(person.buy(film_sid, &[&seat]).await.unwrap().order_id);
        } else {
            person.buy_and_pay(film_sid, &[&seat]).await;
        }
    }
    let path = format!("/v1/screenings/{film_sid}/cancel");
    let refused = people[1].post(&path, &json!({})).await.refused();
    assert_eq!((refused.status, refused.reason.as_str()), (403, "ROLE_MISSING"));
    for _ in 0..2 {
        let answer: Value =
            cluster.admin().await.post(&path, &json!({ "reason": "the projector broke" })).await.ok();
        assert_eq!(answer["cancelled"], true);
    }
    let orders = eventually(Duration::from_secs(10), "every order is ended and its money back", async || {
        let orders = audit::orders_of(film_sid, &people).await;
        orders.iter().all(is_settled).then_some(orders)
    })
    .await;
    assert_eq!(orders.len(), people.len());
    for order in &orders {
        audit::money(order);
        if Some(order.order_id) == pending {
            assert_eq!(order.state, "CANCELLED");
            continue;
        }
        assert_eq!(order.state, "REFUNDED");
        let refund = &order.refunds[0];
        assert_eq!((refund.reason.as_str(), refund.amount, refund.fee), ("SCREENING_CANCELLED", 1_200, 0));
    }
    let refused = people[0].buy(film_sid, &["B1"]).await.unwrap_err();
    assert_eq!((refused.status, refused.reason.as_str()), (409, "SCREENING_CANCELLED"));
}

fn is_settled(order: &Order) -> bool {
    let back = order.refunds.iter().all(|refund| refund.state == "SUCCEEDED");
    back && matches!(order.state.as_str(), "CANCELLED" | "REFUNDED")
}
