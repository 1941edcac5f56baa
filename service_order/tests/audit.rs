//! The audit finds nothing after a sale, and finds what was tampered with.
#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use common::{Engine, MINUTE_MS, Running, start, until};
use contract::order::order;
use service_order::audit::audit;

const MOST: usize = 100;

/// Orders in every state there is.
async fn sold(running: &Running) -> Vec<i64> {
    let anna = running.person("anna").await;
    let mut ids = Vec::new();
    for (seats, pay) in [(&["A1", "A2"][..], true), (&["A3", "A4"], true), (&["A5"], false), (&["B5"], true)]
    {
        let order_id = anna.buy(running.buy(seats)).await.unwrap().order_id;
        if pay {
            anna.pay(order_id, "card_ok").await.unwrap();
        }
        ids.push(order_id);
    }
    anna.refund(ids[0], &["A1"]).await.unwrap();
    anna.refund(ids[3], &[]).await.unwrap();
    let expired = anna.buy(running.buy(&["A6"])).await.unwrap().order_id;
    anna.cancel(ids[2]).await.unwrap();
    running.clock.advance(10 * MINUTE_MS);
    until("the hold ended", || async { anna.info(expired).await.unwrap().state() == order::State::Expired })
        .await;
    ids.push(anna.buy(running.buy(&["A6"])).await.unwrap().order_id);
    ids
}

async fn a_sale_leaves_no_difference(engine: Engine) {
    let running = start(engine).await;
    sold(&running).await;
    let found = audit(&running.order_database().await, &running.clock, MOST).await.unwrap();
    assert_eq!(found.differences, []);
    assert_eq!((found.orders, found.claims), (6, 4));
}

async fn what_was_tampered_with_is_found(engine: Engine) {
    let running = start(engine).await;
    let ids = sold(&running).await;
    let database = running.order_database().await;
    for (change, undo, at, expected) in [
        (
            "DELETE FROM seat_claim WHERE seat = 'A3'",
            format!("INSERT INTO seat_claim VALUES ({}, 'A3', {})", running.film_sid, ids[1]),
            ids[1],
            "seat A3 has no claim",
        ),
        (
            "UPDATE orders SET state = 3 WHERE state = 2",
            "UPDATE orders SET state = 2 WHERE state = 3 AND paid_at > 0".into(),
            ids[1],
            "state PartiallyRefunded with 2 of 2 tickets live",
        ),
        (
            "UPDATE ledger SET amount = amount + 1 WHERE kind = 'CAPTURE'",
            "UPDATE ledger SET amount = amount - 1 WHERE kind = 'CAPTURE'".into(),
            ids[1],
            "captured: the rows say 2400, the ledger says 2401",
        ),
        (
            "INSERT INTO seat_claim VALUES (1, 'Z1', 999)",
            "DELETE FROM seat_claim WHERE seat = 'Z1'".into(),
            0,
            "seat Z1 of screening 1 is claimed by order 999, which does not exist",
        ),
    ] {
        sqlx::query(change).execute(database.pool()).await.unwrap();
        let found = audit(&database, &running.clock, MOST).await.unwrap().differences;
        assert!(found.contains(&(at, expected.to_owned())), "{change}: {found:?}");
        sqlx::query(sqlx::AssertSqlSafe(undo)).execute(database.pool()).await.unwrap();
    }
}

on_both_engines! {
    a_sale_leaves_no_difference,
    what_was_tampered_with_is_found,
}
