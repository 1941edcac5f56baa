//! Payments that succeed after the hold has ended.

use std::time::Duration;

use tests::view::Order;
use tests::wait::now_ms;
use tests::{Person, ScreeningPlan, Settings, TestCluster, audit, eventually};

const PATIENCE: Duration = Duration::from_secs(10);

/// A hold of 600 ms, and late cards that take 1,800.
fn settings() -> Settings {
    Settings::default().with("order.hold_ms", 600).with("order.sandbox.late_after_ms", 1_800)
}

async fn in_state(person: &Person, order_id: i64, state: &str) -> Order {
    eventually(PATIENCE, &format!("the order is {state}"), async || {
        let order = person.order(order_id).await;
        (order.state == state).then_some(order)
    })
    .await
}

#[tokio::test]
async fn invariant_6_a_late_payment_gets_its_seats_again_or_goes_back() {
    // Without grace nothing keeps the seats for the payment.
    let cluster = TestCluster::start_with(crate::MODE, settings().with("order.payment_grace_ms", 0)).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(1, 6)).await.film_sid;
    let (lucky, unlucky, quick) =
        (cluster.customer().await, cluster.customer().await, cluster.customer().await);
    let first = lucky.buy(film_sid, &["A1", "A2"]).await.unwrap();
    assert_eq!(lucky.pay(first.order_id, "card_late").await.unwrap().payment.state, "PROCESSING");
    let second = unlucky.buy(film_sid, &["A4", "A5"]).await.unwrap();
    unlucky.pay(second.order_id, "card_late").await.unwrap();
    in_state(&unlucky, second.order_id, "EXPIRED").await;
    // One of the two seats is enough: it is all of them or none.
    let bought = quick.buy_and_pay(film_sid, &["A5"]).await;

    let first = in_state(&lucky, first.order_id, "PAID").await;
    assert!(first.paid_at > first.expires_at, "it was not late");
    assert_eq!(first.live_tickets().count(), 2);
    let second = eventually(PATIENCE, "the money goes back", async || {
        let order = unlucky.order(second.order_id).await;
        order.refunds.iter().any(|refund| refund.state == "SUCCEEDED").then_some(order)
    })
    .await;
    assert_eq!(second.state, "EXPIRED");
    let refund = &second.refunds[0];
    assert_eq!((refund.reason.as_str(), refund.amount, refund.fee), ("PAID_TOO_LATE", second.amount, 0));
    assert_eq!(second.payments[0].state, "SUCCEEDED");
    assert!(second.tickets.is_empty());
    assert_eq!(quick.order(bought.order_id).await.state, "PAID");
    assert_eq!(cluster.hall(film_sid).await.state("A4"), "FREE");
    audit::screening(&cluster, film_sid, &[lucky, unlucky, quick]).await;
}

#[tokio::test]
async fn seats_are_kept_for_a_payment_that_is_on_its_way() {
    let cluster =
        TestCluster::start_with(crate::MODE, settings().with("order.payment_grace_ms", 60_000)).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(1, 4)).await.film_sid;
    let (payer, other) = (cluster.customer().await, cluster.customer().await);
    let order = payer.buy(film_sid, &["A1"]).await.unwrap();
    payer.pay(order.order_id, "card_late").await.unwrap();
    let declined = payer.buy(film_sid, &["A2"]).await.unwrap();
    payer.pay(declined.order_id, "card_late_declined").await.unwrap();
    let refused = payer.pay(order.order_id, "card_ok").await.unwrap_err();
    assert_eq!((refused.status, refused.reason.as_str()), (409, "PAYMENT_IN_PROGRESS"));
    let refused = payer.cancel(order.order_id).await.unwrap_err();
    assert_eq!(refused.reason, "PAYMENT_IN_PROGRESS");
    eventually(PATIENCE, "the hold is over", async || (now_ms() > order.expires_at + 400).then_some(()))
        .await;
    assert_eq!(other.buy(film_sid, &["A1"]).await.unwrap_err().reason, "SEATS_TAKEN");
    assert_eq!(in_state(&payer, order.order_id, "PAID").await.live_tickets().count(), 1);
    // A late refusal ends the hold that was kept for it.
    let declined = in_state(&payer, declined.order_id, "EXPIRED").await;
    assert_eq!(declined.payments[0].state, "FAILED");
    assert_eq!(declined.payments[0].decline_code, "card_declined");
    other.buy(film_sid, &["A2"]).await.unwrap();
    audit::screening(&cluster, film_sid, &[payer, other]).await;
}
