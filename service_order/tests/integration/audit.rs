//! The audit finds nothing after a sale, and finds what was tampered with.

use crate::common::{Engine, MINUTE_MS, Running, on_both_engines, start, until};
use contract::film::SeatState;
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
    // The gate hears of it a moment after the database.
    until("the seat came free", || async { running.seat("A6").await == SeatState::Free }).await;
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
        (
            "UPDATE orders SET amount = amount - 1",
            "UPDATE orders SET amount = amount + 1".into(),
            ids[1],
            "the amount is 2399, the seats cost 2400",
        ),
        (
            "UPDATE orders SET currency = 'USD'",
            "UPDATE orders SET currency = 'EUR'".into(),
            ids[1],
            "the currency is USD, the ledger's is EUR",
        ),
        (
            "UPDATE ledger SET currency = 'SEK' WHERE kind = 'REFUND'",
            "UPDATE ledger SET currency = 'EUR'".into(),
            ids[3],
            "the currency is EUR, the ledger's is SEK",
        ),
        (
            "INSERT INTO ledger VALUES ('CAPTURE', 77, 999, 100, 'EUR', 1, '')",
            "DELETE FROM ledger WHERE reference = 77".into(),
            0,
            "ledger row CAPTURE 77 is of order 999, which does not exist",
        ),
        (
            "INSERT INTO refund VALUES (78, 999, 1, 2, '[]', 100, 0, 'BUYER', 1)",
            "DELETE FROM refund WHERE refund_id = 78".into(),
            0,
            "refund BUYER 78 is of order 999, which does not exist",
        ),
        (
            "INSERT INTO payment VALUES (79, 999, 3, 100, 'sandbox', 'card_ok', '', '', 1)",
            "DELETE FROM payment WHERE payment_id = 79".into(),
            0,
            "payment sandbox 79 is of order 999, which does not exist",
        ),
    ] {
        sqlx::query(change).execute(database.pool()).await.unwrap();
        let found = audit(&database, &running.clock, MOST).await.unwrap().differences;
        assert!(found.contains(&(at, expected.to_owned())), "{change}: {found:?}");
        sqlx::query(sqlx::AssertSqlSafe(undo)).execute(database.pool()).await.unwrap();
    }
}

/// Claims of seats that their order does not have, or that are in another hall.
async fn claims_of_what_was_not_sold_are_found(engine: Engine) {
    let running = start(engine).await;
    let ids = sold(&running).await;
    let (order_id, here) = (ids[1], running.film_sid);
    let database = running.order_database().await;
    for (film_sid, seat) in [(here, "C1"), (here + 1, "A3")] {
        let text = "INSERT INTO seat_claim VALUES ($1, $2, $3)";
        sqlx::query(text).bind(film_sid).bind(seat).bind(order_id).execute(database.pool()).await.unwrap();
    }
    let found = audit(&database, &running.clock, MOST).await.unwrap().differences;
    let expected = [
        format!("seat C1 of screening {here} is claimed, but is no seat of the order"),
        format!("seat A3 of screening {} is claimed, but the order is of screening {here}", here + 1),
    ];
    assert_eq!(found, expected.map(|what| (order_id, what)));
}

/// Looking through claims goes on beyond the first page, and stops at what was asked for.
async fn every_claim_is_looked_at(engine: Engine) {
    let running = start(engine).await;
    let database = running.order_database().await;
    let mut transaction = database.begin_write().await.unwrap();
    for seat in 0..1_200 {
        let text = "INSERT INTO seat_claim VALUES (7, $1, 999)";
        sqlx::query(text).bind(format!("A{seat}")).execute(&mut *transaction).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let all = audit(&database, &running.clock, 10_000).await.unwrap().differences;
    assert_eq!(all.len(), 1_200);
    assert_eq!(audit(&database, &running.clock, MOST).await.unwrap().differences.len(), MOST);
}

on_both_engines! {
    claims_of_what_was_not_sold_are_found,
    every_claim_is_looked_at,
    a_sale_leaves_no_difference,
    what_was_tampered_with_is_found,
}
