//! The database fails over in the middle of a sale: nothing that was answered is lost, and the sale goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::common::{HOUR_MS, Person, Running, START_MS, databases_at, reason, start_process};
use contract::order::order::State;
use futures_util::future::join_all;
use micro::Clock;
use servers::Postgres;
use service_order::Config;
use service_order::audit::audit;

const BUYERS: usize = 8;
/// Seats of a buyer, all in one row.
const SEATS: usize = 150;
/// How long buying may stop.
const PAUSE: Duration = Duration::from_secs(10);
/// Orders answered before and after the fail-over.
const ENOUGH: usize = 40;

/// What was answered, and when it is over.
#[derive(Default)]
struct Sale {
    answered: AtomicUsize,
    over: AtomicBool,
}

/// Buys seat after seat of a row and pays; gives the orders of which the payment was answered, and the others.
async fn shop(running: &Running, person: Person, row: char, sale: Arc<Sale>) -> [Vec<i64>; 2] {
    let (mut paid, mut bought) = (Vec::new(), Vec::new());
    let failed = |status: &tonic::Status| {
        assert_eq!(status.code(), tonic::Code::Unavailable, "{}: {status:?}", reason(status));
    };
    for number in 1..=SEATS {
        if sale.over.load(Ordering::Relaxed) {
            break;
        }
        let order = match person.buy(running.buy(&[&format!("{row}{number}")])).await {
            Ok(order) => order.order_id,
            Err(status) => {
                failed(&status);
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        match person.pay(order, "card_ok").await {
            Ok(_) => {
                paid.push(order);
                sale.answered.fetch_add(1, Ordering::Relaxed);
            }
            Err(status) => {
                failed(&status);
                bought.push(order);
            }
        }
    }
    [paid, bought]
}

/// Waits until so many more were answered; says how long that took.
async fn until_answered(sale: &Sale, more: usize, patience: Duration) -> Duration {
    let (began, before) = (Instant::now(), sale.answered.load(Ordering::Relaxed));
    while sale.answered.load(Ordering::Relaxed) < before + more {
        assert!(began.elapsed() < patience, "{} answered", sale.answered.load(Ordering::Relaxed) - before);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    began.elapsed()
}

async fn a_sale_survives(fail: fn(&mut Postgres)) {
    let mut first = Postgres::start();
    for service in ["user", "film", "order"] {
        first.sql(&format!("CREATE DATABASE {service}s"));
    }
    let second = first.replica();
    let url = |service: &str| {
        let (one, other) = (first.port(), second.port());
        format!(
            "postgres://marquee@127.0.0.1:{one},127.0.0.1:{other}/{service}s?target_session_attrs=read-write"
        )
    };
    let config = Config { max_open_orders: 0, ..Config::default() };
    let mut running = start_process(&databases_at(url), Clock::simulated(START_MS), &config).await;
    let rows: Vec<char> = ('A'..).take(BUYERS).collect();
    let hall: Vec<String> = rows.iter().map(|row| format!("{row}: {}", "s".repeat(SEATS))).collect();
    let hall = format!("@category s Standard\n{}\n", hall.join("\n"));
    running.film_sid = running.screening(&hall, START_MS + 48 * HOUR_MS).await;
    let mut buyers = Vec::new();
    for row in &rows {
        buyers.push((running.person(&format!("buyer{row}")).await, *row));
    }
    let sale = Arc::new(Sale::default());
    let shopping =
        join_all(buyers.iter().map(|(person, row)| shop(&running, person.clone(), *row, sale.clone())));
    let failing = async {
        until_answered(&sale, ENOUGH, PAUSE).await;
        // Where it waits, the sale goes on beside it.
        let second = tokio::task::spawn_blocking(move || {
            fail(&mut first);
            second.promote();
            (first, second)
        });
        let servers = second.await.unwrap();
        let pause = until_answered(&sale, 1, PAUSE).await;
        println!("the first answer came {pause:?} after the promotion");
        until_answered(&sale, ENOUGH, PAUSE).await;
        sale.over.store(true, Ordering::Relaxed);
        servers
    };
    let (shopped, _servers) = tokio::join!(shopping, failing);
    assert!(sale.over.load(Ordering::Relaxed));
    let mut orders = 0;
    for ((person, _), [paid, bought]) in buyers.iter().zip(shopped) {
        for order in &paid {
            assert_eq!(person.info(*order).await.unwrap().state(), State::Paid, "order {order}");
        }
        for order in &bought {
            person.info(*order).await.unwrap();
        }
        orders += paid.len() + bought.len();
    }
    let found = audit(&running.order_database().await, &running.clock, 100).await.unwrap();
    assert_eq!(found.differences, []);
    assert!(found.orders >= orders as u64, "{} of {orders}", found.orders);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_survives_the_end_of_the_server() {
    a_sale_survives(Postgres::crash).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_survives_a_server_that_hangs() {
    a_sale_survives(Postgres::freeze).await;
}
