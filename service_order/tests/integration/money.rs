//! Payments and refunds: declined, late, twice, unheard, too late; seats given back.

use crate::common::{
    Engine, HOUR_MS, MINUTE_MS, Running, on_both_engines, refused, start, start_with, until,
};
use contract::film::{CancelScreeningRequest, SeatState};
use contract::order::{Order, PaymentWebhookRequest, RefundRequest, order, payment, refund, ticket};
use service_order::Config;
use service_order::provider::signature;
use service_order::provider::{WebhookEvent, WebhookOutcome};

const SECRET: &str = "a secret between provider and us";

fn config() -> Config {
    let mut config = Config::default();
    config.sandbox.webhook_secrets = vec![SECRET.to_owned().into()];
    // The provider itself says nothing before the test sends its webhook.
    config.sandbox.late_after_ms = 3_600_000;
    config
}

/// Captured less refunded is what the live tickets are worth, fees aside.
fn balanced(order: &Order) -> bool {
    let captured: i64 =
        order.payments.iter().filter(|p| p.state() == payment::State::Succeeded).map(|p| p.amount).sum();
    let refunded: i64 = order.refunds.iter().map(|r| r.amount + r.fee).sum();
    let live: i64 = order.tickets.iter().filter(|t| t.state() != ticket::State::Void).map(|t| t.price).sum();
    captured - refunded == live
}

async fn webhook(running: &Running, secret: &str, event: &WebhookEvent) -> Result<(), tonic::Status> {
    let body = event.to_json().unwrap();
    let secrets = [secret.to_owned().into()];
    let header = signature::sign(&secrets, running.clock.now_ms() / 1000, body.as_bytes());
    let body = contract::google::api::HttpBody { content_type: "application/json".into(), data: body.into() };
    let message = PaymentWebhookRequest { provider: "sandbox".into(), body: Some(body) };
    let mut request = tonic::Request::new(message);
    request.metadata_mut().insert("marquee-signature", header.parse().unwrap());
    running.orders.clone().payment_webhook(request).await.map(|_| ())
}

fn succeeded(payment: &contract::order::Payment) -> WebhookEvent {
    WebhookEvent {
        event_id: "e1".into(),
        payment_id: payment.payment_id,
        amount: payment.amount,
        currency: payment.currency.clone(),
        outcome: WebhookOutcome::Succeeded,
    }
}

async fn a_declined_card_leaves_the_order_to_be_paid_with_another(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let order_id = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    for card in ["card_declined", "card_insufficient_funds", "card_expired"] {
        assert_eq!(refused(anna.pay(order_id, card).await), "PAYMENT_DECLINED", "{card}");
    }
    assert_eq!(refused(anna.pay(order_id, "card_gold").await), "PAYMENT_METHOD_UNKNOWN");
    assert_eq!(refused(anna.pay(order_id, "4111111111111111").await), "CARD_NUMBER_REFUSED");
    let paid = anna.pay(order_id, "card_ok").await.unwrap().order.unwrap();
    assert_eq!((paid.state(), paid.payments.len()), (order::State::Paid, 4));
}

async fn an_order_is_not_for_trying_cards(engine: Engine) {
    let running = start_with(engine, &Config { max_payment_attempts: 3, ..Config::default() }).await;
    let anna = running.person("anna").await;
    let order_id = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    // What is no card is no attempt.
    assert_eq!(refused(anna.pay(order_id, "card_gold").await), "PAYMENT_METHOD_UNKNOWN");
    for _ in 0..3 {
        assert_eq!(refused(anna.pay(order_id, "card_declined").await), "PAYMENT_DECLINED");
    }
    for card in ["card_declined", "card_ok"] {
        assert_eq!(refused(anna.pay(order_id, card).await), "PAYMENT_ATTEMPTS_EXHAUSTED");
    }
    assert_eq!(anna.info(order_id).await.unwrap().payments.len(), 3);
    // Its seats are not lost with it.
    anna.cancel(order_id).await.unwrap();
    let again = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    anna.pay(again, "card_ok").await.unwrap();
}

async fn a_lost_answer_is_asked_for_again(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let order_id = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    let paid = anna.pay(order_id, "card_timeout").await.unwrap().order.unwrap();
    assert_eq!(paid.state(), order::State::Paid);
}

async fn a_late_answer_comes_by_webhook_and_twice_is_as_good_as_once(engine: Engine) {
    let running = start_with(engine, &config()).await;
    let anna = running.person("anna").await;
    let order_id = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    let payment = anna.pay(order_id, "card_late").await.unwrap().payment.unwrap();
    assert_eq!(payment.state(), payment::State::Processing);
    assert_eq!(refused(anna.pay(order_id, "card_ok").await), "PAYMENT_IN_PROGRESS");
    assert_eq!(refused(anna.cancel(order_id).await), "PAYMENT_IN_PROGRESS");
    let event = succeeded(&payment);
    assert_eq!(refused(webhook(&running, "wrong", &event).await), "SIGNATURE_INVALID");
    let other = WebhookEvent { amount: 1, ..event.clone() };
    assert_eq!(refused(webhook(&running, SECRET, &other).await), "WEBHOOK_INVALID");
    for _ in 0..3 {
        webhook(&running, SECRET, &event).await.unwrap();
    }
    let paid = anna.info(order_id).await.unwrap();
    assert_eq!((paid.state(), paid.tickets.len(), paid.refunds.len()), (order::State::Paid, 1, 0));
}

async fn a_provider_tells_of_its_own_payments_only(engine: Engine) {
    let running = start_with(engine, &config()).await;
    let clerk = running.staff("clerk").await;
    let order_id = clerk.buy(running.buy(&["A1"])).await.unwrap().order_id;
    let cash = clerk.pay(order_id, "cash").await.unwrap().payment.unwrap();
    assert_eq!(refused(webhook(&running, SECRET, &succeeded(&cash)).await), "WEBHOOK_INVALID");
    for provider in ["cash", "nobody"] {
        let message = PaymentWebhookRequest { provider: provider.into(), body: None };
        assert_eq!(refused(running.orders.clone().payment_webhook(message).await), "PROVIDER_UNKNOWN");
    }
}

async fn a_webhook_that_is_lost_is_made_up_for_by_asking(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let order_id = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    anna.pay(order_id, "card_late").await.unwrap();
    running.clock.advance(30_000);
    until("the payment was settled", || async {
        anna.info(order_id).await.unwrap().state() == order::State::Paid
    })
    .await;
}

async fn money_that_comes_too_late_takes_free_seats_again(engine: Engine) {
    let running = start_with(engine, &config()).await;
    let anna = running.person("anna").await;
    let payment = late_payment(&running, &anna).await;
    webhook(&running, SECRET, &succeeded(&payment.1)).await.unwrap();
    let paid = anna.info(payment.0).await.unwrap();
    assert_eq!((paid.state(), paid.tickets.len()), (order::State::Paid, 1));
    assert_eq!(running.seat("A1").await, SeatState::Sold);
    assert!(balanced(&paid));
}

async fn money_that_comes_too_late_goes_back_where_the_seats_are_gone(engine: Engine) {
    let running = start_with(engine, &config()).await;
    let (anna, ben) = (running.person("anna").await, running.person("ben").await);
    let (order_id, payment) = late_payment(&running, &anna).await;
    ben.buy(running.buy(&["A1"])).await.unwrap();
    webhook(&running, SECRET, &succeeded(&payment)).await.unwrap();
    let expired = anna.info(order_id).await.unwrap();
    assert_eq!((expired.state(), expired.tickets.len()), (order::State::Expired, 0));
    assert_eq!(expired.refunds[0].reason, "PAID_TOO_LATE");
    assert_eq!(expired.refunds[0].amount, 1200);
    assert!(balanced(&expired));
    assert_eq!(running.seat("A1").await, SeatState::Held);
}

/// An order whose payment is on its way, and whose hold and grace have ended.
async fn late_payment(running: &Running, anna: &crate::common::Person) -> (i64, contract::order::Payment) {
    let order_id = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    running.clock.advance(9 * MINUTE_MS);
    let payment = anna.pay(order_id, "card_late").await.unwrap().payment.unwrap();
    running.clock.advance(90_000);
    assert_eq!(anna.info(order_id).await.unwrap().state(), order::State::Pending);
    running.clock.advance(MINUTE_MS);
    until("the order expired", || async {
        anna.info(order_id).await.unwrap().state() == order::State::Expired
    })
    .await;
    (order_id, payment)
}

async fn seats_are_given_back_by_the_rules_of_time(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let order_id = anna.buy(running.buy(&["A1", "A2", "A3", "B1", "B2"])).await.unwrap().order_id;
    assert_eq!(refused(anna.refund(order_id, &[]).await), "ORDER_NOT_PAID");
    anna.pay(order_id, "card_ok").await.unwrap();
    assert_eq!(refused(anna.refund(order_id, &["B1"]).await), "COUPLE_SEAT_SPLIT");
    assert_eq!(refused(anna.refund(order_id, &["A6"]).await), "SEAT_NOT_IN_ORDER");

    let early = anna.refund(order_id, &["A1"]).await.unwrap();
    let given = early.refund.clone().unwrap();
    assert_eq!((given.amount, given.fee, given.state()), (1200, 0, refund::State::Succeeded));
    assert_eq!(early.order.as_ref().unwrap().state(), order::State::PartiallyRefunded);
    assert_eq!(running.seat("A1").await, SeatState::Free);
    assert_eq!(anna.refund(order_id, &["A1"]).await.unwrap().refund, early.refund);

    running.clock.advance(44 * HOUR_MS);
    let anna = running.sign_in("anna").await;
    let quote = anna.request(RefundRequest { order_id, seats: vec!["A2".into()] });
    let quote = running.orders.clone().quote_refund(quote).await.unwrap().into_inner();
    assert_eq!((quote.refund_id, quote.amount, quote.fee), (0, 1080, 120));
    let later = anna.refund(order_id, &["A2"]).await.unwrap();
    assert_eq!((later.refund.unwrap().amount, later.order.unwrap().tickets.len()), (1080, 5));

    running.clock.advance(3 * HOUR_MS + 45 * MINUTE_MS);
    let anna = running.sign_in("anna").await;
    assert_eq!(refused(anna.refund(order_id, &["A3"]).await), "REFUND_TOO_LATE");
    let order = anna.info(order_id).await.unwrap();
    assert!(balanced(&order));
    let codes = order.tickets.iter().filter(|ticket| !ticket.code.is_empty()).count();
    assert_eq!(codes, 3);
}

async fn everything_given_back_is_refunded_and_can_be_sold_again(engine: Engine) {
    let running = start(engine).await;
    let (anna, ben) = (running.person("anna").await, running.person("ben").await);
    let order_id = anna.buy(running.buy(&["A1", "A2"])).await.unwrap().order_id;
    anna.pay(order_id, "card_ok").await.unwrap();
    let all = anna.refund(order_id, &[]).await.unwrap().order.unwrap();
    assert_eq!(all.state(), order::State::Refunded);
    assert!(balanced(&all));
    assert_eq!(refused(anna.pay(order_id, "card_ok").await), "ORDER_REFUNDED");
    ben.buy(running.buy(&["A1", "A2"])).await.unwrap();
}

async fn a_refund_the_provider_refuses_is_seen_as_failed(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let order_id = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    anna.pay(order_id, "card_refund_fails").await.unwrap();
    let refund = anna.refund(order_id, &[]).await.unwrap().refund.unwrap();
    assert_eq!(refund.state(), refund::State::Failed);
}

async fn a_cancelled_screening_gives_everybody_everything_back(engine: Engine) {
    let running = start(engine).await;
    let (anna, ben) = (running.person("anna").await, running.person("ben").await);
    let paid = anna.buy(running.buy(&["A1", "A2"])).await.unwrap().order_id;
    anna.pay(paid, "card_ok").await.unwrap();
    anna.refund(paid, &["A2"]).await.unwrap();
    let open = ben.buy(running.buy(&["A3"])).await.unwrap().order_id;
    let request = CancelScreeningRequest { film_sid: running.film_sid, reason: "fire alarm".into() };
    running.films.clone().cancel_screening(request).await.unwrap();
    assert_eq!(refused(ben.buy(running.buy(&["A4"])).await), "SCREENING_CANCELLED");
    until("the paid order was refunded", || async {
        anna.info(paid).await.unwrap().state() == order::State::Refunded
    })
    .await;
    until("the open order was cancelled", || async {
        ben.info(open).await.unwrap().state() == order::State::Cancelled
    })
    .await;
    let order = anna.info(paid).await.unwrap();
    assert_eq!(order.refunds.last().unwrap().reason, "SCREENING_CANCELLED");
    assert!(balanced(&order));
    assert_eq!(refused(anna.refund(paid, &["A4"]).await), "SEAT_NOT_IN_ORDER");
}

on_both_engines! {
    a_declined_card_leaves_the_order_to_be_paid_with_another,
    an_order_is_not_for_trying_cards,
    a_lost_answer_is_asked_for_again,
    a_late_answer_comes_by_webhook_and_twice_is_as_good_as_once,
    a_provider_tells_of_its_own_payments_only,
    a_webhook_that_is_lost_is_made_up_for_by_asking,
    money_that_comes_too_late_takes_free_seats_again,
    money_that_comes_too_late_goes_back_where_the_seats_are_gone,
    seats_are_given_back_by_the_rules_of_time,
    everything_given_back_is_refunded_and_can_be_sold_again,
    a_refund_the_provider_refuses_is_seen_as_failed,
    a_cancelled_screening_gives_everybody_everything_back,
}
