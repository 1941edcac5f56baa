//! Retries: whoever repeats a request, knowingly or not, does nothing twice.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::view::{GivenBack, Order, Paid};
use tests::{ScreeningPlan, TestCluster, audit};

#[tokio::test(flavor = "multi_thread")]
async fn invariant_4_a_retry_gets_the_first_answer() {
    let cluster = TestCluster::start(crate::MODE).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(2, 10)).await.film_sid;
    let (person, other) = (cluster.customer().await, cluster.customer().await);
    let buy = json!({ "film_sid": film_sid, "seats": ["A1", "A2"] });
    // Eight at once, as an impatient proxy would.
    let at_once = (0..8).map(|_| person.post_with_key("/v1/orders", &buy, "buy-1"));
    let answers: Vec<Value> = join_all(at_once).await.into_iter().map(|answer| answer.ok()).collect();
    let first = &answers[0];
    assert!(answers.iter().all(|answer| answer == first), "{answers:#?}");
    // Another content under the key is refused; the key of somebody else is another key.
    let elsewhere = json!({ "film_sid": film_sid, "seats": ["B1"] });
    let refused = person.post_with_key("/v1/orders", &elsewhere, "buy-1").await.refused();
    assert_eq!((refused.status, refused.reason.as_str()), (400, "IDEMPOTENCY_KEY_REUSED"));
    let others: Order = other.post_with_key("/v1/orders", &elsewhere, "buy-1").await.ok();
    assert_ne!(others.user_id, person.user_id);

    let order_id = first["order_id"].as_i64().unwrap();
    let pay_path = format!("/v1/orders/{order_id}/pay");
    let pay = json!({ "payment_method": "card_ok" });
    let at_once = (0..4).map(|_| person.post_with_key(&pay_path, &pay, "pay-1"));
    // A retry that comes while the first is under way learns of it, or waits for it.
    for answer in join_all(at_once).await {
        match answer.into_result::<Paid>() {
            Ok(paid) => assert_eq!(paid.order.order_id, order_id),
            Err(refused) => assert_eq!(refused.reason, "PAYMENT_IN_PROGRESS"),
        }
    }
    let paid: Paid = person.post_with_key(&pay_path, &pay, "pay-1").await.ok();
    let refund_path = format!("/v1/orders/{order_id}/refund");
    let refund = json!({ "seats": ["A1"] });
    let back: GivenBack = person.post_with_key(&refund_path, &refund, "back-1").await.ok();

    // The first answers survive a kill, whatever happened since.
    cluster.restart().await;
    let again: Value = person.post_with_key("/v1/orders", &buy, "buy-1").await.ok();
    assert_eq!(&again, first);
    let again: Paid = person.post_with_key(&pay_path, &pay, "pay-1").await.ok();
    assert_eq!(again, paid);
    let again: GivenBack = person.post_with_key(&refund_path, &refund, "back-1").await.ok();
    assert_eq!(again, back);
    let refused = person.post_with_key(&refund_path, &json!({ "seats": ["A2"] }), "back-1").await.refused();
    assert_eq!(refused.reason, "IDEMPOTENCY_KEY_REUSED");

    // Without a key, Pay and Refund of the same thing are harmless.
    let again = person.pay(order_id, "card_ok").await.unwrap();
    assert_eq!(again.payment.payment_id, paid.payment.payment_id);
    let again = person.refund(order_id, &["A1"]).await.unwrap();
    assert_eq!(again.refund.refund_id, back.refund.refund_id);
    let order = person.order(order_id).await;
    assert_eq!((order.payments.len(), order.refunds.len()), (1, 1));
    let orders = audit::screening(&cluster, film_sid, &[person, other]).await;
    assert_eq!(orders.len(), 2);
}

#[tokio::test]
async fn management_with_a_key_creates_once() {
    let cluster = TestCluster::start(crate::MODE).await;
    let admin = cluster.admin().await;
    let film = json!({ "title": "Once", "minutes": 90 });
    let first: Value = admin.post_with_key("/v1/films", &film, "film-1").await.ok();
    let again: Value = admin.post_with_key("/v1/films", &film, "film-1").await.ok();
    assert_eq!(first, again);
    let refused =
        admin.post_with_key("/v1/films", &json!({ "title": "Twice", "minutes": 90 }), "film-1").await;
    assert_eq!(refused.refused().reason, "IDEMPOTENCY_KEY_REUSED");
    let refused = admin.post("/v1/films", &film).await.refused();
    assert_eq!((refused.status, refused.reason.as_str()), (409, "FILM_EXISTS"));
}
