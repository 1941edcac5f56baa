//! A sale that goes on while something breaks, again and again.
//!
//! Of every fault it is asked: answers go on, or say clearly that they cannot be
//! given; everything is right again within ten seconds, without a hand; the
//! checker that operators have finds nothing; and in the end every order is what
//! its buyer was told.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use parking_lot::Mutex;
use tests::buyer::{Buyer, Gone, ROWS, SEATS_A_ROW};
use tests::view::Order;
use tests::{Engines, Person, ScreeningPlan, Settings, TestCluster, audit, eventually};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

const BUYERS: usize = 8;
/// Halls enough that they are not sold out before the end.
const SCREENINGS: usize = 12;
/// Purchases before something breaks, so that it breaks in the middle of others.
const BETWEEN: usize = 12;
/// Everything is right again by then.
const WELL_WITHIN: Duration = Duration::from_secs(10);
/// So long nobody may be turned away before everything counts as right again.
const QUIET: Duration = Duration::from_secs(1);
/// Pause of a buyer between two purchases: every order is looked at in the end.
const LEISURE: Duration = Duration::from_millis(350);
/// Pause of a buyer who was turned away.
const PAUSE: Duration = Duration::from_millis(50);
/// What is left open settles by then: a payment is asked for again 15 seconds after it was begun.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);
/// What the system may say while something is broken.
const EXCUSES: [&str; 6] = [
    "SERVICE_UNAVAILABLE",
    "STORAGE_FAILED",
    "OUTCOME_UNKNOWN",
    "ANSWER_LOST",
    "DEADLINE_EXCEEDED",
    "OVERLOADED",
];

/// A sale.
pub struct Sale {
    pub cluster: TestCluster,
    film_sids: Vec<i64>,
    people: Vec<Person>,
    book: Arc<Book>,
    selling: Vec<JoinHandle<Buyer>>,
    /// How long it took at most until everything was right again.
    longest: Duration,
}

/// What all buyers together have seen.
struct Book {
    bought: AtomicUsize,
    closed: AtomicBool,
    turned_away: Mutex<Option<(Instant, Gone)>>,
}

impl Sale {
    /// Opens a sale on a system of these servers.
    pub async fn open(engines: fn() -> Engines) -> Self {
        let engines = tokio::task::spawn_blocking(engines).await.unwrap();
        let settings = Settings::default()
            .with("order.hold_ms", 2_500)
            .with("order.payment_grace_ms", 1_500)
            .with("order.sandbox.late_after_ms", 800);
        let cluster = TestCluster::start_on(engines, settings).await;
        let mut film_sids = Vec::new();
        for _ in 0..SCREENINGS {
            film_sids.push(cluster.screening(&ScreeningPlan::rows(ROWS, SEATS_A_ROW)).await.film_sid);
        }
        let people = cluster.customers(BUYERS).await;
        let book = Arc::new(Book {
            bought: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            turned_away: Mutex::default(),
        });
        let sell =
            |(person, seed)| tokio::spawn(sell(Buyer::new(person, seed), film_sids.clone(), book.clone()));
        let selling = people.iter().zip(1..).map(sell).collect();
        Self { cluster, film_sids, people, book, selling, longest: Duration::ZERO }
    }

    /// Breaks something so many times; each time everything must come right by itself.
    pub async fn break_it(
        &mut self,
        what: &str,
        times: usize,
        mut fault: impl AsyncFnMut(&TestCluster, usize),
    ) {
        for time in 0..times {
            self.some_purchases(what).await;
            fault(&self.cluster, time).await;
            self.comes_right(&format!("{what}, time {}", time + 1)).await;
            self.check(what).await;
        }
        println!("{what}, {times} times: right again within {:?}", self.longest);
    }

    /// Does something that nobody may notice.
    pub async fn goes_on_while(&mut self, what: &str, work: impl AsyncFnOnce(&TestCluster)) {
        self.some_purchases(what).await;
        let began = Instant::now();
        work(&self.cluster).await;
        self.some_purchases(what).await;
        let turned_away = self.book.turned_away.lock().clone().filter(|(at, _)| *at >= began);
        assert!(turned_away.is_none(), "{what}: somebody was turned away: {turned_away:?}");
    }

    async fn some_purchases(&self, what: &str) {
        let enough = self.book.bought.load(Ordering::Relaxed) + BETWEEN;
        eventually(WELL_WITHIN, &format!("{what}: people buy"), async || {
            (self.book.bought.load(Ordering::Relaxed) >= enough).then_some(())
        })
        .await;
    }

    /// Waits until nobody has been turned away for a while, and people buy.
    async fn comes_right(&mut self, what: &str) {
        let broken = Instant::now();
        let bought = self.book.bought.load(Ordering::Relaxed);
        loop {
            sleep(PAUSE).await;
            let last = self.book.turned_away.lock().clone();
            let quiet_since = last.as_ref().map_or(broken, |(at, _)| (*at).max(broken));
            let goes_on = self.book.bought.load(Ordering::Relaxed) > bought + BETWEEN;
            if goes_on && quiet_since.elapsed() > QUIET {
                self.longest = self.longest.max(quiet_since - broken);
                return;
            }
            assert!(
                broken.elapsed() < WELL_WITHIN + QUIET,
                "{what}: not right again: {} bought since, for {:?} nobody was turned away, the last by {:?}",
                self.book.bought.load(Ordering::Relaxed) - bought,
                quiet_since.elapsed(),
                last.map(|(_, gone)| gone)
            );
            assert!(
                self.selling.iter().all(|buyer| !buyer.is_finished()),
                "{what}: a buyer has found a fault"
            );
        }
    }

    /// What an operator runs.
    pub async fn check(&self, what: &str) {
        let checked = self.cluster.command(&["doctor", "--check"], &[]).await;
        let said = String::from_utf8_lossy(&checked.stdout);
        assert!(checked.status.success(), "{what}: {said}\n{}", String::from_utf8_lossy(&checked.stderr));
    }

    /// Ends the sale and audits everything.
    pub async fn close(self) {
        self.book.closed.store(true, Ordering::Relaxed);
        let mut buyers = Vec::new();
        for buyer in self.selling {
            buyers.push(buyer.await.expect("a buyer finds nothing that cannot be"));
        }
        eventually(SETTLED_WITHIN, "everything that was left open is settled", async || {
            let listed = join_all(self.people.iter().map(Person::order_list)).await;
            listed.iter().flatten().all(|order| order.state != "PENDING").then_some(())
        })
        .await;
        // Payments and refunds without an answer are asked for again.
        let mut open = unsettled(&self.people).await;
        eventually(SETTLED_WITHIN, "every payment and refund is answered", async || {
            let mut left = Vec::new();
            for (person, order_id) in std::mem::take(&mut open) {
                if !is_settled(&person.order(order_id).await) {
                    left.push((person, order_id));
                }
            }
            open = left;
            open.is_empty().then_some(())
        })
        .await;
        for buyer in &mut buyers {
            buyer.compare(true).await;
        }
        let mut orders = Vec::new();
        for film_sid in &self.film_sids {
            orders.extend(audit::screening(&self.cluster, *film_sid, &self.people).await);
        }
        let open: Vec<_> = orders.iter().filter(|order| !is_settled(order)).collect();
        assert!(open.is_empty(), "left open: {open:#?}");
        let known: BTreeSet<i64> = buyers.iter().flat_map(Buyer::orders).collect();
        let stored: BTreeSet<i64> = orders.iter().map(|order| order.order_id).collect();
        assert_eq!(known, stored, "exactly the orders that buyers know of");
        let checked = self.cluster.command(&["doctor", "--check"], &[]).await;
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
        assert!(!self.cluster.log().contains("panicked"));
    }
}

/// Orders that are not settled, with their buyers.
async fn unsettled(people: &[Person]) -> Vec<(&Person, i64)> {
    let all = join_all(people.iter().map(|person| async move { (person, person.orders().await) })).await;
    let open = |(person, orders): (_, Vec<Order>)| {
        orders.into_iter().filter(|order| !is_settled(order)).map(move |order| (person, order.order_id))
    };
    all.into_iter().flat_map(open).collect()
}

/// Buys until the sale is closed, and then finds out what was not answered.
async fn sell(mut buyer: Buyer, film_sids: Vec<i64>, book: Arc<Book>) -> Buyer {
    let mut lost = false;
    let mut screenings = film_sids.iter().cycle();
    while lost || !book.closed.load(Ordering::Relaxed) {
        let film_sid = *screenings.next().unwrap();
        let outcome = if lost { buyer.make_up().await.map(|()| false) } else { buyer.buy(film_sid).await };
        lost = outcome.is_err();
        match outcome {
            Ok(bought) => {
                book.bought.fetch_add(usize::from(bought), Ordering::Relaxed);
                sleep(LEISURE).await;
            }
            Err(gone) => {
                if let Gone::Unavailable(reason) = &gone {
                    assert!(EXCUSES.contains(&reason.as_str()), "no excuse: {reason}");
                }
                *book.turned_away.lock() = Some((Instant::now(), gone));
                sleep(PAUSE).await;
            }
        }
    }
    buyer
}

fn is_settled(order: &Order) -> bool {
    let open = |state: &str| matches!(state, "CREATED" | "PROCESSING");
    let payments = order.payments.iter().any(|payment| open(&payment.state));
    let refunds = order.refunds.iter().any(|refund| open(&refund.state));
    order.state != "PENDING" && !payments && !refunds
}
