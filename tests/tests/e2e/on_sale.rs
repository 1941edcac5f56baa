//! The rush: many more buyers than seats, all at once.

use futures_util::future::join_all;
use tests::{Dice, Person, ScreeningPlan, TestCluster, audit};

const BUYERS: usize = 500;
const SEATS: usize = 60;
const PRICE: i64 = 1_200;

/// Takes any seat that is free, and pays. Says which order, or nothing once all are gone.
async fn rush(cluster: &TestCluster, person: &Person, film_sid: i64, mut dice: Dice) -> Option<i64> {
    loop {
        let hall = cluster.hall(film_sid).await;
        let free = hall.in_state("FREE");
        if free.is_empty() {
            return None;
        }
        let seat = *dice.one_of(&free);
        match person.buy(film_sid, &[seat]).await {
            Ok(order) => {
                let paid = person.pay(order.order_id, "card_ok").await.unwrap();
                assert_eq!(paid.order.seat_names(), [seat]);
                return Some(order.order_id);
            }
            Err(refused) => {
                assert_eq!((refused.status, refused.reason.as_str()), (409, "SEATS_TAKEN"), "{refused:?}");
                assert_eq!(refused.metadata["seats"], seat);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_500_buyers_exactly_60_get_a_seat() {
    let cluster = TestCluster::start(crate::MODE).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(6, 10)).await.film_sid;
    let people = cluster.customers(BUYERS).await;
    let rushing =
        people.iter().zip(1..).map(|(person, seed)| rush(&cluster, person, film_sid, Dice::new(seed)));
    let bought: Vec<i64> = join_all(rushing).await.into_iter().flatten().collect();
    assert_eq!(bought.len(), SEATS);
    // Too late for everybody else, whichever seat they ask for.
    let refused = people[0].buy(film_sid, &["A1"]).await.unwrap_err();
    assert_eq!((refused.status, refused.reason.as_str()), (409, "SEATS_TAKEN"));
    let orders = audit::screening(&cluster, film_sid, &people).await;
    assert_eq!(orders.len(), SEATS, "nobody has an order that was not answered");
    let money: i64 = orders.iter().flat_map(|order| &order.payments).map(|payment| payment.amount).sum();
    assert_eq!(money, PRICE * i64::try_from(SEATS).unwrap());
    assert_eq!(cluster.hall(film_sid).await.in_state("SOLD").len(), SEATS);
    audit::log(&cluster, &[]);
}
