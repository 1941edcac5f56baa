//! What managers see of sales and of cancelled screenings.

use contract::film::CancelScreeningRequest;
use contract::order::get_sales_report_request::{Basis, GroupBy};
use contract::order::{
    BuyRequest, Cancellation, GetCancellationRequest, GetSalesReportRequest, SalesRow, order,
};
use contract::user::Role;
use tonic::Status;

use crate::common::{
    Engine, HALL, HOUR_MS, MINUTE_MS, Person, Running, START_MS, on_both_engines, refused, start, until,
};

const DAY_MS: i64 = 24 * HOUR_MS;

/// A report of everything.
fn report() -> GetSalesReportRequest {
    GetSalesReportRequest { from: START_MS, to: START_MS + 30 * DAY_MS, ..GetSalesReportRequest::default() }
}

async fn rows(who: &Person, wish: GetSalesReportRequest) -> Result<Vec<SalesRow>, Status> {
    Ok(who.orders.clone().get_sales_report(who.request(wish)).await?.into_inner().rows)
}

async fn paid(running: &Running, buyer: &Person, film_sid: i64, seats: &[&str]) -> i64 {
    let wish = BuyRequest { film_sid, ..running.buy(seats) };
    let order_id = buyer.buy(wish).await.unwrap().order_id;
    buyer.pay(order_id, "card_ok").await.unwrap();
    order_id
}

async fn sales_are_added_up(engine: Engine) {
    let running = start(engine).await;
    let (first, second) = (running.film_sid, running.screening(HALL, START_MS + 30 * HOUR_MS).await);
    let (here, there) = (running.cinema().await, running.cinema_of(second).await);
    running.with_role("admin", Role::Admin, &[]).await;
    running.with_role("manager", Role::Manager, &[here]).await;
    running.person("anna").await;
    let anna = running.sign_in("anna").await;
    let given_back = paid(&running, &anna, first, &["A1", "A2"]).await;
    anna.refund(given_back, &["A1"]).await.unwrap();
    paid(&running, &anna, second, &["B1", "B2"]).await;
    // Not paid, so not sold.
    anna.buy(running.buy(&["A6"])).await.unwrap();
    // On the next day, and late enough for a fee.
    running.clock.advance(25 * HOUR_MS);
    let [admin, manager, anna] = running.sign_in_all(["admin", "manager", "anna"]).await;
    let whole = paid(&running, &anna, first, &["A3"]).await;
    anna.refund(whole, &[]).await.unwrap();

    let sums = |row: &SalesRow| {
        (row.orders, row.seats_sold, row.seats_refunded, row.captured, row.refunded, row.fees)
    };
    let by = |group_by: GroupBy| GetSalesReportRequest { group_by: group_by.into(), ..report() };
    let days = rows(&admin, report()).await.unwrap();
    assert_eq!(days.iter().map(|row| row.day).collect::<Vec<_>>(), [START_MS, START_MS + DAY_MS]);
    assert_eq!(
        days.iter().map(sums).collect::<Vec<_>>(),
        [(2, 4, 1, 5400, 1200, 0), (1, 1, 1, 1200, 1080, 120)]
    );
    assert!(days.iter().all(|row| row.currency == "EUR" && row.film_sid == 0 && row.cinema_id == 0));

    let screenings = rows(&admin, by(GroupBy::Screening)).await.unwrap();
    let expected =
        [(first, here, 48, (2, 3, 2, 3600, 2280, 120)), (second, there, 30, (1, 2, 0, 3000, 0, 0))];
    for (row, (film_sid, cinema_id, hours, expected)) in screenings.iter().zip(expected) {
        assert_eq!((row.film_sid, row.cinema_id, sums(row)), (film_sid, cinema_id, expected));
        assert_eq!(row.starts_at, START_MS + hours * HOUR_MS);
        assert!(row.film_id > 0);
    }
    assert_eq!(screenings.len(), 2);
    let sold: Vec<_> = screenings.iter().map(sums).collect();
    for group_by in [GroupBy::Film, GroupBy::Cinema] {
        let rows = rows(&admin, by(group_by)).await.unwrap();
        assert_eq!(rows.iter().map(sums).collect::<Vec<_>>(), sold, "{group_by:?}");
        assert!(rows.iter().all(|row| row.day == 0 && row.film_sid == 0));
    }

    // Where it is earlier than in UTC, a day begins later.
    let west = GetSalesReportRequest { utc_offset_minutes: -90, ..report() };
    let west = rows(&admin, west).await.unwrap();
    let days: Vec<_> = west.iter().map(|row| (row.day - START_MS, row.orders)).collect();
    assert_eq!(days, [(90 * MINUTE_MS - DAY_MS, 2), (90 * MINUTE_MS, 1)]);
    // Hours begin with those of the clocks there, which may be half an hour off.
    for (offset, expected) in [(0, 0), (330, -30)] {
        let hours = GetSalesReportRequest { utc_offset_minutes: offset, ..by(GroupBy::Hour) };
        let hours = rows(&admin, hours).await.unwrap();
        let hours: Vec<_> = hours.iter().map(|row| (row.day - START_MS, row.orders)).collect();
        assert_eq!(hours, [(expected * MINUTE_MS, 2), (25 * HOUR_MS + expected * MINUTE_MS, 1)]);
    }
    let starts = GetSalesReportRequest { basis: Basis::Start.into(), ..report() };
    let starts = rows(&admin, starts).await.unwrap();
    let of_days: Vec<_> = starts.iter().map(|row| (row.day - START_MS, row.seats_sold)).collect();
    assert_eq!(of_days, [(DAY_MS, 2), (2 * DAY_MS, 3)]);

    for (wish, expected) in [
        (GetSalesReportRequest { to: START_MS + DAY_MS, ..report() }, 2),
        (GetSalesReportRequest { from: START_MS + DAY_MS, ..report() }, 1),
        (GetSalesReportRequest { film_sid: second, ..report() }, 1),
        (GetSalesReportRequest { film_ids: vec![screenings[0].film_id], ..report() }, 2),
        (GetSalesReportRequest { film_ids: vec![987_654], ..report() }, 0),
        (GetSalesReportRequest { cinema_ids: vec![there], ..report() }, 1),
    ] {
        let orders: i64 = rows(&admin, wish.clone()).await.unwrap().iter().map(|row| row.orders).sum();
        assert_eq!(orders, expected, "{wish:?}");
    }

    let ours = rows(&manager, by(GroupBy::Cinema)).await.unwrap();
    assert_eq!(ours.iter().map(|row| row.cinema_id).collect::<Vec<_>>(), [here]);
    let theirs = GetSalesReportRequest { cinema_ids: vec![there], ..report() };
    assert_eq!(refused(rows(&manager, theirs).await), "NOT_YOUR_CINEMA");
    for to in [START_MS, START_MS - 1, START_MS + 400 * DAY_MS + 1] {
        assert_eq!(refused(rows(&admin, GetSalesReportRequest { to, ..report() }).await), "FIELD_INVALID");
    }
    assert_eq!(refused(rows(&anna, report()).await), "ROLE_MISSING");
}

async fn cancellation(who: &Person, film_sid: i64) -> Result<Cancellation, Status> {
    let request = who.request(GetCancellationRequest { film_sid });
    Ok(who.orders.clone().get_cancellation(request).await?.into_inner())
}

async fn the_end_of_a_cancelled_screening_can_be_followed(engine: Engine) {
    let running = start(engine).await;
    let (here, anna) = (running.cinema().await, running.person("anna").await);
    let manager = running.with_role("manager", Role::Manager, &[here]).await;
    let stranger = running.with_role("stranger", Role::Manager, &[]).await;
    let good = paid(&running, &anna, running.film_sid, &["A1", "A2"]).await;
    anna.refund(good, &["A2"]).await.unwrap();
    let bad = BuyRequest { film_sid: running.film_sid, ..running.buy(&["A3"]) };
    let bad = anna.buy(bad).await.unwrap().order_id;
    anna.pay(bad, "card_refund_fails").await.unwrap();
    let gone = paid(&running, &anna, running.film_sid, &["A4"]).await;
    anna.refund(gone, &[]).await.unwrap();
    anna.buy(running.buy(&["A5"])).await.unwrap();

    assert_eq!(refused(cancellation(&manager, running.film_sid).await), "SCREENING_NOT_CANCELLED");
    assert_eq!(refused(cancellation(&stranger, running.film_sid).await), "NOT_YOUR_CINEMA");
    assert_eq!(refused(cancellation(&manager, 987_654).await), "SCREENING_NOT_FOUND");
    assert_eq!(refused(cancellation(&anna, running.film_sid).await), "ROLE_MISSING");
    let at = running.clock.now_ms();
    let request = CancelScreeningRequest { film_sid: running.film_sid, reason: "fire alarm".into() };
    running.films.clone().cancel_screening(request).await.unwrap();
    until("every order was ended", || async {
        let progress = cancellation(&manager, running.film_sid).await.unwrap();
        // Unpaid ones are waiting too until they are ended.
        assert!((2..=3).contains(&progress.orders), "{progress:?}");
        progress.refunded + progress.failed == 2 && progress.waiting == 0
    })
    .await;
    let progress = cancellation(&manager, running.film_sid).await.unwrap();
    let expected = Cancellation {
        film_sid: running.film_sid,
        cancelled_at: at,
        finished: false,
        orders: 2,
        refunded: 1,
        failed: 1,
        refunded_amount: 1200,
        failed_amount: 1200,
        currency: "EUR".into(),
        ..Cancellation::default()
    };
    assert_eq!(progress, expected);
    assert_eq!(anna.info(good).await.unwrap().state(), order::State::Refunded);
    running.clock.advance(61_000);
    until("nothing can come any more", || async {
        cancellation(&manager, running.film_sid).await.unwrap().finished
    })
    .await;
}

on_both_engines! {
    sales_are_added_up,
    the_end_of_a_cancelled_screening_can_be_followed,
}
