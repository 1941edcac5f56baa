//! What watchers of a hall are told.

use crate::common::{Engine, MINUTE_MS, on_both_engines, start};
use contract::order::{GetSeatStatesRequest, SeatStates};

async fn a_watcher_sees_every_change_in_order(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let held = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    let request = GetSeatStatesRequest { film_sid: running.film_sid };
    let mut changes = running.internal.clone().watch_seats(request).await.unwrap().into_inner();
    let first = changes.message().await.unwrap().unwrap();
    assert!(first.snapshot);
    assert_eq!(first.held, ["A1"]);

    anna.pay(held, "card_ok").await.unwrap();
    anna.buy(running.buy(&["A2"])).await.unwrap();
    anna.refund(held, &[]).await.unwrap();
    running.clock.advance(10 * MINUTE_MS);
    let seen = [
        changes.message().await.unwrap().unwrap(),
        changes.message().await.unwrap().unwrap(),
        changes.message().await.unwrap().unwrap(),
        changes.message().await.unwrap().unwrap(),
    ];
    for (number, change) in (1..).zip(&seen) {
        assert_eq!(change.sequence, first.sequence + number);
    }
    let seats = |change: &SeatStates| (change.held.join(","), change.sold.join(","), change.freed.join(","));
    let expected = [("", "A1", ""), ("A2", "", ""), ("", "", "A1"), ("", "", "A2")];
    for (change, (held, sold, freed)) in seen.iter().zip(expected) {
        assert_eq!(seats(change), (held.into(), sold.into(), freed.into()));
    }
}

on_both_engines! {
    a_watcher_sees_every_change_in_order,
}
