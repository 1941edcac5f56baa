//! Buying, paying and cancelling.

use std::collections::HashMap;

use crate::common::{Engine, HALL, MINUTE_MS, on_both_engines, refused, start, start_with, until};
use contract::film::{SeatState, TicketType};
use contract::order::{BuyRequest, ListMineRequest, PayRequest, order, payment, ticket};
use micro::Problem;
use service_order::Config;

async fn seats_are_held_paid_and_become_tickets(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let types = HashMap::from([("A2".to_owned(), i32::from(TicketType::Child))]);
    let order = anna.buy(BuyRequest { ticket_types: types, ..running.buy(&["A1", "A2"]) }).await.unwrap();
    assert_eq!((order.state(), order.amount, &*order.currency), (order::State::Pending, 2000, "EUR"));
    assert_eq!(order.expires_at - order.created_at, i64::from(Config::default().hold_ms));
    assert_eq!(running.seat("A1").await, SeatState::Held);

    let paid = anna.pay(order.order_id, "card_ok").await.unwrap();
    assert_eq!(paid.payment.unwrap().state(), payment::State::Succeeded);
    let paid = paid.order.unwrap();
    assert_eq!(paid.state(), order::State::Paid);
    let tickets: Vec<_> = paid.tickets.iter().map(|t| (t.seat.as_str(), t.price, t.state())).collect();
    assert_eq!(tickets, [("A1", 1200, ticket::State::Valid), ("A2", 800, ticket::State::Valid)]);
    assert_eq!(running.seat("A1").await, SeatState::Sold);
    assert_eq!(anna.info(order.order_id).await.unwrap(), paid);
    // Once more is as good as once.
    assert_eq!(anna.pay(order.order_id, "card_ok").await.unwrap().order, Some(paid));
}

async fn tickets_verify_offline_with_the_published_keys(engine: Engine) {
    use base64::Engine;
    use service_order::ticket_code::{TicketKeys, verify};
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let order = anna.buy(running.buy(&["A1"])).await.unwrap();
    let paid = anna.pay(order.order_id, "card_ok").await.unwrap().order.unwrap();
    let mut keys = TicketKeys::default();
    let published = running.orders.clone().get_ticket_keys(contract::order::GetTicketKeysRequest {}).await;
    for key in published.unwrap().into_inner().keys {
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(key.public_key).unwrap();
        keys.add(u16::try_from(key.key_id).unwrap(), &bytes.try_into().unwrap()).unwrap();
    }
    let ticket = &paid.tickets[0];
    let claim = verify(&ticket.code, &keys).unwrap();
    assert_eq!((claim.ticket_id, claim.film_sid, &*claim.seat), (ticket.ticket_id, running.film_sid, "A1"));
}

async fn all_seats_or_none_and_the_taken_ones_are_named(engine: Engine) {
    let running = start(engine).await;
    let (anna, ben) = (running.person("anna").await, running.person("ben").await);
    anna.buy(running.buy(&["A1", "A2"])).await.unwrap();
    let taken = Problem::from_status(&ben.buy(running.buy(&["A2", "A3"])).await.unwrap_err());
    assert_eq!((taken.code(), taken.reason()), (tonic::Code::Aborted, "SEATS_TAKEN"));
    assert_eq!(taken.metadata(), [("seats".to_owned(), "A2".to_owned())]);
    ben.buy(running.buy(&["A3"])).await.unwrap();
}

async fn what_cannot_be_sold_is_refused_with_its_reason(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let many: Vec<String> = (0..21).map(|n| format!("A{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (seats, expected) in [
        (&["Z9"][..], "SEAT_UNKNOWN"),
        (&["A1", "A1"], "SEAT_REPEATED"),
        (&["B1"], "COUPLE_SEAT_SPLIT"),
        (&[], "FIELD_INVALID"),
        (&many, "FIELD_INVALID"),
    ] {
        assert_eq!(refused(anna.buy(running.buy(seats)).await), expected, "{seats:?}");
    }
    let elsewhere = BuyRequest { film_sid: 999_999, ..running.buy(&["A1"]) };
    assert_eq!(refused(anna.buy(elsewhere).await), "SCREENING_NOT_FOUND");
    let blocked = running.seat("C3").await;
    assert_eq!(blocked, SeatState::Unavailable);
    assert!(anna.buy(running.buy(&["C3"])).await.is_err());
    running.clock.advance(50 * crate::common::HOUR_MS);
    let anna = running.sign_in("anna").await;
    assert_eq!(refused(anna.buy(running.buy(&["A1"])).await), "SALES_CLOSED");
}

async fn orders_of_others_do_not_exist(engine: Engine) {
    let running = start(engine).await;
    let (anna, ben) = (running.person("anna").await, running.person("ben").await);
    let order_id = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    assert_eq!(refused(ben.info(order_id).await), "ORDER_NOT_FOUND");
    assert_eq!(refused(ben.pay(order_id, "card_ok").await), "ORDER_NOT_FOUND");
    assert_eq!(refused(ben.cancel(order_id).await), "ORDER_NOT_FOUND");
    assert_eq!(refused(ben.refund(order_id, &[]).await), "ORDER_NOT_FOUND");
    assert_eq!(refused(ben.pay(order_id + 1, "card_ok").await), "ORDER_NOT_FOUND");
    let for_anna = BuyRequest { user_id: anna.user_id, ..running.buy(&["A2"]) };
    assert_eq!(refused(ben.buy(for_anna.clone()).await), "NOT_THE_BUYER");
    let clerk = running.staff("clerk").await;
    assert_eq!(clerk.buy(for_anna).await.unwrap().user_id, anna.user_id);
    let for_nobody = BuyRequest { user_id: 9_999_999, ..running.buy(&["A3"]) };
    assert_eq!(refused(clerk.buy(for_nobody).await), "USER_NOT_FOUND");
    assert_eq!(running.seat("A3").await, SeatState::Free);
    assert_eq!(refused(running.orders.clone().buy(running.buy(&["A4"])).await), "TOKEN_MISSING");
}

async fn a_key_makes_repeating_harmless(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let buy = |seats: &[&str]| anna.keyed("k1", running.buy(seats));
    let first = running.orders.clone().buy(buy(&["A1"])).await.unwrap().into_inner();
    let again = running.orders.clone().buy(buy(&["A1"])).await.unwrap().into_inner();
    assert_eq!(first, again);
    assert_eq!(refused(running.orders.clone().buy(buy(&["A2"])).await), "IDEMPOTENCY_KEY_REUSED");

    let pay = |card: &str| {
        let request = PayRequest { order_id: first.order_id, payment_method: card.into() };
        anna.keyed("k2", request)
    };
    assert_eq!(refused(running.orders.clone().pay(pay("card_declined")).await), "PAYMENT_DECLINED");
    anna.pay(first.order_id, "card_ok").await.unwrap();
    assert_eq!(refused(running.orders.clone().pay(pay("card_declined")).await), "PAYMENT_DECLINED");
    assert_eq!(refused(running.orders.clone().pay(pay("card_ok")).await), "IDEMPOTENCY_KEY_REUSED");
    // The first answer, even when the order has moved on.
    assert_eq!(running.orders.clone().buy(buy(&["A1"])).await.unwrap().into_inner(), first);
}

async fn fifty_at_once_with_one_key_are_one_purchase(engine: Engine) {
    let running = start(engine).await;
    let anna = running.person("anna").await;
    let calls = (0..50).map(|_| {
        let (mut orders, request) = (running.orders.clone(), anna.keyed("once", running.buy(&["A1", "A2"])));
        async move { orders.buy(request).await.unwrap().into_inner().order_id }
    });
    let ids = futures_util::future::join_all(calls).await;
    assert!(ids.iter().all(|id| *id == ids[0]));
}

async fn a_cancelled_order_frees_its_seats_and_stays_cancelled(engine: Engine) {
    let running = start(engine).await;
    let (anna, ben) = (running.person("anna").await, running.person("ben").await);
    let order_id = anna.buy(running.buy(&["B1", "B2"])).await.unwrap().order_id;
    assert_eq!(anna.cancel(order_id).await.unwrap().state(), order::State::Cancelled);
    assert_eq!(anna.cancel(order_id).await.unwrap().state(), order::State::Cancelled);
    assert_eq!(refused(anna.pay(order_id, "card_ok").await), "ORDER_CANCELLED");
    let bens = ben.buy(running.buy(&["B1", "B2"])).await.unwrap().order_id;
    ben.pay(bens, "card_ok").await.unwrap();
    assert_eq!(refused(ben.cancel(bens).await), "ORDER_PAID");
}

async fn unpaid_orders_are_limited_but_not_for_staff(engine: Engine) {
    let config = Config { max_open_orders: 2, ..Config::default() };
    let running = start_with(engine, &config).await;
    let (anna, clerk) = (running.person("anna").await, running.staff("clerk").await);
    let first = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    anna.buy(running.buy(&["A2"])).await.unwrap();
    assert_eq!(refused(anna.buy(running.buy(&["A3"])).await), "TOO_MANY_HOLDS");
    anna.cancel(first).await.unwrap();
    anna.buy(running.buy(&["A3"])).await.unwrap();
    for seat in ["A4", "A5", "A6"] {
        clerk.buy(running.buy(&[seat])).await.unwrap();
    }
}

async fn an_old_unpaid_order_counts_however_many_came_after_it(engine: Engine) {
    let config = Config { max_open_orders: 2, ..Config::default() };
    let running = start_with(engine, &config).await;
    let anna = running.person("anna").await;
    anna.buy(running.buy(&["A1"])).await.unwrap();
    for _ in 0..101 {
        running.clock.advance(1);
        let order_id = anna.buy(running.buy(&["A2"])).await.unwrap().order_id;
        anna.cancel(order_id).await.unwrap();
    }
    anna.buy(running.buy(&["A2"])).await.unwrap();
    assert_eq!(refused(anna.buy(running.buy(&["A3"])).await), "TOO_MANY_HOLDS");
}

async fn a_list_is_whole_page_by_page(engine: Engine) {
    let running = start_with(engine, &Config { max_open_orders: 0, ..Config::default() }).await;
    let anna = running.person("anna").await;
    let mut bought = Vec::new();
    for seat in ["A1", "A2", "A3", "A4", "A5"] {
        bought.push(anna.buy(running.buy(&[seat])).await.unwrap().order_id);
    }
    bought.reverse();
    let (mut listed, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = anna.request(ListMineRequest { page_size: 2, page_token });
        let page = running.orders.clone().list_mine(request).await.unwrap().into_inner();
        listed.extend(page.orders.iter().map(|order| order.order_id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, bought);
    let wrong = anna.request(ListMineRequest { page_size: 2, page_token: "zzz".into() });
    assert_eq!(refused(running.orders.clone().list_mine(wrong).await), "PAGE_TOKEN_INVALID");
}

async fn a_hold_ends_and_its_seats_come_free(engine: Engine) {
    let running = start(engine).await;
    let (anna, ben) = (running.person("anna").await, running.person("ben").await);
    let order_id = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;
    running.clock.advance(10 * MINUTE_MS);
    until("the order expired", || async {
        anna.info(order_id).await.unwrap().state() == order::State::Expired
    })
    .await;
    assert_eq!(running.seat("A1").await, SeatState::Free);
    assert_eq!(refused(anna.pay(order_id, "card_ok").await), "ORDER_EXPIRED");
    ben.buy(running.buy(&["A1"])).await.unwrap();
}

async fn a_hundred_buyers_share_a_hall_without_overlap(engine: Engine) {
    let mut running = start(engine).await;
    running.film_sid = running.screening(HALL, crate::common::START_MS + 30 * crate::common::HOUR_MS).await;
    let person = running.person("crowd").await;
    let clerk = running.staff("till").await;
    let seats = ["A1", "A2", "A3", "A4", "A5", "A6", "B5", "B6"];
    let tries = (0..100).map(|n| {
        let buyer = if n % 2 == 0 { &clerk } else { &person };
        buyer.buy(running.buy(&[seats[n % 8], seats[(n + 1) % 8]]))
    });
    let outcomes = futures_util::future::join_all(tries).await;
    let mut held: Vec<String> = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(order) => held.extend(order.seats.into_iter().map(|seat| seat.seat)),
            Err(status) => {
                assert!(["SEATS_TAKEN", "TOO_MANY_HOLDS"].contains(&&*crate::common::reason(&status)));
            }
        }
    }
    let mut distinct = held.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), held.len());
    assert!(!held.is_empty());
}

on_both_engines! {
    seats_are_held_paid_and_become_tickets,
    tickets_verify_offline_with_the_published_keys,
    all_seats_or_none_and_the_taken_ones_are_named,
    what_cannot_be_sold_is_refused_with_its_reason,
    orders_of_others_do_not_exist,
    a_key_makes_repeating_harmless,
    fifty_at_once_with_one_key_are_one_purchase,
    a_cancelled_order_frees_its_seats_and_stays_cancelled,
    unpaid_orders_are_limited_but_not_for_staff,
    an_old_unpaid_order_counts_however_many_came_after_it,
    a_list_is_whole_page_by_page,
    a_hold_ends_and_its_seats_come_free,
    a_hundred_buyers_share_a_hall_without_overlap,
}
