//! What must hold of orders, money and seats, whatever happened before.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::view::{Hall, Order};
use crate::{Person, TestCluster, eventually};

/// How old a hall may be.
const FRESHNESS: Duration = Duration::from_secs(2);

/// Money of an order: what was captured is what its tickets are worth, what was given back, and what was kept.
///
/// # Panics
/// Where it does not add up, or state, payments and tickets contradict each other.
pub fn money(order: &Order) {
    let captures: Vec<_> = order.payments.iter().filter(|payment| payment.state == "SUCCEEDED").collect();
    assert!(captures.len() <= 1, "paid more than once: {order:#?}");
    let captured: i64 = captures.iter().map(|payment| payment.amount).sum();
    let refunded: i64 = order.refunds.iter().map(|refund| refund.amount).sum();
    let kept: i64 = order.refunds.iter().map(|refund| refund.fee).sum();
    let worth: i64 = order.live_tickets().map(|ticket| ticket.price).sum();
    assert_eq!(captured - refunded - kept, worth, "money does not add up: {order:#?}");
    assert_eq!(order.amount, order.seats.iter().map(|seat| seat.price).sum::<i64>(), "{order:#?}");
    assert!(captures.iter().all(|payment| payment.amount == order.amount), "{order:#?}");
    let live = order.live_tickets().count();
    match order.state.as_str() {
        "PENDING" | "CANCELLED" => assert!(captured == 0 && order.tickets.is_empty(), "{order:#?}"),
        "EXPIRED" => assert!(captured == refunded && order.tickets.is_empty(), "{order:#?}"),
        "PAID" => assert!(captured > 0 && live == order.seats.len(), "{order:#?}"),
        "PARTIALLY_REFUNDED" => assert!(0 < live && live < order.seats.len(), "{order:#?}"),
        "REFUNDED" => assert!(live == 0 && captured == refunded + kept, "{order:#?}"),
        state => panic!("no state of an order: {state}"),
    }
    if !order.tickets.is_empty() {
        let tickets: Vec<_> = order.tickets.iter().map(|ticket| ticket.seat.as_str()).collect();
        assert_eq!(tickets, order.seat_names(), "tickets name exactly the seats");
    }
    for ticket in &order.tickets {
        assert_eq!(ticket.code.is_empty(), ticket.state == "VOID", "{order:#?}");
    }
}

/// Who claims which seat, each with the state the hall must show.
///
/// # Panics
/// Where two orders claim the same seat.
#[must_use]
pub fn claims<'o>(orders: &'o [Order]) -> BTreeMap<&'o str, (&'static str, i64)> {
    let mut claims: BTreeMap<&'o str, (&'static str, i64)> = BTreeMap::new();
    for order in orders {
        let state = if order.state == "PENDING" { "HELD" } else { "SOLD" };
        for seat in order.claimed() {
            if let Some((_, other)) = claims.insert(seat, (state, order.order_id)) {
                panic!("seat {seat} belongs to order {other} and to order {}", order.order_id);
            }
        }
    }
    claims
}

/// The first seat that the hall shows other than the orders have it.
#[must_use]
pub fn difference(hall: &Hall, orders: &[Order]) -> Option<String> {
    let claims = claims(orders);
    hall.seats.iter().filter(|seat| seat.state != "UNAVAILABLE").find_map(|seat| {
        let claim = claims.get(seat.seat.as_str());
        let expected = claim.map_or("FREE", |(state, _)| *state);
        (seat.state != expected).then(|| format!("{} is {}, but by its orders {claim:?}", seat.seat, seat.state))
    })
}

/// Audits all orders that these people have of a screening, and its hall, and gives the orders back.
///
/// # Panics
/// Where something does not hold.
pub async fn screening(cluster: &TestCluster, film_sid: i64, people: &[Person]) -> Vec<Order> {
    let mut last = None;
    let what = "the hall shows what the orders say";
    let audited = eventually(FRESHNESS, what, async || {
        let orders = orders_of(film_sid, people).await;
        orders.iter().for_each(money);
        let found = difference(&cluster.hall(film_sid).await, &orders);
        if found.is_some() && found == last {
            eprintln!("still: {found:?}");
        }
        last.clone_from(&found);
        found.is_none().then_some(orders)
    });
    audited.await
}

/// All orders that these people have of a screening.
pub async fn orders_of(film_sid: i64, people: &[Person]) -> Vec<Order> {
    let each = people.iter().map(Person::orders);
    let all = futures_util::future::join_all(each).await;
    all.into_iter().flatten().filter(|order| order.film_sid == film_sid).collect()
}
