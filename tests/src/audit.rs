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
        (seat.state != expected)
            .then(|| format!("{} is {}, but by its orders {claim:?}", seat.seat, seat.state))
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

/// The server's log tells of no panic, no failure of ours, and none of these secrets.
///
/// # Panics
/// With the line that does.
pub fn log(cluster: &TestCluster, secrets: &[&str]) {
    let log = cluster.log();
    for line in log.lines() {
        let failed = line.contains("panicked") || line.contains(" ERROR ");
        assert!(!failed, "{line}");
        let told = secrets.iter().any(|secret| line.contains(secret));
        assert!(!told, "a secret is in the log: {line}");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A paid order of two seats, the second of which was given back for a tenth.
    fn order() -> Order {
        let seat =
            |seat: &str| json!({ "seat": seat, "ticket_type": "ADULT", "category": "S", "price": 500 });
        let ticket = |seat: &str, state: &str, code: &str| json!({ "ticket_id": 1, "seat": seat, "ticket_type": "ADULT", "price": 500, "state": state, "code": code, "used_at": 0 });
        let order = json!({
            "order_id": 1, "film_sid": 1, "user_id": 1, "state": "PARTIALLY_REFUNDED", "amount": 1000,
            "currency": "EUR", "created_at": 1, "expires_at": 2, "paid_at": 1, "cinema_id": 1, "film_id": 1, "starts_at": 3,
            "seats": [seat("A1"), seat("A2")],
            "tickets": [ticket("A1", "VALID", "x"), ticket("A2", "VOID", "")],
            "payments": [{
                "payment_id": 1, "state": "SUCCEEDED", "amount": 1000, "currency": "EUR", "provider": "sandbox",
                "decline_code": "", "created_at": 1,
            }],
            "refunds": [{
                "refund_id": 1, "state": "SUCCEEDED", "seats": ["A2"], "amount": 450, "fee": 50, "currency": "EUR",
                "created_at": 1, "reason": "BUYER",
            }],
        });
        serde_json::from_value(order).unwrap()
    }

    #[test]
    fn an_order_that_adds_up_passes() {
        money(&order());
        let orders = [order(), Order { state: "CANCELLED".to_owned(), ..order() }];
        assert_eq!(claims(&orders).into_keys().collect::<Vec<_>>(), ["A1"]);
    }

    #[test]
    #[should_panic(expected = "money does not add up")]
    fn a_cent_too_few_is_found() {
        let mut order = order();
        order.refunds[0].amount -= 1;
        money(&order);
    }

    #[test]
    #[should_panic(expected = "paid more than once")]
    fn a_second_charge_is_found() {
        let mut order = order();
        order.payments.push(order.payments[0].clone());
        money(&order);
    }

    #[test]
    #[should_panic(expected = "seat A1 belongs to order 1 and to order 2")]
    fn a_seat_that_was_sold_twice_is_found() {
        let _ = claims(&[order(), Order { order_id: 2, ..order() }]);
    }

    #[test]
    fn a_hall_that_shows_something_else_is_found() {
        let seat = |seat: &str, state: &str| json!({ "seat": seat, "kind": "STANDARD", "state": state, "category": "S" });
        let hall = |first: &str, second: &str| -> Hall {
            let seats = [seat("A1", first), seat("A2", second)];
            serde_json::from_value(json!({ "seats": seats, "sequence": 1, "free": 1, "as_of": 1 })).unwrap()
        };
        assert_eq!(difference(&hall("SOLD", "FREE"), &[order()]), None);
        assert!(difference(&hall("HELD", "FREE"), &[order()]).unwrap().starts_with("A1 is HELD"));
        assert!(difference(&hall("SOLD", "SOLD"), &[order()]).unwrap().starts_with("A2 is SOLD"));
    }
}
