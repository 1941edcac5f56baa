//! Money: every cent of an order is accounted for.

use tests::{ScreeningPlan, TestCluster, audit};

#[tokio::test]
async fn invariant_3_money_is_what_tickets_are_worth() {
    let cluster = TestCluster::start(crate::MODE).await;
    // Three hours before the start a tenth of the price is kept.
    let film_sid = cluster.screening(&ScreeningPlan::rows(2, 8).in_minutes(180)).await.film_sid;
    let person = cluster.customer().await;
    let order = person.buy_and_pay(film_sid, &["A1", "A2", "A3"]).await;
    audit::money(&order);
    let back = person.refund(order.order_id, &["A2"]).await.unwrap();
    assert_eq!((back.refund.amount, back.refund.fee, back.refund.reason.as_str()), (1_080, 120, "BUYER"));
    assert_eq!(back.order.state, "PARTIALLY_REFUNDED");
    audit::money(&back.order);
    let back = person.refund(order.order_id, &[]).await.unwrap();
    assert_eq!((back.refund.amount, back.refund.fee), (2_160, 240));
    assert_eq!((back.refund.seats.len(), back.order.state.as_str()), (2, "REFUNDED"));
    // A declined attempt moves nothing; the one after it moves everything, once.
    let order = person.buy(film_sid, &["A4"]).await.unwrap();
    person.pay(order.order_id, "card_declined").await.unwrap_err();
    person.pay(order.order_id, "card_twice").await.unwrap();
    // A refund that the provider refuses is still owed, and is seen to be.
    let failing = person.buy(film_sid, &["A5", "A6"]).await.unwrap();
    person.pay(failing.order_id, "card_refund_fails").await.unwrap();
    let back = person.refund(failing.order_id, &["A5"]).await.unwrap();
    assert_eq!(back.refund.state, "FAILED");
    // What was never paid has no money.
    let given_up = person.buy(film_sid, &["A7"]).await.unwrap();
    person.cancel(given_up.order_id).await.unwrap();
    cluster.restart().await;
    let orders = audit::screening(&cluster, film_sid, &[person]).await;
    let captured: i64 = orders
        .iter()
        .flat_map(|order| &order.payments)
        .filter(|p| p.state == "SUCCEEDED")
        .map(|p| p.amount)
        .sum();
    let refunds: i64 = orders.iter().flat_map(|order| &order.refunds).map(|refund| refund.amount).sum();
    let fees: i64 = orders.iter().flat_map(|order| &order.refunds).map(|refund| refund.fee).sum();
    assert_eq!((captured, refunds, fees), (3_600 + 1_200 + 2_400, 3_240 + 1_080, 360 + 120));
}
