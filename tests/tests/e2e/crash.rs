//! The power fails in the middle of everything, again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tests::view::{GivenBack, Order, Paid};
use tests::{Answer, Dice, Mode, Person, Refused, ScreeningPlan, Settings, TestCluster, audit, eventually};

const KILLS: usize = 22;
const BUYERS: usize = 8;
const ROWS: u8 = 20;
const SEATS_A_ROW: usize = 20;
/// What is left open by a kill settles by then: a payment is asked for again 15 seconds after it was begun.
const SETTLED_WITHIN: Duration = Duration::from_secs(40);

/// What was asked last of an order and has no answer.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    Pay,
    Cancel,
    Refund,
}

/// An order as its buyer knows it.
#[derive(Debug, Clone)]
struct Story {
    order_id: i64,
    state: String,
    open: Open,
    /// A payment was answered as being on its way.
    processing: bool,
    checked: bool,
}

/// Somebody who buys, and remembers what was answered.
struct Buyer {
    person: Person,
    stories: Vec<Story>,
    /// A purchase that was not answered, with its key.
    lost: Option<(Value, String)>,
    dice: Dice,
    keys: usize,
}

/// The connection broke: the server is gone.
struct Gone;

impl Story {
    /// Whether the order may be in that state after a kill.
    fn allows(&self, state: &str) -> bool {
        if state == self.state {
            return true;
        }
        match (self.state.as_str(), state) {
            ("PENDING", "EXPIRED") => true,
            ("PENDING", "PAID") => self.open == Open::Pay || self.processing,
            ("PENDING", "CANCELLED") => self.open == Open::Cancel,
            ("EXPIRED", "PAID") => self.processing || self.open == Open::Pay,
            ("PAID", "REFUNDED") => self.open == Open::Refund,
            _ => false,
        }
    }
}

impl Buyer {
    async fn call<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> Result<Result<T, Box<Refused>>, Gone> {
        let mut call = self.person.request("POST", path, Some(body));
        if let Some(key) = key {
            call = call.with("idempotency-key", key);
        }
        self.person.client.attempt(call).await.map(Answer::into_result).map_err(|_| Gone)
    }

    async fn buy(&mut self, film_sid: i64) -> Result<Option<usize>, Gone> {
        let row = char::from(b'A' + u8::try_from(self.dice.under(usize::from(ROWS))).unwrap());
        let first = 1 + self.dice.under(SEATS_A_ROW - 1);
        let body = json!({ "film_sid": film_sid, "seats": [format!("{row}{first}"), format!("{row}{}", first + 1)] });
        self.keys += 1;
        let key = format!("buy-{}", self.keys);
        self.lost = Some((body.clone(), key.clone()));
        let answer = self.call::<Order>("/v1/orders", &body, Some(&key)).await?;
        self.lost = None;
        Ok(self.note(answer))
    }

    fn note(&mut self, answer: Result<Order, Box<Refused>>) -> Option<usize> {
        let order = match answer {
            Ok(order) => order,
            Err(refused) => {
                assert_eq!(refused.reason, "SEATS_TAKEN", "{refused:?}");
                return None;
            }
        };
        let story = Story {
            order_id: order.order_id,
            state: order.state,
            open: Open::Nothing,
            processing: false,
            checked: false,
        };
        self.stories.push(story);
        Some(self.stories.len() - 1)
    }

    /// What becomes of a purchase.
    async fn live(&mut self, at: usize) -> Result<(), Gone> {
        let order_id = self.stories[at].order_id;
        let card = match self.dice.under(12) {
            0 => return Ok(()),
            1 => {
                self.stories[at].open = Open::Cancel;
                let cancelled =
                    self.call::<Order>(&format!("/v1/orders/{order_id}/cancel"), &json!({}), None).await?;
                return self.learn(at, cancelled.map(|order| order.state));
            }
            2 => "card_late",
            3 => "card_twice",
            4 => "card_timeout",
            5 => "card_declined",
            _ => "card_ok",
        };
        self.stories[at].open = Open::Pay;
        let body = json!({ "payment_method": card });
        let paid = self.call::<Paid>(&format!("/v1/orders/{order_id}/pay"), &body, None).await?;
        self.stories[at].processing = paid.as_ref().is_ok_and(|paid| paid.payment.state == "PROCESSING");
        self.learn(at, paid.map(|paid| paid.order.state))?;
        if self.stories[at].state == "PAID" && self.dice.under(4) > 0 {
            self.stories[at].open = Open::Refund;
            let back =
                self.call::<GivenBack>(&format!("/v1/orders/{order_id}/refund"), &json!({}), None).await?;
            self.learn(at, back.map(|back| back.order.state))?;
        }
        Ok(())
    }

    fn learn(&mut self, at: usize, answer: Result<String, Box<Refused>>) -> Result<(), Gone> {
        let story = &mut self.stories[at];
        story.open = Open::Nothing;
        match answer {
            Ok(state) => story.state = state,
            // The hold is short; and a declined card changes nothing.
            Err(refused) => {
                let expected = ["PAYMENT_DECLINED", "ORDER_EXPIRED"].contains(&refused.reason.as_str());
                assert!(expected, "{refused:?}");
            }
        }
        Ok(())
    }

    /// After the start: what was not answered is repeated, and what was answered is compared.
    async fn compare(&mut self, all: bool) {
        if let Some((body, key)) = self.lost.take() {
            let answer = self.person.post_with_key("/v1/orders", &body, &key).await;
            self.note(answer.into_result());
        }
        for story in &mut self.stories {
            if !story.checked || all {
                let order = self.person.order(story.order_id).await;
                audit::money(&order);
                assert!(story.allows(&order.state), "{story:?} is now {order:#?}");
                story.checked = true;
            }
        }
    }
}

async fn buy_until_killed(buyers: &mut [Buyer], film_sid: i64, bought: &AtomicUsize) {
    join_all(buyers.iter_mut().map(|buyer| async {
        while let Ok(bought_now) = buyer.buy(film_sid).await {
            let Some(at) = bought_now else { continue };
            bought.fetch_add(1, Ordering::Relaxed);
            if buyer.live(at).await.is_err() {
                return;
            }
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
    let cluster = TestCluster::start_with(Mode::Embedded, settings).await;
    let film_sid = cluster.screening(&ScreeningPlan::rows(ROWS, SEATS_A_ROW)).await.film_sid;
    let people = cluster.customers(BUYERS).await;
    let buyer = |(person, seed): (&Person, u64)| Buyer {
        person: person.clone(),
        stories: Vec::new(),
        lost: None,
        dice: Dice::new(seed),
        keys: 0,
    };
    let mut buyers: Vec<Buyer> = people.iter().zip(1..).map(buyer).collect();
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
    let known: BTreeSet<i64> =
        buyers.iter().flat_map(|buyer| &buyer.stories).map(|story| story.order_id).collect();
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
