//! Of several processes one does the upkeep, and another when that one dies.

use crate::common::pair::{FORTY, config, gate};
use crate::common::{Engine, HOUR_MS, MINUTE_MS, START_MS, databases, start_process, until};
use contract::film::{CancelScreeningRequest, SeatState};
use contract::order::order;
use micro::Clock;
use micro::redis::Mode;
use tokio::runtime::Runtime;

#[test]
fn a_hold_ends_though_the_process_that_sweeps_has_died() {
    let server = servers::Redis::start();
    let databases = databases(Engine::Postgres);
    let config = config(gate(vec![server.url()], Mode::Standalone));
    let clock = Clock::simulated(START_MS);
    // The first of them is elected.
    let first = Runtime::new().unwrap();
    let mut elected = first.block_on(start_process(&databases, clock.clone(), &config));
    let elector = || server.cli(&["get", "marquee:lock:{election}:order"]);
    first.block_on(until("one is elected", || async { !elector().is_empty() }));
    let its_mark = elector();

    let second = Runtime::new().unwrap();
    let mut other = second.block_on(start_process(&databases, clock, &config));
    let order_id = second.block_on(async {
        other.film_sid = other.screening(FORTY, START_MS + 48 * HOUR_MS).await;
        elected.film_sid = other.film_sid;
        let anna = other.person("anna").await;
        let swept = anna.buy(other.buy(&["A1"])).await.unwrap().order_id;
        other.clock.advance(10 * MINUTE_MS);
        until("the elected swept", || async { expired(&anna, swept).await }).await;
        assert_eq!(elector(), its_mark);
        anna.buy(other.buy(&["A2"])).await.unwrap().order_id
    });
    // Killed: it gives nothing back.
    first.shutdown_background();
    second.block_on(async {
        other.clock.advance(10 * MINUTE_MS);
        let anna = other.sign_in("anna").await;
        until("the other swept", || async { expired(&anna, order_id).await }).await;
        until("its seat came free", || async { other.seat("A2").await == SeatState::Free }).await;
        anna.buy(other.buy(&["A1", "A2"])).await.unwrap();
    });
    assert_ne!(elector(), its_mark);
    std::mem::forget(elected);
}

async fn expired(person: &crate::common::Person, order_id: i64) -> bool {
    person.info(order_id).await.unwrap().state() == order::State::Expired
}

#[tokio::test]
async fn a_purchase_that_was_begun_before_its_screening_was_stopped_is_given_back() {
    let server = servers::Redis::start();
    let pair = crate::common::pair::pair(gate(vec![server.url()], Mode::Standalone)).await;
    let anna = pair.a.person("anna").await;
    let order_id = anna.buy(pair.a.buy(&["A1"])).await.unwrap().order_id;
    anna.pay(order_id, "card_ok").await.unwrap();
    let request = CancelScreeningRequest { film_sid: pair.a.film_sid, ..CancelScreeningRequest::default() };
    pair.a.films.clone().cancel_screening(request).await.unwrap();
    let refunded = async || anna.info(order_id).await.unwrap().state() == order::State::Refunded;
    until("the order was given back", refunded).await;

    // A transaction of another process that did not see the stop commits only now.
    let database = pair.a.order_database().await;
    let late = "INSERT INTO orders SELECT 900001, film_sid, cinema_id, user_id, 1, items, amount, currency, \
                starts_at, created_at, expires_at, sweep_at, 0 FROM orders WHERE order_id = $1";
    sqlx::query(late).bind(order_id).execute(database.pool()).await.unwrap();
    let claim = "INSERT INTO seat_claim SELECT film_sid, 'A1', 900001 FROM orders WHERE order_id = $1";
    sqlx::query(claim).bind(order_id).execute(database.pool()).await.unwrap();
    let cancelled = async || anna.info(900_001).await.unwrap().state() == order::State::Cancelled;
    until("the late order was ended", cancelled).await;

    let settled = async || {
        let text = "SELECT settled FROM stopped_screening WHERE film_sid = $1";
        let settled: i64 =
            sqlx::query_scalar(text).bind(pair.a.film_sid).fetch_one(database.pool()).await.unwrap();
        settled == 1
    };
    assert!(!settled().await);
    pair.a.clock.advance(61_000);
    until("nothing can come any more", settled).await;
}
