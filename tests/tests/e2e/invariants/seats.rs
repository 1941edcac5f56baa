//! Seats: sold once, kept once paid, free again in time, and shown as they are.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tests::wait::now_ms;
use tests::{Dice, Person, ScreeningPlan, Settings, TestCluster, audit, eventually};

/// How soon seats come free after a hold has ended.
const FREE_WITHIN_MS: i64 = 1_000;
const ROUNDS: usize = 12;

/// Somebody who wants seats that others want too, and changes their mind: `bought` counts what all have
/// bought, and each purchase goes on otherwise than the one before.
async fn haggle(person: &Person, film_sid: i64, seats: &[String], mut dice: Dice, bought: &AtomicUsize) {
    for _ in 0..ROUNDS {
        let first = dice.under(seats.len());
        let wanted = [seats[first].as_str(), seats[(first + 1) % seats.len()].as_str()];
        let order = match person.buy(film_sid, &wanted).await {
            Ok(order) => order.order_id,
            Err(refused) => {
                assert_eq!((refused.status, refused.reason.as_str()), (409, "SEATS_TAKEN"), "{refused:?}");
                continue;
            }
        };
        match bought.fetch_add(1, Ordering::Relaxed) % 5 {
            0 => drop(person.cancel(order).await.unwrap()),
            1 => {}
            2 => {
                person.pay(order, "card_ok").await.unwrap();
            }
            3 => {
                person.pay(order, "card_ok").await.unwrap();
                person.refund(order, &wanted[..1]).await.unwrap();
            }
            _ => {
                person.pay(order, "card_ok").await.unwrap();
                person.refund(order, &[]).await.unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_1_a_seat_is_never_sold_twice() {
    let cluster = TestCluster::start(crate::MODE).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(2, 12)).await.film_sid;
    let people = cluster.customers(12).await;
    let hall = cluster.hall(film_sid).await;
    let seats: Vec<String> = hall.seats.iter().map(|seat| seat.seat.clone()).collect();
    let bought = AtomicUsize::new(0);
    let haggling = people
        .iter()
        .zip(1..)
        .map(|(person, seed)| haggle(person, film_sid, &seats, Dice::new(seed), &bought));
    futures_util::future::join_all(haggling).await;
    let orders = audit::screening(&cluster, film_sid, &people).await;
    assert!(orders.iter().any(|order| order.state == "PAID"), "nobody bought anything");
    assert!(orders.iter().any(|order| order.state == "REFUNDED"), "nobody gave anything back");
}

#[tokio::test]
async fn invariant_2_what_was_paid_stays_paid_after_a_kill() {
    let cluster = TestCluster::start(crate::MODE).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(1, 20)).await.film_sid;
    let people = cluster.customers(10).await;
    let seats = |at: usize| [format!("A{}", 2 * at + 1), format!("A{}", 2 * at + 2)];
    let buying = people.iter().enumerate().map(|(at, person)| async move {
        person.buy_and_pay(film_sid, &seats(at).each_ref().map(String::as_str)).await
    });
    let answered = futures_util::future::join_all(buying).await;
    cluster.restart().await;
    for ((at, person), answered) in people.iter().enumerate().zip(&answered) {
        let order = person.order(answered.order_id).await;
        assert_eq!(&order, answered, "everything that was answered is still so, ticket codes included");
        assert_eq!(order.tickets.iter().map(|ticket| ticket.seat.clone()).collect::<Vec<_>>(), seats(at));
        assert!(order.tickets.iter().all(|ticket| ticket.state == "VALID" && !ticket.code.is_empty()));
    }
    assert_eq!(cluster.hall(film_sid).await.in_state("SOLD").len(), 20);
    let refused = people[0].buy(film_sid, &["A20"]).await.unwrap_err();
    assert_eq!(refused.reason, "SEATS_TAKEN");
    audit::screening(&cluster, film_sid, &people).await;
}

#[tokio::test]
async fn invariant_5_a_pending_order_ends_and_its_seats_come_free_in_time() {
    let settings = Settings::default().with("order.hold_ms", 1_500);
    let cluster = TestCluster::start_with(crate::MODE, settings).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(1, 6)).await.film_sid;
    let (first, second) = (cluster.customer().await, cluster.customer().await);
    let order = first.buy(film_sid, &["A1", "A2"]).await.unwrap();
    assert_eq!(cluster.hall(film_sid).await.state("A1"), "HELD");
    let refused = second.buy(film_sid, &["A2"]).await.unwrap_err();
    assert_eq!(refused.reason, "SEATS_TAKEN");
    let taken = eventually(Duration::from_secs(5), "the seat can be bought again", async || {
        second.buy(film_sid, &["A2"]).await.ok()
    })
    .await;
    let late_by = taken.created_at - order.expires_at;
    assert!((0..=FREE_WITHIN_MS).contains(&late_by), "free {late_by} ms after the hold had ended");
    assert_eq!(first.order(order.order_id).await.state, "EXPIRED");
    let refused = first.pay(order.order_id, "card_ok").await.unwrap_err();
    assert_eq!((refused.status, refused.reason.as_str()), (409, "ORDER_EXPIRED"));
    // A hold that ends while the system is down ends at its start.
    let order = first.buy(film_sid, &["A5"]).await.unwrap();
    cluster.kill().await;
    eventually(Duration::from_secs(5), "the hold is over", async || {
        (now_ms() > order.expires_at).then_some(())
    })
    .await;
    cluster.restart().await;
    let patience = Duration::from_millis(FREE_WITHIN_MS.unsigned_abs());
    eventually(patience, "the seat is free after the start", async || {
        (cluster.hall(film_sid).await.state("A5") == "FREE").then_some(())
    })
    .await;
    assert_eq!(first.order(order.order_id).await.state, "EXPIRED");
    audit::screening(&cluster, film_sid, &[first, second]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_7_the_seat_map_is_never_older_than_a_second() {
    let cluster = TestCluster::start(crate::MODE).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(4, 10)).await.film_sid;
    let people = cluster.customers(4).await;
    let second = Duration::from_secs(1);
    let following = ["A", "B", "C", "D"].iter().zip(&people).map(|(row, person)| {
        let cluster = &cluster;
        async move {
            for number in 1..=10 {
                let seat = format!("{row}{number}");
                let order = person.buy(film_sid, &[&seat]).await.unwrap();
                assert_ne!(cluster.hall(film_sid).await.state(&seat), "FREE", "held, and shown as free");
                person.pay(order.order_id, "card_ok").await.unwrap();
                let hall = cluster.hall(film_sid).await;
                assert_ne!(hall.state(&seat), "FREE", "sold, and shown as free to the buyer");
                assert!((now_ms() - hall.as_of).abs() < 1_000, "as of {} ms ago", now_ms() - hall.as_of);
                shown(cluster, film_sid, &seat, "SOLD", second).await;
                if number % 3 == 0 {
                    person.refund(order.order_id, &[]).await.unwrap();
                    shown(cluster, film_sid, &seat, "FREE", second).await;
                }
            }
        }
    });
    futures_util::future::join_all(following).await;
    audit::screening(&cluster, film_sid, &people).await;
}

async fn shown(cluster: &TestCluster, film_sid: i64, seat: &str, state: &str, patience: Duration) {
    let what = format!("{seat} is shown as {state}");
    eventually(patience, &what, async || (cluster.hall(film_sid).await.state(seat) == state).then_some(()))
        .await;
}
