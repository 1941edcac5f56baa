//! The sandbox's test cards, each as `docs/payments.md` says.

use std::time::Duration;

use tests::{ScreeningPlan, Settings, TestCluster, audit, eventually};

#[tokio::test]
async fn every_test_card_does_what_it_says() {
    let settings = Settings::default().with("order.sandbox.late_after_ms", 300);
    let cluster = TestCluster::start_with(crate::MODE, settings).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(1, 12)).await.film_sid;
    let person = cluster.customer().await;
    let declining = [
        ("A1", "card_declined", "card_declined"),
        ("A2", "card_insufficient_funds", "insufficient_funds"),
        ("A3", "card_expired", "card_expired"),
    ];
    for (seat, card, code) in declining {
        let order = person.buy(film_sid, &[seat]).await.unwrap();
        let refused = person.pay(order.order_id, card).await.unwrap_err();
        assert_eq!((refused.status, refused.reason.as_str()), (409, "PAYMENT_DECLINED"));
        assert_eq!(refused.metadata["decline_code"], code);
        let order = person.order(order.order_id).await;
        assert_eq!((order.state.as_str(), order.payments[0].state.as_str()), ("PENDING", "FAILED"));
        // The seat is still held, and another card may be tried.
        assert_eq!(person.pay(order.order_id, "card_ok").await.unwrap().order.payments.len(), 2);
    }
    // An answer that was lost, and webhooks that come twice: paid all the same, and once.
    for (seat, card) in [("A4", "card_ok"), ("A5", "card_twice"), ("A6", "card_timeout")] {
        let order = person.buy(film_sid, &[seat]).await.unwrap();
        let paid = person.pay(order.order_id, card).await.unwrap();
        assert_eq!((paid.order.state.as_str(), paid.payment.state.as_str()), ("PAID", "SUCCEEDED"), "{card}");
    }
    for (seat, card, state) in [("A7", "card_late", "PAID"), ("A8", "card_late_declined", "PENDING")] {
        let order = person.buy(film_sid, &[seat]).await.unwrap();
        let paid = person.pay(order.order_id, card).await.unwrap();
        assert_eq!(
            (paid.order.state.as_str(), paid.payment.state.as_str()),
            ("PENDING", "PROCESSING"),
            "{card}"
        );
        let order = eventually(Duration::from_secs(10), "the webhook arrives", async || {
            let order = person.order(order.order_id).await;
            (order.payments[0].state != "PROCESSING").then_some(order)
        })
        .await;
        assert_eq!(order.state, state, "{card}");
    }
    let order = person.buy(film_sid, &["A9"]).await.unwrap();
    for (card, reason) in [
        ("card_unheard_of", "PAYMENT_METHOD_UNKNOWN"),
        ("4242424242424242", "CARD_NUMBER_REFUSED"),
        ("4242-4242-4242-4242", "CARD_NUMBER_REFUSED"),
    ] {
        let refused = person.pay(order.order_id, card).await.unwrap_err();
        assert_eq!((refused.status, refused.reason.as_str()), (400, reason));
    }
    assert!(person.order(order.order_id).await.payments.is_empty(), "nothing was begun");
    audit::screening(&cluster, film_sid, &[person]).await;
    audit::log(&cluster, &["4242424242424242", "4242-4242"]);
}
