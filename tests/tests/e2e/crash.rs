//! The power fails in the middle of everything, again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tests::buyer::{Buyer, Gone, ROWS, SEATS_A_ROW};
use tests::view::Order;
use tests::{Person, ScreeningPlan, Settings, TestCluster, audit, eventually};

const KILLS: usize = 22;
const BUYERS: usize = 8;
/// What is left open by a kill settles by then: a payment is asked for again 15 seconds after it was begun.
const SETTLED_WITHIN: Duration = Duration::from_secs(40);

async fn buy_until_killed(buyers: &mut [Buyer], film_sid: i64, bought: &AtomicUsize) {
    join_all(buyers.iter_mut().map(|buyer| async {
        loop {
            match buyer.buy(film_sid).await {
                Ok(got) => bought.fetch_add(usize::from(got), Ordering::Relaxed),
                Err(gone) => {
                    let said_nothing = matches!(gone, Gone::Connection(_));
                    return assert!(said_nothing, "it says nothing before it is killed: {gone:?}");
                }
            };
        }
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_answered_is_lost_however_often_the_system_is_killed() {
    let settings = Settings::default()
        .with("order.hold_ms", 2_500)
        .with("order.payment_grace_ms", 1_500)
        .with("order.sandbox.late_after_ms", 800);
    let cluster = TestCluster::start_with(crate::MODE, settings).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(ROWS, SEATS_A_ROW)).await.film_sid;
    let people = cluster.customers(BUYERS).await;
    let mut buyers: Vec<Buyer> =
        people.iter().zip(1..).map(|(person, seed)| Buyer::new(person, seed)).collect();
    for kill in 0..KILLS {
        let bought = AtomicUsize::new(0);
        // Not after a time but after a number of purchases, so that something is always under way.
        let enough = 8 + (kill * 7) % 40;
        let killing = async {
            let what = format!("{enough} purchases before kill {kill}");
            let reached = || (bought.load(Ordering::Relaxed) >= enough).then_some(());
            eventually(Duration::from_secs(30), &what, async || reached()).await;
            cluster.kill().await;
        };
        tokio::join!(buy_until_killed(&mut buyers, film_sid, &bought), killing);
        cluster.restart().await;
        join_all(buyers.iter_mut().map(|buyer| buyer.compare(false))).await;
        no_seat_twice(&people).await;
    }
    let settled = eventually(SETTLED_WITHIN, "everything that was left open is settled", async || {
        let orders = audit::orders_of(film_sid, &people).await;
        orders.iter().all(is_settled).then_some(())
    });
    settled.await;
    let orders = audit::screening(&cluster, film_sid, &people).await;
    join_all(buyers.iter_mut().map(|buyer| buyer.compare(true))).await;
    let known: BTreeSet<i64> = buyers.iter().flat_map(Buyer::orders).collect();
    let stored: BTreeSet<i64> = orders.iter().map(|order| order.order_id).collect();
    assert_eq!(known, stored, "exactly the orders that buyers know of");
    assert!(orders.len() > KILLS * BUYERS, "too little happened: {} orders", orders.len());
    audit::log(&cluster, &[]);
}

/// Nobody gives back some seats only, so an order that is open or paid has all of its seats.
async fn no_seat_twice(people: &[Person]) {
    let listed = join_all(people.iter().map(Person::order_list)).await;
    let mut taken = BTreeMap::new();
    for order in listed.iter().flatten().filter(|order| matches!(order.state.as_str(), "PENDING" | "PAID")) {
        for seat in order.seat_names() {
            let other = taken.insert(seat, order.order_id);
            assert_eq!(other, None, "seat {seat} belongs to order {} too", order.order_id);
        }
    }
}

fn is_settled(order: &Order) -> bool {
    let open = |state: &str| matches!(state, "CREATED" | "PROCESSING");
    let payments = order.payments.iter().any(|payment| open(&payment.state));
    let refunds = order.refunds.iter().any(|refund| open(&refund.state));
    order.state != "PENDING" && !payments && !refunds
}
