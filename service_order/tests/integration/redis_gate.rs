//! Several order processes on one PostgreSQL and one Redis: one sale, whatever happens to Redis.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::common::pair::{Pair, gate, map, pair, until_gate_is_believed};
use crate::common::{Person, refused, until};
use contract::film::SeatState;
use contract::order::Order;
use futures_util::future::join_all;
use micro::Problem;
use micro::redis::{Mode, RedisConfig};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

fn standalone(server: &servers::Redis) -> RedisConfig {
    gate(vec![server.url()], Mode::Standalone)
}

fn seat(number: usize) -> String {
    format!("{}{}", ["A", "B", "C", "D"][number / 10], number % 10 + 1)
}

/// One wish of a crowd: two neighbours, perhaps paid, perhaps given back.
async fn wish(pair: &Pair, person: &Person, seed: u64) {
    let mut random = SmallRng::seed_from_u64(seed);
    let buyer = person.at(pair.both()[random.random_range(0..2)]);
    let first = random.random_range(0..20) * 2;
    let seats = [seat(first), seat(first + 1)];
    let order = match buyer.buy(pair.a.buy(&[&seats[0], &seats[1]])).await {
        Ok(order) => order,
        Err(status) => {
            assert_eq!(crate::common::reason(&status), "SEATS_TAKEN");
            return;
        }
    };
    end(pair, person, &order, &mut random).await;
}

/// What the buyer did is what both maps show, whichever process they ask.
async fn end(pair: &Pair, person: &Person, order: &Order, random: &mut SmallRng) {
    let [one, other] = if random.random_bool(0.5) { [&pair.a, &pair.b] } else { [&pair.b, &pair.a] };
    let theirs = order.seats[0].seat.clone();
    assert!(map(other).await.contains_key(&theirs), "a seat shows as free to who holds it");
    match random.random_range(0..3) {
        0 => {
            person.at(one).cancel(order.order_id).await.unwrap();
        }
        _ => {
            person.at(one).pay(order.order_id, "card_ok").await.unwrap();
            assert_eq!(map(other).await.get(&theirs), Some(&true), "a seat shows as free to who bought it");
            if random.random_bool(0.3) {
                person.at(other).refund(order.order_id, &[]).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn what_one_sells_the_other_knows_at_once() {
    let server = servers::Redis::start();
    let pair = pair(standalone(&server)).await;
    let (anna, ben) = (pair.a.person("anna").await, pair.a.person("ben").await.at(&pair.b));
    // The first to ask finds no gate and has it made.
    map(&pair.a).await;
    until_gate_is_believed(&pair, |arguments| server.cli(arguments)).await;
    let order_id = anna.buy(pair.a.buy(&["A1", "A2"])).await.unwrap().order_id;
    let taken = Problem::from_status(&ben.buy(pair.b.buy(&["A2", "A3"])).await.unwrap_err());
    assert_eq!(taken.reason(), "SEATS_TAKEN");
    assert_eq!(taken.metadata(), [("seats".to_owned(), "A2".to_owned())]);
    assert_eq!(pair.states("A1").await, [SeatState::Held; 2]);
    // Cancelled through the other process, bought again, and paid through the first.
    anna.at(&pair.b).cancel(order_id).await.unwrap();
    assert_eq!(pair.states("A1").await, [SeatState::Free; 2]);
    let bens = ben.buy(pair.b.buy(&["A1", "A2"])).await.unwrap().order_id;
    ben.at(&pair.a).pay(bens, "card_ok").await.unwrap();
    assert_eq!(pair.states("A1").await, [SeatState::Sold; 2]);
    assert_eq!(refused(anna.buy(pair.a.buy(&["A1"])).await), "SEATS_TAKEN");
    ben.refund(bens, &["A1"]).await.unwrap();
    assert_eq!(pair.states("A1").await, [SeatState::Free; 2]);
    anna.buy(pair.a.buy(&["A1"])).await.unwrap();
    pair.until_gate_is_right(|arguments| server.cli(arguments)).await;
}

#[tokio::test]
async fn three_hundred_buyers_at_both_get_no_seat_twice() {
    let server = servers::Redis::start();
    let pair = pair(standalone(&server)).await;
    let person = pair.a.person("crowd").await;
    map(&pair.a).await;
    until_gate_is_believed(&pair, |arguments| server.cli(arguments)).await;
    join_all((0..300).map(|seed| wish(&pair, &person, seed))).await;
    let seats = pair.audited().await;
    assert!(!seats.is_empty());
    until_gate_is_believed(&pair, |arguments| server.cli(arguments)).await;
    assert_eq!(map(&pair.a).await, seats);
    assert_eq!(map(&pair.b).await, seats);
}

/// A crowd buys while something is done to Redis every now and then.
async fn sale_during(pair: &Pair, mut trouble: impl FnMut(), times: u32) {
    let person = pair.a.person("crowd").await;
    let over = AtomicBool::new(false);
    let crowd = (0..8).map(async |lane: u64| {
        let mut seed = lane << 32;
        while !over.load(Ordering::Relaxed) {
            wish(pair, &person, seed).await;
            seed += 1;
        }
    });
    let troubles = async {
        for _ in 0..times {
            tokio::time::sleep(Duration::from_millis(400)).await;
            trouble();
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
        over.store(true, Ordering::Relaxed);
    };
    tokio::join!(join_all(crowd), troubles);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_somebody_else_writes_to_comes_back_right() {
    const NONSENSE: &[&[&str]] = &[
        &["sadd", "x"],
        &["set", "x"],
        &["hset", "#built", "now", "#seq", "y", "#fence", "z", "c:A1", "x y", "w:A2", "z", "c:A3", "s"],
    ];
    let server = servers::Redis::start();
    let pair = pair(standalone(&server)).await;
    let mut times = 0;
    let spoil = || {
        let [command, values @ ..] = NONSENSE[times % NONSENSE.len()] else { unreachable!("none is empty") };
        times += 1;
        for key in server.cli(&["--scan"]).lines() {
            server.cli(&["del", key]);
            server.cli(&[&[*command, key], values].concat());
        }
    };
    sale_during(&pair, spoil, 6).await;
    until_gate_is_believed(&pair, |arguments| server.cli(arguments)).await;
    assert_eq!(map(&pair.b).await, pair.audited().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_is_wiped_again_and_again_comes_back_right() {
    let server = servers::Redis::start();
    let pair = pair(standalone(&server)).await;
    sale_during(&pair, || _ = server.cli(&["flushall"]), 6).await;
    until_gate_is_believed(&pair, |arguments| server.cli(arguments)).await;
    assert_eq!(map(&pair.b).await, pair.audited().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_restarts_in_the_middle_of_a_sale_comes_back_right() {
    let mut server = servers::Redis::start();
    let pair = pair(standalone(&server)).await;
    sale_during(&pair, || server.restart(), 3).await;
    until_gate_is_believed(&pair, |arguments| server.cli(arguments)).await;
    assert_eq!(map(&pair.b).await, pair.audited().await);
}

#[tokio::test]
async fn without_redis_the_database_decides_and_afterwards_all_is_right() {
    let mut server = servers::Redis::start();
    let pair = pair(standalone(&server)).await;
    let (anna, ben) = (pair.a.person("anna").await, pair.a.person("ben").await.at(&pair.b));
    let before = anna.buy(pair.a.buy(&["A1"])).await.unwrap().order_id;
    server.stop();
    anna.pay(before, "card_ok").await.unwrap();
    let held = anna.buy(pair.a.buy(&["A2"])).await.unwrap().order_id;
    assert_eq!(refused(ben.buy(pair.b.buy(&["A2", "A3"])).await), "SEATS_TAKEN");
    assert_eq!(pair.states("A1").await, [SeatState::Sold; 2]);
    assert_eq!(pair.states("A2").await, [SeatState::Held; 2]);
    ben.buy(pair.b.buy(&["A3"])).await.unwrap();
    anna.at(&pair.b).cancel(held).await.unwrap();
    assert_eq!(pair.states("A2").await, [SeatState::Free; 2]);
    server.restart();
    pair.until_gate_is_right(|arguments| server.cli(arguments)).await;
    ben.buy(pair.b.buy(&["A2"])).await.unwrap();
    assert_eq!(refused(anna.buy(pair.a.buy(&["A3"])).await), "SEATS_TAKEN");
}

#[tokio::test]
async fn nobody_waits_for_a_redis_that_hangs() {
    let server = servers::Redis::start();
    let pair = pair(RedisConfig { response_timeout_ms: 50, ..standalone(&server) }).await;
    let anna = pair.a.person("anna").await;
    anna.buy(pair.a.buy(&["A1"])).await.unwrap();
    server.cli(&["client", "pause", "4000"]);
    let began = Instant::now();
    for number in 1..20 {
        anna.buy(pair.a.buy(&[&seat(number)])).await.unwrap();
    }
    assert!(map(&pair.a).await.contains_key("B10"));
    let took = began.elapsed();
    assert!(took < Duration::from_secs(3), "twenty purchases took {took:?}");
    tokio::time::sleep(Duration::from_secs(4).saturating_sub(took)).await;
    pair.until_gate_is_right(|arguments| server.cli(arguments)).await;
}

#[tokio::test]
async fn a_gate_that_says_a_sold_seat_is_free_is_found_out() {
    let server = servers::Redis::start();
    let pair = pair(standalone(&server)).await;
    let anna = pair.a.person("anna").await;
    let order_id = anna.buy(pair.a.buy(&["A1"])).await.unwrap().order_id;
    anna.pay(order_id, "card_ok").await.unwrap();
    pair.until_gate_is_right(|arguments| server.cli(arguments)).await;
    assert_eq!(server.cli(&["hdel", &pair.gate_key(), "c:A1"]), "1");
    assert_eq!(refused(anna.at(&pair.b).buy(pair.b.buy(&["A1"])).await), "SEATS_TAKEN");
    pair.until_gate_is_right(|arguments| server.cli(arguments)).await;
}

#[tokio::test]
async fn a_purchase_that_came_to_nothing_lets_its_seats_go() {
    let server = servers::Redis::start();
    let mut config = crate::common::pair::config(standalone(&server));
    config.max_open_orders = 1;
    let databases = crate::common::databases(crate::common::Engine::Postgres);
    let pair = crate::common::pair::pair_on(&databases, &config, crate::common::pair::FORTY).await;
    let (anna, ben) = (pair.a.person("anna").await, pair.a.person("ben").await.at(&pair.b));
    anna.buy(pair.a.buy(&["A1"])).await.unwrap();
    pair.until_gate_is_right(|arguments| server.cli(arguments)).await;
    assert_eq!(refused(anna.buy(pair.a.buy(&["A2"])).await), "TOO_MANY_HOLDS");
    let wants =
        || server.cli(&["hkeys", &pair.gate_key()]).lines().filter(|key| key.starts_with("w:")).count();
    until("the seat was let go", || async { wants() == 0 }).await;
    ben.buy(pair.b.buy(&["A2"])).await.unwrap();
    assert_eq!(wants(), 0);
}

#[tokio::test]
async fn a_redis_with_a_password_works_as_well() {
    let server = servers::Redis::start_with(&["--requirepass", "open sesame"]);
    let pair = pair(RedisConfig { password: "open sesame".to_owned().into(), ..standalone(&server) }).await;
    let anna = pair.a.person("anna").await;
    anna.buy(pair.a.buy(&["A1"])).await.unwrap();
    assert_eq!(refused(anna.at(&pair.b).buy(pair.b.buy(&["A1"])).await), "SEATS_TAKEN");
    let cli =
        |arguments: &[&str]| server.cli(&[&["-a", "open sesame", "--no-auth-warning"], arguments].concat());
    pair.until_gate_is_right(cli).await;
}
