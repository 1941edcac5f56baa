//! Watching a hall: a snapshot, then every change, in order.

use std::collections::BTreeMap;
use std::time::Duration;

use contract::film::{HallChange, SeatState, WatchHallRequest};
use serde::Deserialize;
use tests::events::Events;
use tests::{ScreeningPlan, TestCluster};

const PATIENCE: Duration = Duration::from_secs(5);

/// One message, as either way brings it.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    sequence: i64,
    snapshot: bool,
    seats: Vec<Seat>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seat {
    seat: String,
    state: String,
}

impl From<HallChange> for Change {
    fn from(change: HallChange) -> Self {
        let state = |state: i32| SeatState::try_from(state).unwrap().as_str_name().to_owned();
        let seats = change.seats.into_iter().map(|seat| Seat { state: state(seat.state), seat: seat.seat });
        Self { sequence: change.sequence, snapshot: change.snapshot, seats: seats.collect() }
    }
}

/// The hall as somebody who only watches knows it.
#[derive(Default)]
struct Watched {
    sequence: i64,
    seats: BTreeMap<String, String>,
}

impl Watched {
    fn take(&mut self, change: Change) {
        if change.snapshot {
            self.seats.clear();
        } else {
            assert_eq!(change.sequence, self.sequence + 1, "each number is one more than the last");
        }
        self.sequence = change.sequence;
        for Seat { seat, state } in change.seats {
            if state == "FREE" {
                self.seats.remove(&seat);
            } else {
                self.seats.insert(seat, state);
            }
        }
    }

    fn state(&self, seat: &str) -> &str {
        self.seats.get(seat).map_or("FREE", String::as_str)
    }
}

/// Buys, pays, gives up and gives back, as others do while somebody watches.
async fn others_at_work(cluster: &TestCluster, film_sid: i64) {
    let people = cluster.customers(3).await;
    let order = people[0].buy(film_sid, &["A2", "A3"]).await.unwrap();
    people[0].pay(order.order_id, "card_ok").await.unwrap();
    let given_up = people[1].buy(film_sid, &["A5"]).await.unwrap();
    people[1].cancel(given_up.order_id).await.unwrap();
    people[0].refund(order.order_id, &["A2"]).await.unwrap();
    people[2].buy(film_sid, &["A6"]).await.unwrap();
}

fn is_complete(watched: &Watched) -> bool {
    let expected = [("A1", "SOLD"), ("A2", "FREE"), ("A3", "SOLD"), ("A5", "FREE"), ("A6", "HELD")];
    expected.iter().all(|(seat, state)| watched.state(seat) == *state)
}

async fn watched_hall(cluster: &TestCluster) -> i64 {
    let film_sid = cluster.screening(&ScreeningPlan::rows(1, 8)).await.film_sid;
    cluster.customer().await.buy_and_pay(film_sid, &["A1"]).await;
    film_sid
}

#[tokio::test]
async fn a_browser_sees_every_change() {
    let cluster = TestCluster::start(crate::MODE).await;
    let film_sid = watched_hall(&cluster).await;
    let mut events = Events::open(cluster.client(), &format!("/v1/screenings/{film_sid}/seats/watch")).await;
    let mut watched = Watched::default();
    let first: Change = serde_json::from_str(&events.next().await.unwrap().data).unwrap();
    assert!(first.snapshot);
    assert_eq!(first.seats, [Seat { seat: "A1".to_owned(), state: "SOLD".to_owned() }]);
    watched.take(first);
    others_at_work(&cluster, film_sid).await;
    while !is_complete(&watched) {
        let event = events.next().await.expect("the stream goes on");
        let change: Change = serde_json::from_str(&event.data).unwrap();
        assert_eq!(event.id, change.sequence.to_string());
        watched.take(change);
    }
    // Each process counts for itself; a stream stays with one.
    if cluster.mode() == tests::Mode::Embedded {
        let hall = cluster.hall(film_sid).await;
        assert_eq!(hall.sequence, watched.sequence, "the hall names the change it contains");
    }
    // Who stops watching costs nothing; when the system stops, the stream ends.
    assert!(cluster.stop().await, "the server stops well while somebody watches");
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_grpc_client_sees_every_change() {
    let cluster = TestCluster::start(crate::MODE).await;
    let film_sid = watched_hall(&cluster).await;
    let mut stream = cluster.films().watch_hall(WatchHallRequest { film_sid }).await.unwrap().into_inner();
    let mut watched = Watched::default();
    let mut next = async || -> Change {
        let message = tokio::time::timeout(PATIENCE, stream.message()).await.expect("a change in time");
        message.unwrap().expect("the stream goes on").into()
    };
    let first = next().await;
    assert!(first.snapshot);
    watched.take(first);
    others_at_work(&cluster, film_sid).await;
    while !is_complete(&watched) {
        watched.take(next().await);
    }
    // A screening there is not cannot be watched.
    let status = cluster.films().watch_hall(WatchHallRequest { film_sid: 999_999_999 }).await.unwrap_err();
    assert_eq!(tests::grpc::reason(&status), "SCREENING_NOT_FOUND");
}
