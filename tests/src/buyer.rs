//! Somebody who buys while things break, and remembers what was answered.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::view::{GivenBack, Order, Paid};
use crate::{Answer, Dice, Person, Refused, audit};

/// Rows of the hall that buyers choose from, `A` to `T`.
pub const ROWS: u8 = 20;
/// Seats of each of its rows: enough that pairs are left however quickly people buy.
pub const SEATS_A_ROW: usize = 40;

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

/// Somebody who buys.
pub struct Buyer {
    person: Person,
    stories: Vec<Story>,
    /// A purchase that was not answered, with its key.
    lost: Option<(Value, String)>,
    dice: Dice,
    keys: usize,
}

/// There is no answer that says whether it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gone {
    /// The connection broke, or there was none; how.
    Connection(String),
    /// The system says that it cannot, with this reason.
    Unavailable(String),
}

impl Story {
    /// Whether the order may be in that state now.
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
    /// Somebody who has bought nothing yet.
    #[must_use]
    pub fn new(person: &Person, seed: u64) -> Self {
        Self { person: person.clone(), stories: Vec::new(), lost: None, dice: Dice::new(seed), keys: 0 }
    }

    /// The orders they know of.
    pub fn orders(&self) -> impl Iterator<Item = i64> {
        self.stories.iter().map(|story| story.order_id)
    }

    /// Buys two seats beside each other somewhere in the hall, and does with them what
    /// people do: pays in one way or another, gives up, gives back, or forgets.
    ///
    /// Says whether the seats were free.
    ///
    /// # Errors
    /// Where something was not answered; [`Self::make_up`] finds out what came of it.
    ///
    /// # Panics
    /// Where the answer is none of those that the contract allows.
    pub async fn buy(&mut self, film_sid: i64) -> Result<bool, Gone> {
        let row = char::from(b'A' + u8::try_from(self.dice.under(usize::from(ROWS))).unwrap());
        let first = 1 + self.dice.under(SEATS_A_ROW - 1);
        let body = json!({ "film_sid": film_sid, "seats": [format!("{row}{first}"), format!("{row}{}", first + 1)] });
        self.keys += 1;
        let key = format!("buy-{}", self.keys);
        self.lost = Some((body.clone(), key.clone()));
        let answer = self.call::<Order>("/v1/orders", &body, Some(&key)).await?;
        self.lost = None;
        let Some(at) = self.note(answer) else { return Ok(false) };
        self.live(at).await?;
        Ok(true)
    }

    /// Finds out what came of everything that was not answered.
    ///
    /// # Errors
    /// Where that is not answered either.
    ///
    /// # Panics
    /// Where an order is in a state that it cannot be in.
    pub async fn make_up(&mut self) -> Result<(), Gone> {
        if let Some((body, key)) = self.lost.clone() {
            let answer = self.call::<Order>("/v1/orders", &body, Some(&key)).await?;
            self.lost = None;
            self.note(answer);
        }
        for at in 0..self.stories.len() {
            if self.stories[at].open == Open::Nothing || self.stories[at].checked {
                continue;
            }
            let order = self.look(at).await?;
            audit::money(&order);
            let story = &mut self.stories[at];
            assert!(story.allows(&order.state), "{story:?} is now {order:#?}");
            // What was not answered may still be under way: that is seen at the end.
            story.checked = true;
        }
        Ok(())
    }

    /// Compares what was answered with what is there: what has changed since it was last
    /// compared, or everything.
    ///
    /// # Panics
    /// Where something is not as it was answered, or an answer is missing.
    pub async fn compare(&mut self, all: bool) {
        self.make_up().await.expect("the system answers");
        for at in 0..self.stories.len() {
            if all || !self.stories[at].checked {
                let order = self.look(at).await.expect("the system answers");
                audit::money(&order);
                let story = &mut self.stories[at];
                assert!(story.allows(&order.state), "{story:?} is now {order:#?}");
                story.checked = true;
            }
        }
    }

    async fn look(&self, at: usize) -> Result<Order, Gone> {
        let path = format!("/v1/orders/{}", self.stories[at].order_id);
        let answer = self.person.client.attempt(self.person.request("GET", &path, None)).await;
        heard(answer)?.map_err(|refused| panic!("an order that was answered is gone: {refused:?}"))
    }

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
        heard(self.person.client.attempt(call).await)
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
                self.learn(at, cancelled.map(|order| order.state));
                return Ok(());
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
        self.learn(at, paid.map(|paid| paid.order.state));
        if self.stories[at].state == "PAID" && self.dice.under(4) > 0 {
            self.stories[at].open = Open::Refund;
            let back =
                self.call::<GivenBack>(&format!("/v1/orders/{order_id}/refund"), &json!({}), None).await?;
            self.learn(at, back.map(|back| back.order.state));
        }
        Ok(())
    }

    fn learn(&mut self, at: usize, answer: Result<String, Box<Refused>>) {
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
    }
}

/// An answer, unless it says nothing of what was done.
fn heard<T: DeserializeOwned>(answer: anyhow::Result<Answer>) -> Result<Result<T, Box<Refused>>, Gone> {
    let answer = answer.map_err(|error| Gone::Connection(format!("{error:#}")))?;
    match answer.status {
        503 | 504 => Err(Gone::Unavailable(answer.refused().reason)),
        _ => Ok(answer.into_result()),
    }
}
