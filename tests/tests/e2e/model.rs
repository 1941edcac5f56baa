//! Three people do anything at all with twelve seats, and a model knows what must come of it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tests::view::Order;
use tests::{Person, Refused, ScreeningPlan, TestCluster, audit};

const PEOPLE: usize = 3;
/// Two rows of six; a seat by its number, `A1` to `B6`.
const SEATS: usize = 12;
const CASES: u32 = 12;
const PRICE: i64 = 1_200;

#[derive(Debug, Clone)]
enum Step {
    Buy {
        person: usize,
        first: usize,
        count: usize,
    },
    Pay {
        person: usize,
        order: usize,
        card: &'static str,
    },
    Cancel {
        person: usize,
        order: usize,
    },
    /// Seats by their position in the order; all where none.
    Refund {
        person: usize,
        order: usize,
        seats: Vec<usize>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Pending,
    Paid,
    PartlyRefunded,
    Refunded,
    Cancelled,
}

/// What the model knows of an order.
#[derive(Debug, Clone)]
struct Known {
    order_id: i64,
    person: usize,
    state: State,
    /// Its seats, and whether each is still its own.
    seats: Vec<(usize, bool)>,
}

#[derive(Default)]
struct Model {
    orders: Vec<Known>,
}

impl Known {
    fn owns(&self, seat: usize) -> bool {
        self.seats.iter().any(|(own, live)| *own == seat && *live)
    }

    fn let_go(&mut self) {
        self.seats.iter_mut().for_each(|(_, live)| *live = false);
    }
}

impl Model {
    fn free(&self, seat: usize) -> bool {
        !self.orders.iter().any(|order| order.owns(seat))
    }

    /// An order by a number that need not exist; somebody else's for one in a few.
    fn pick(&self, number: usize) -> Option<usize> {
        (!self.orders.is_empty()).then(|| number % self.orders.len())
    }
}

fn name(seat: usize) -> String {
    format!("{}{}", if seat < SEATS / 2 { 'A' } else { 'B' }, seat % (SEATS / 2) + 1)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let person = 0..PEOPLE;
    let card = prop_oneof![4 => Just("card_ok"), 1 => Just("card_declined"), 1 => Just("card_timeout")];
    let buy = (person.clone(), 0..SEATS, 1..4_usize).prop_map(|(person, first, count)| Step::Buy {
        person,
        first,
        count,
    });
    let pay = (person.clone(), any::<usize>(), card).prop_map(|(person, order, card)| Step::Pay {
        person,
        order,
        card,
    });
    let cancel = (person.clone(), any::<usize>()).prop_map(|(person, order)| Step::Cancel { person, order });
    let seats = prop::collection::vec(0..3_usize, 0..3);
    let refund = (person, any::<usize>(), seats).prop_map(|(person, order, seats)| Step::Refund {
        person,
        order,
        seats,
    });
    prop::collection::vec(prop_oneof![4 => buy, 4 => pay, 1 => cancel, 2 => refund], 1..24)
}

/// What was done, or the reason why not.
fn reason<T>(result: Result<T, Box<Refused>>) -> Result<T, String> {
    result.map_err(|refused| refused.reason)
}

struct Run<'c> {
    film_sid: i64,
    people: &'c [Person],
    model: Model,
}

impl Run<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Buy { person, first, count } => self.buy(*person, *first, *count).await,
            Step::Pay { person, order, card } => self.pay(*person, *order, card).await,
            Step::Cancel { person, order } => self.cancel(*person, *order).await,
            Step::Refund { person, order, seats } => self.refund(*person, *order, seats).await,
        }
    }

    async fn buy(&mut self, person: usize, first: usize, count: usize) -> Result<(), TestCaseError> {
        let seats: Vec<usize> = (first..first + count).map(|seat| seat % SEATS).collect();
        let names: Vec<String> = seats.iter().map(|seat| name(*seat)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let bought = reason(self.people[person].buy(self.film_sid, &names).await);
        if !seats.iter().all(|seat| self.model.free(*seat)) {
            prop_assert_eq!(bought.unwrap_err(), "SEATS_TAKEN");
            return Ok(());
        }
        let order = bought.expect("the seats are free");
        prop_assert_eq!(order.amount, PRICE * i64::try_from(count).unwrap());
        // The answer has them in the plan's order.
        let mut seats = seats;
        seats.sort_unstable();
        let seats = seats.into_iter().map(|seat| (seat, true)).collect();
        self.model.orders.push(Known { order_id: order.order_id, person, state: State::Pending, seats });
        Ok(())
    }

    async fn pay(&mut self, person: usize, number: usize, card: &str) -> Result<(), TestCaseError> {
        let Some(at) = self.model.pick(number) else { return Ok(()) };
        let known = &mut self.model.orders[at];
        let paid = reason(self.people[person].pay(known.order_id, card).await);
        let expected = match known.state {
            _ if known.person != person => Err("ORDER_NOT_FOUND"),
            State::Pending if card == "card_declined" => Err("PAYMENT_DECLINED"),
            State::Pending | State::Paid | State::PartlyRefunded => Ok(()),
            State::Refunded => Err("ORDER_REFUNDED"),
            State::Cancelled => Err("ORDER_CANCELLED"),
        };
        prop_assert_eq!(paid.map(|_| ()), expected.map_err(str::to_owned));
        if expected.is_ok() && known.state == State::Pending {
            known.state = State::Paid;
        }
        Ok(())
    }

    async fn cancel(&mut self, person: usize, number: usize) -> Result<(), TestCaseError> {
        let Some(at) = self.model.pick(number) else { return Ok(()) };
        let known = &mut self.model.orders[at];
        let cancelled = reason(self.people[person].cancel(known.order_id).await);
        let expected = match known.state {
            _ if known.person != person => Err("ORDER_NOT_FOUND"),
            State::Pending | State::Cancelled => Ok(()),
            State::Paid | State::PartlyRefunded | State::Refunded => Err("ORDER_PAID"),
        };
        prop_assert_eq!(cancelled.map(|_| ()), expected.map_err(str::to_owned));
        if expected.is_ok() {
            known.state = State::Cancelled;
            known.let_go();
        }
        Ok(())
    }

    async fn refund(&mut self, person: usize, number: usize, places: &[usize]) -> Result<(), TestCaseError> {
        let Some(at) = self.model.pick(number) else { return Ok(()) };
        let known = &mut self.model.orders[at];
        let mut chosen: Vec<usize> = places.iter().map(|place| place % known.seats.len()).collect();
        chosen.sort_unstable();
        chosen.dedup();
        let names: Vec<String> = chosen.iter().map(|place| name(known.seats[*place].0)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let back = reason(self.people[person].refund(known.order_id, &names).await);
        let paid = matches!(known.state, State::Paid | State::PartlyRefunded | State::Refunded);
        if known.person != person || !paid {
            let expected = if known.person == person { "ORDER_NOT_PAID" } else { "ORDER_NOT_FOUND" };
            prop_assert_eq!(back.unwrap_err(), expected);
            return Ok(());
        }
        let back = back.expect("paid, and days before the start");
        let all: Vec<usize> = if chosen.is_empty() { (0..known.seats.len()).collect() } else { chosen };
        let live: Vec<usize> = all.into_iter().filter(|place| known.seats[*place].1).collect();
        if live.is_empty() {
            return Ok(()); // Given back before: answered as then.
        }
        prop_assert_eq!(back.refund.amount, PRICE * i64::try_from(live.len()).unwrap());
        live.iter().for_each(|place| known.seats[*place].1 = false);
        let left = known.seats.iter().any(|(_, live)| *live);
        known.state = if left { State::PartlyRefunded } else { State::Refunded };
        Ok(())
    }

    /// Compares everything the system shows with what the model knows.
    fn compare(&self, stored: &[Order]) -> Result<(), TestCaseError> {
        let stored: BTreeMap<i64, &Order> = stored.iter().map(|order| (order.order_id, order)).collect();
        prop_assert_eq!(stored.len(), self.model.orders.len());
        for known in &self.model.orders {
            let order = stored[&known.order_id];
            let state = match known.state {
                State::Pending => "PENDING",
                State::Paid => "PAID",
                State::PartlyRefunded => "PARTIALLY_REFUNDED",
                State::Refunded => "REFUNDED",
                State::Cancelled => "CANCELLED",
            };
            prop_assert_eq!(&order.state, state);
            let live = known.seats.iter().filter(|(_, live)| *live).map(|(seat, _)| name(*seat));
            prop_assert_eq!(order.claimed(), live.collect::<Vec<_>>());
        }
        Ok(())
    }
}

#[test]
fn the_system_does_what_the_model_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let cluster = runtime.block_on(TestCluster::start(crate::MODE));
    let people = runtime.block_on(cluster.customers(PEOPLE));
    let config =
        Config { cases: CASES, max_shrink_iters: 60, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&steps(), |steps| {
        runtime.block_on(async {
            let film_sid = cluster.screening(&ScreeningPlan::rows(2, SEATS / 2)).await.film_sid;
            let mut run = Run { film_sid, people: &people, model: Model::default() };
            for step in &steps {
                run.step(step).await?;
            }
            // Money and the hall's seats are audited against the orders, and those against the model.
            run.compare(&audit::screening(&cluster, film_sid, &people).await)
        })
    });
    outcome.unwrap_or_else(|failed| panic!("{failed}"));
    runtime.block_on(async { audit::log(&cluster, &[]) });
}
