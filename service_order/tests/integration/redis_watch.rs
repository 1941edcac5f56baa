//! Who watches through one process sees what another sells.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::common::pair::{gate, pair};
use crate::common::{MINUTE_MS, Running, until};
use contract::order::{GetSeatStatesRequest, SeatStates};
use micro::redis::Mode;
use tonic::Streaming;

/// Somebody who watches, and what they know.
struct Watcher {
    changes: Streaming<SeatStates>,
    sequence: i64,
    seats: BTreeMap<String, bool>,
    snapshots: u32,
}

impl Watcher {
    async fn at(running: &Running) -> Self {
        let request = GetSeatStatesRequest { film_sid: running.film_sid };
        let changes = running.internal.clone().watch_seats(request).await.unwrap().into_inner();
        let mut watcher = Self { changes, sequence: 0, seats: BTreeMap::new(), snapshots: 0 };
        watcher.next().await;
        watcher
    }

    /// Takes the next change, which follows the last one or is everything anew.
    async fn next(&mut self) -> SeatStates {
        let next = tokio::time::timeout(Duration::from_secs(10), self.changes.message()).await;
        let states = next.expect("a change is told in time").unwrap().unwrap();
        if states.snapshot {
            self.seats.clear();
            self.snapshots += 1;
        } else {
            assert_eq!(states.sequence, self.sequence + 1, "a change is missing");
        }
        self.sequence = states.sequence;
        for seat in &states.freed {
            self.seats.remove(seat);
        }
        self.seats.extend(states.held.iter().map(|seat| (seat.clone(), false)));
        self.seats.extend(states.sold.iter().map(|seat| (seat.clone(), true)));
        states
    }

    async fn until(&mut self, seat: &str, state: Option<bool>) {
        let began = Instant::now();
        while self.seats.get(seat).copied() != state {
            assert!(began.elapsed() < Duration::from_secs(10), "{seat} never became {state:?}");
            self.next().await;
        }
    }
}

#[tokio::test]
async fn every_change_is_told_at_once_and_in_sequence() {
    let server = servers::Redis::start();
    let pair = pair(gate(vec![server.url()], Mode::Standalone)).await;
    let anna = pair.a.person("anna").await;
    let held = anna.buy(pair.a.buy(&["A1"])).await.unwrap().order_id;
    pair.until_gate_is_right(|arguments| server.cli(arguments)).await;
    let mut watchers = [Watcher::at(&pair.a).await, Watcher::at(&pair.b).await, Watcher::at(&pair.b).await];
    for watcher in &watchers {
        assert_eq!(watcher.seats, BTreeMap::from([("A1".to_owned(), false)]));
    }
    anna.pay(held, "card_ok").await.unwrap();
    let cancelled = anna.buy(pair.a.buy(&["A2", "A3"])).await.unwrap().order_id;
    anna.at(&pair.b).cancel(cancelled).await.unwrap();
    anna.at(&pair.b).refund(held, &[]).await.unwrap();
    anna.buy(pair.a.buy(&["A4"])).await.unwrap();
    pair.a.clock.advance(10 * MINUTE_MS);
    let expected = [
        ("", "A1", ""),
        ("A2,A3", "", ""),
        ("", "", "A2,A3"),
        ("", "", "A1"),
        ("A4", "", ""),
        ("", "", "A4"),
    ];
    for watcher in &mut watchers {
        for (held, sold, freed) in expected {
            let change = watcher.next().await;
            let told = (change.held.join(","), change.sold.join(","), change.freed.join(","));
            assert_eq!((change.snapshot, told), (false, (held.into(), sold.into(), freed.into())));
        }
    }
}

#[tokio::test]
async fn who_watches_is_put_right_after_a_gap() {
    let server = servers::Redis::start();
    let pair = pair(gate(vec![server.url()], Mode::Standalone)).await;
    let anna = pair.a.person("anna").await;
    anna.buy(pair.a.buy(&["A1"])).await.unwrap();
    pair.until_gate_is_right(|arguments| server.cli(arguments)).await;
    let mut watcher = Watcher::at(&pair.b).await;
    // A change that nobody published: found by looking.
    server.cli(&["hset", &pair.gate_key(), "c:A9", "h 7:1:0"]);
    server.cli(&["hincrby", &pair.gate_key(), "#seq", "1"]);
    watcher.until("A9", Some(false)).await;
    assert_eq!(watcher.snapshots, 2);
    // All is lost, and made anew from the database.
    server.cli(&["flushall"]);
    anna.buy(pair.a.buy(&["A2"])).await.unwrap();
    watcher.until("A2", Some(false)).await;
    watcher.until("A9", None).await;
}

#[tokio::test]
async fn who_watches_sees_what_is_sold_while_redis_is_away() {
    let mut server = servers::Redis::start();
    let pair = pair(gate(vec![server.url()], Mode::Standalone)).await;
    let anna = pair.a.person("anna").await;
    anna.buy(pair.a.buy(&["A1"])).await.unwrap();
    let mut watcher = Watcher::at(&pair.b).await;
    server.stop();
    anna.buy(pair.a.buy(&["A2"])).await.unwrap();
    let began = Instant::now();
    watcher.until("A2", Some(false)).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    // One who comes only now.
    let mut late = Watcher::at(&pair.b).await;
    assert_eq!(late.seats, watcher.seats);
    server.restart();
    pair.until_gate_is_right(|arguments| server.cli(arguments)).await;
    anna.buy(pair.a.buy(&["A3"])).await.unwrap();
    for watcher in [&mut watcher, &mut late] {
        watcher.until("A3", Some(false)).await;
        assert_eq!(watcher.seats.len(), 3);
    }
}

#[tokio::test]
async fn nobody_listens_where_nobody_watches() {
    let server = servers::Redis::start();
    let pair = pair(gate(vec![server.url()], Mode::Standalone)).await;
    pair.a.person("anna").await.buy(pair.a.buy(&["A1"])).await.unwrap();
    let channel = format!("marquee:seats:{{{}}}", pair.a.film_sid);
    let listeners = || server.cli(&["pubsub", "numsub", &channel]).lines().nth(1).map(str::to_owned);
    assert_eq!(listeners().unwrap(), "0");
    let watchers = [Watcher::at(&pair.b).await, Watcher::at(&pair.b).await];
    assert_eq!(listeners().unwrap(), "1");
    drop(watchers);
    until("the last has left", || async { listeners().unwrap() == "0" }).await;
}
