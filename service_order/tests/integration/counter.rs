//! Selling and giving back at the counter.

use contract::film::CancelScreeningRequest;
use contract::order::{BuyRequest, RefundRequest, order, payment, refund};
use service_order::audit::audit;

use crate::common::{
    Engine, HALL, HOUR_MS, Person, Running, START_MS, on_both_engines, refused, start, until,
};

/// Differences that an audit finds.
async fn differences(running: &Running) -> Vec<String> {
    let found = audit(&running.order_database().await, &running.clock, 10).await.unwrap();
    found.differences.into_iter().map(|(_, what)| what).collect()
}

/// Kind and provider of the rows of the ledger.
async fn ledger(running: &Running) -> Vec<(String, String)> {
    let text = "SELECT kind, provider FROM ledger ORDER BY kind, provider";
    sqlx::query_as(text).fetch_all(running.order_database().await.pool()).await.unwrap()
}

/// What staff did about an order.
async fn staff_acts(running: &Running, order_id: i64) -> Vec<(String, i64, i64)> {
    let text =
        "SELECT action, user_id, reference FROM staff_act WHERE order_id = $1 ORDER BY acted_at, action";
    let database = running.order_database().await;
    sqlx::query_as(text).bind(order_id).fetch_all(database.pool()).await.unwrap()
}

async fn sold_for(running: &Running, clerk: &Person, buyer: &Person, seats: &[&str]) -> i64 {
    let wish = BuyRequest { user_id: buyer.user_id, ..running.buy(seats) };
    clerk.buy(wish).await.unwrap().order_id
}

async fn cash_is_taken_and_given_back_by_staff_only(engine: Engine) {
    let running = start(engine).await;
    let (anna, clerk) = (running.person("anna").await, running.staff("clerk").await);
    let order_id = sold_for(&running, &clerk, &anna, &["A1", "A2"]).await;
    assert_eq!(refused(anna.pay(order_id, "cash").await), "CASH_ONLY_AT_THE_COUNTER");
    assert!(anna.info(order_id).await.unwrap().payments.is_empty());
    running.clock.advance(1);
    let paid = clerk.pay(order_id, "cash").await.unwrap();
    let taken = paid.payment.unwrap();
    assert_eq!((taken.state(), &*taken.provider, taken.amount), (payment::State::Succeeded, "cash", 2400));
    assert_eq!(paid.order.as_ref().unwrap().state(), order::State::Paid);
    assert_eq!(clerk.pay(order_id, "cash").await.unwrap().order, paid.order, "repeated");

    // The money is in the till: who bought fetches it there.
    assert_eq!(refused(anna.refund(order_id, &["A1"]).await), "CASH_ONLY_AT_THE_COUNTER");
    let quote = || RefundRequest { order_id, seats: vec!["A1".into()] };
    let asked = running.orders.clone().quote_refund(anna.request(quote())).await;
    assert_eq!(refused(asked), "CASH_ONLY_AT_THE_COUNTER");
    let asked = running.orders.clone().quote_refund(clerk.request(quote())).await.unwrap().into_inner();
    running.clock.advance(44 * HOUR_MS);
    let clerk = running.sign_in("clerk").await;
    let back = clerk.refund(order_id, &["A1"]).await.unwrap().refund.unwrap();
    assert_eq!((asked.amount, back.amount, back.fee), (1200, 1080, 120));
    assert_eq!(back.state(), refund::State::Succeeded);

    assert_eq!(differences(&running).await, [""; 0]);
    let rows = ledger(&running).await;
    assert_eq!(rows.iter().map(|(kind, _)| &**kind).collect::<Vec<_>>(), ["CAPTURE", "FEE", "REFUND"]);
    assert!(rows.iter().all(|(_, provider)| provider == "cash"), "{rows:?}");
    let expected = [
        ("BUY".to_owned(), clerk.user_id, order_id),
        ("PAY".to_owned(), clerk.user_id, taken.payment_id),
        ("REFUND".to_owned(), clerk.user_id, back.refund_id),
    ];
    assert_eq!(staff_acts(&running, order_id).await, expected);
}

async fn a_ledger_that_looks_for_cash_at_a_provider_is_found(engine: Engine) {
    let running = start(engine).await;
    let (anna, clerk) = (running.person("anna").await, running.staff("clerk").await);
    let in_cash = sold_for(&running, &clerk, &anna, &["A1"]).await;
    let paid = clerk.pay(in_cash, "cash").await.unwrap().payment.unwrap();
    let by_card = anna.buy(running.buy(&["A2"])).await.unwrap().order_id;
    anna.pay(by_card, "card_ok").await.unwrap();
    assert_eq!(differences(&running).await, [""; 0]);
    let database = running.order_database().await;
    let text = "UPDATE ledger SET provider = 'sandbox' WHERE order_id = $1";
    sqlx::query(text).bind(in_cash).execute(database.pool()).await.unwrap();
    let expected =
        format!("CAPTURE {} is of provider \"cash\", the ledger says \"sandbox\"", paid.payment_id);
    assert_eq!(differences(&running).await, [expected]);
    // Rows from before the ledger told are as good as they were.
    let text = "UPDATE ledger SET provider = ''";
    sqlx::query(text).execute(database.pool()).await.unwrap();
    assert_eq!(differences(&running).await, [""; 0]);
}

async fn cash_of_a_cancelled_screening_waits_at_the_counter(engine: Engine) {
    let running = start(engine).await;
    let (anna, clerk) = (running.person("anna").await, running.staff("clerk").await);
    let order_id = sold_for(&running, &clerk, &anna, &["A1"]).await;
    clerk.pay(order_id, "cash").await.unwrap();
    let request = CancelScreeningRequest { film_sid: running.film_sid, reason: "fire alarm".into() };
    running.films.clone().cancel_screening(request).await.unwrap();
    until("the order was refunded", || async {
        let order = anna.info(order_id).await.unwrap();
        order.refunds.iter().any(|refund| refund.state() == refund::State::Succeeded)
    })
    .await;
    let order = anna.info(order_id).await.unwrap();
    assert_eq!((order.state(), &*order.payments[0].provider), (order::State::Refunded, "cash"));
    assert_eq!((order.refunds[0].amount, &*order.refunds[0].reason), (1200, "SCREENING_CANCELLED"));
    assert_eq!(differences(&running).await, [""; 0]);
}

async fn staff_handle_the_orders_of_their_cinemas_only(engine: Engine) {
    let running = start(engine).await;
    let (here, anna) = (running.cinema().await, running.person("anna").await);
    let elsewhere = running.cinema_of(running.screening(HALL, START_MS + HOUR_MS).await).await;
    let ours = running.staff_of("ours", &[here]).await;
    let theirs = running.staff_of("theirs", &[elsewhere]).await;
    let order_id = anna.buy(running.buy(&["A1"])).await.unwrap().order_id;

    let for_anna = BuyRequest { user_id: anna.user_id, ..running.buy(&["A3"]) };
    assert_eq!(refused(theirs.buy(for_anna).await), "NOT_THE_BUYER");
    assert_eq!(refused(theirs.info(order_id).await), "ORDER_NOT_FOUND");
    assert_eq!(refused(theirs.pay(order_id, "card_ok").await), "ORDER_NOT_FOUND");
    assert_eq!(refused(theirs.cancel(order_id).await), "ORDER_NOT_FOUND");
    assert_eq!(refused(theirs.refund(order_id, &[]).await), "ORDER_NOT_FOUND");
    assert_eq!(refused(ours.info(order_id + 1).await), "ORDER_NOT_FOUND");
    assert_eq!(refused(ours.cancel(order_id + 1).await), "ORDER_NOT_FOUND");
    // What they buy for themselves is theirs, as any customer's, and cash is not for customers.
    let own = theirs.buy(running.buy(&["A2"])).await.unwrap().order_id;
    assert_eq!(refused(theirs.pay(own, "cash").await), "CASH_ONLY_AT_THE_COUNTER");
    theirs.pay(own, "card_ok").await.unwrap();
    assert_eq!(staff_acts(&running, own).await, []);

    assert_eq!(ours.info(order_id).await.unwrap().user_id, anna.user_id);
    let paid = ours.pay(order_id, "cash").await.unwrap().payment.unwrap().payment_id;
    running.clock.advance(1);
    let back = ours.refund(order_id, &[]).await.unwrap();
    assert_eq!(back.order.unwrap().state(), order::State::Refunded);
    let given_up = anna.buy(running.buy(&["A4"])).await.unwrap().order_id;
    ours.cancel(given_up).await.unwrap();
    let back = back.refund.unwrap().refund_id;
    let expected = [("PAY".to_owned(), ours.user_id, paid), ("REFUND".to_owned(), ours.user_id, back)];
    assert_eq!(staff_acts(&running, order_id).await, expected);
    assert_eq!(staff_acts(&running, given_up).await, [("CANCEL".to_owned(), ours.user_id, given_up)]);
}

on_both_engines! {
    cash_is_taken_and_given_back_by_staff_only,
    a_ledger_that_looks_for_cash_at_a_provider_is_found,
    cash_of_a_cancelled_screening_waits_at_the_counter,
    staff_handle_the_orders_of_their_cinemas_only,
}
