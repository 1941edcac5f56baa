//! What the provider did not answer is asked for again, however much else stays open.

use crate::common::{Engine, HOUR_MS, START_MS, on_both_engines, start, until};
use contract::order::{order, refund};

/// More than two rounds ask for.
const STUCK: i64 = 450;

async fn what_stays_open_keeps_nothing_else_from_being_settled(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let late = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    anna.pay(late, "card_late").await.unwrap();
    let given_back = anna.buy(running.buy(&["A2"])).await.unwrap().order_id;
    anna.pay(given_back, "card_ok").await.unwrap();
    let refund_id = anna.refund(given_back, &[]).await.unwrap().refund.unwrap().refund_id;

    // Older ones without an order: they stay open for ever.
    let database = running.order_database().await;
    let mut transaction = database.begin_write().await.unwrap();
    for text in [
        "INSERT INTO payment VALUES ($1, 999, 2, 100, 'sandbox', 'card_ok', '', '', $2)",
        "INSERT INTO refund VALUES ($1, 999, 1, 1, '[]', 100, 0, 'BUYER', $2)",
    ] {
        for number in 0..STUCK {
            let (id, at) = (1_000_000_000 + number, START_MS - HOUR_MS + number);
            sqlx::query(text).bind(id).bind(at).execute(&mut *transaction).await.unwrap();
        }
    }
    // As if the answer to it had been lost.
    let unheard = "UPDATE refund SET state = 1 WHERE refund_id = $1";
    sqlx::query(unheard).bind(refund_id).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();

    running.clock.advance(30_000);
    until("the payment was settled", || async {
        anna.info(late).await.unwrap().state() == order::State::Paid
    })
    .await;
    until("the refund was confirmed", || async {
        let refunds = anna.info(given_back).await.unwrap().refunds;
        refunds.iter().all(|refund| refund.state() == refund::State::Succeeded)
    })
    .await;
}

on_both_engines! {
    what_stays_open_keeps_nothing_else_from_being_settled,
}
