//! People, providers and time: who asks for what, and what they were answered.

use std::collections::HashMap;
use std::sync::Arc;

use rand::RngExt;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rusqlite::Connection;

use crate::committer::{Act, Action, Actor, Answer, Buy, Command, Done, Key, MostOpen};
use crate::domain::admission::Door;
use crate::domain::order::{Order, OrderItem, TICKETS_PER_ORDER};
use crate::domain::paying::{NewPayment, Outcome};
use crate::domain::refund::RefundRules;
use crate::domain::state::OrderState;

/// Few seats and people, so that they meet.
const SEATS: [&str; 6] = ["A1", "A2", "A3", "B1", "B2", "B3"];
const BUYERS: i64 = 3;
const SCREENINGS: i64 = 2;
const HOLD_MS: i64 = 1_000;
/// Orders, payments and refunds that are asked about.
const RECENT: usize = 12;

pub struct World {
    now_ms: i64,
    next_id: i64,
    rules: Arc<RefundRules>,
    /// Orders and payments that somebody heard of.
    orders: Vec<(i64, i64)>,
    payments: Vec<(i64, i64)>,
    refunds: Vec<(i64, i64)>,
    /// Orders answered as paid, and what they were answered.
    paid: HashMap<i64, usize>,
    /// Tickets whose bearer was let in, and when.
    inside: HashMap<i64, i64>,
}

impl World {
    pub fn new(random: &mut SmallRng) -> Self {
        Self {
            now_ms: random.random_range(0..1_000),
            next_id: 1,
            rules: Arc::new(RefundRules::default()),
            orders: Vec::new(),
            payments: Vec::new(),
            refunds: Vec::new(),
            paid: HashMap::new(),
            inside: HashMap::new(),
        }
    }

    /// The next batch.
    pub fn commands(&mut self, random: &mut SmallRng) -> Vec<Command> {
        self.now_ms += random.random_range(0..HOLD_MS / 4);
        (0..random.random_range(1..8)).map(|_| self.command(random)).collect()
    }

    fn command(&mut self, random: &mut SmallRng) -> Command {
        if self.orders.is_empty() || random.random_bool(0.4) {
            return self.buy(random);
        }
        if random.random_bool(0.0005) {
            return Command::Stop { film_sid: random.random_range(1..=SCREENINGS), now_ms: self.now_ms };
        }
        let (order_id, buyer) = *recent(&self.orders).choose(random).unwrap();
        let actor = match random.random_range(0..4) {
            0 => Actor::Customer(random.random_range(1..=BUYERS)),
            1 => Actor::System,
            2 => Actor::Staff(BUYERS + 1),
            _ => Actor::Customer(buyer),
        };
        let (order_id, action) = self.action(order_id, random);
        let actor = if matches!(action, Action::FinishPayment { .. } | Action::FinishRefund { .. }) {
            Actor::System
        } else {
            actor
        };
        let key = self.key(random);
        Command::Act(Box::new(Act { order_id, actor, key, action, now_ms: self.now_ms }))
    }

    fn action(&mut self, order_id: i64, random: &mut SmallRng) -> (i64, Action) {
        let id = self.id();
        let action = match random.random_range(0..12) {
            0..=2 => Action::BeginPayment(NewPayment {
                payment_id: id,
                provider: if random.random_bool(0.3) { "cash" } else { "sandbox" }.into(),
                method: "card_ok".into(),
                keep_until: self.now_ms + HOLD_MS,
                most_attempts: 3,
            }),
            3..=5 => {
                let Some((payment_id, order_id)) = recent(&self.payments).choose(random).copied() else {
                    return (order_id, Action::Cancel);
                };
                let outcome = match random.random_range(0..4) {
                    0 => Outcome::Failed("declined".into()),
                    1 => Outcome::Processing("ref".into()),
                    _ => Outcome::Succeeded("ref".into()),
                };
                return (order_id, Action::FinishPayment { payment_id, outcome, refund_id: id });
            }
            6 => Action::GiveBack { seats: wish(random), refund_id: id, rules: self.rules.clone() },
            7 => {
                let Some((refund_id, order_id)) = recent(&self.refunds).choose(random).copied() else {
                    return (order_id, Action::Expire);
                };
                return (order_id, Action::FinishRefund { refund_id, succeeded: random.random_bool(0.8) });
            }
            8 if random.random_bool(0.05) => Action::ScreeningCancelled { refund_id: id },
            8 => Action::Cancel,
            9 | 10 => {
                let (film_sid, closes_at) = (random.random_range(0..=SCREENINGS), i64::MAX);
                let ticket_id = order_id * TICKETS_PER_ORDER + random.random_range(0..3);
                Action::Admit { ticket_id, door: Door { film_sid, opens_at: 0, closes_at, cancelled: false } }
            }
            _ => Action::Expire,
        };
        (order_id, action)
    }

    fn buy(&mut self, random: &mut SmallRng) -> Command {
        let order_id = self.id();
        let user_id = random.random_range(1..=BUYERS);
        let count = random.random_range(1..=3);
        let seats: Vec<&str> = SEATS.sample(random, count).copied().collect();
        let item = |seat: &&str| OrderItem {
            seat: (*seat).into(),
            ticket_type: 1,
            category: "Standard".into(),
            price: 1_000 + i64::from(seat.as_bytes()[1]),
            partner: None,
        };
        let items: Vec<OrderItem> = seats.iter().map(item).collect();
        let expires_at = self.now_ms + HOLD_MS;
        let order = Order {
            order_id,
            film_sid: random.random_range(1..=SCREENINGS),
            film_id: 1,
            cinema_id: 1,
            user_id,
            state: OrderState::Pending,
            amount: items.iter().map(|item| item.price).sum(),
            items,
            currency: "EUR".into(),
            starts_at: 10_000_000,
            created_at: self.now_ms,
            expires_at,
            sweep_at: expires_at,
            paid_at: 0,
        };
        let most_open = random.random_bool(0.5).then_some(MostOpen { orders: 2, since: 0 });
        let key = self.key(random);
        Command::Buy(Box::new(Buy { order, actor: Actor::Customer(user_id), key, most_open }))
    }

    /// Sometimes a key, sometimes one that was used.
    fn key(&self, random: &mut SmallRng) -> Option<Key> {
        let name = random.random_range(0..40);
        random.random_bool(0.3).then(|| Key { name: format!("k{name}").into(), fingerprint: name % 3 })
    }

    fn id(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id
    }

    /// Whoever is let in with a ticket is the only one: others hear so, or hear the same answer again.
    fn let_in(&mut self, act: &Act, ticket_id: i64, done: &Done) {
        let at = done.order.order.position(done.reference);
        let used_at = at.map(|at| done.order.tickets[at].used_at);
        let Some(used_at) = used_at.filter(|at| *at > 0 && done.reference == ticket_id) else { return };
        if let Some(first) = self.inside.insert(ticket_id, used_at) {
            assert!(act.key.is_some() && first == used_at, "ticket {ticket_id} let two people in");
        }
    }

    /// Takes note of the answers.
    pub fn learn(&mut self, commands: &[Command], answers: &[Answer]) {
        for (command, answer) in commands.iter().zip(answers) {
            let Ok(Some(done)) = answer else { continue };
            if let Command::Act(act) = command
                && let Action::Admit { ticket_id, .. } = act.action
            {
                self.let_in(act, ticket_id, done);
            }
            let order = &done.order.order;
            push(&mut self.orders, (order.order_id, order.user_id));
            done.order.payments.iter().for_each(|p| push(&mut self.payments, (p.payment_id, order.order_id)));
            done.order.refunds.iter().for_each(|r| push(&mut self.refunds, (r.refund_id, order.order_id)));
            if matches!(command, Command::Act(_)) && order.state == OrderState::Paid {
                self.paid.insert(order.order_id, done.order.tickets.len());
            }
        }
    }

    /// What was answered as paid stays so, with a ticket for every seat.
    pub fn check(&self, db: &Connection) {
        for (order_id, tickets) in &self.paid {
            let (state, items): (i32, String) = db
                .prepare_cached("SELECT state, items FROM orders WHERE order_id = ?1")
                .unwrap()
                .query_row([order_id], |row| Ok((row.get(0)?, row.get(1)?)))
                .unwrap();
            let state = OrderState::try_from(state).unwrap();
            let paid =
                matches!(state, OrderState::Paid | OrderState::PartiallyRefunded | OrderState::Refunded);
            assert!(paid, "order {order_id} was answered as paid and is {state:?}");
            let items: Vec<OrderItem> = serde_json::from_str(&items).unwrap();
            assert_eq!(items.len(), *tickets);
        }
    }

    pub fn sold(&self) -> usize {
        self.paid.values().sum()
    }
}

fn push(pairs: &mut Vec<(i64, i64)>, pair: (i64, i64)) {
    if !pairs.contains(&pair) {
        pairs.push(pair);
    }
}

/// Mostly what is still going on; old things are asked about now and then by the keys.
fn recent(pairs: &[(i64, i64)]) -> &[(i64, i64)] {
    &pairs[pairs.len().saturating_sub(RECENT)..]
}

fn wish(random: &mut SmallRng) -> Vec<String> {
    let count = random.random_range(0..=2);
    SEATS.sample(random, count).map(|seat| (*seat).to_owned()).collect()
}
