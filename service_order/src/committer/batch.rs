//! The story of one batch: what every command comes to, whatever the store.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use micro::Problem;

use super::acting::act;
use super::command::{Act, Actor, Answer, Buy, Command, Done, Key};
use crate::domain::order::{Aggregate, Effects, SeatChange};
use crate::domain::problem;
use crate::metrics::Tally;
use crate::store::{
    BeforeBuying, Booking, Changes, Claim, RecentOrders, StaffAct, Standing, Store, StoreError, Transaction,
    UsedKey,
};

/// What a seat becomes for the gate and its watchers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatBecomes {
    /// Free.
    Free,
    /// In an unpaid order.
    Held,
    /// Sold.
    Sold,
}

/// What happens to a seat in one order, in the only order it can happen: of two
/// steps of the same seat and order, the later one stands, whichever is heard of first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SeatStep {
    /// The order was opened.
    Held = 1,
    /// It was not paid; a payment that came too late can still take the seat again.
    GivenUp = 2,
    /// It was paid.
    Sold = 3,
    /// It was paid and given back; nothing follows.
    GivenBack = 4,
}

impl SeatStep {
    /// What the seat is after it.
    #[must_use]
    pub fn becomes(self) -> SeatBecomes {
        match self {
            Self::Held => SeatBecomes::Held,
            Self::Sold => SeatBecomes::Sold,
            Self::GivenUp | Self::GivenBack => SeatBecomes::Free,
        }
    }
}

/// A seat that changed hands, for the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatEvent {
    /// The screening.
    pub film_sid: i64,
    /// The order it changed hands in.
    pub order_id: i64,
    /// The seat.
    pub seat: Arc<str>,
    /// What happened.
    pub step: SeatStep,
}

/// What a batch came to.
pub struct Written {
    /// One answer for every command, in order.
    pub answers: Vec<Answer>,
    /// What the gate must learn, in order.
    pub events: Vec<SeatEvent>,
    /// Whether it is known that it was done; the answers say it too.
    pub certain: bool,
    /// What it comes to for the business.
    pub tally: Tally,
}

impl Written {
    /// The same, where nobody knows whether it was done.
    fn uncertain(mut self, error: &StoreError) -> Self {
        for answer in &mut self.answers {
            *answer = Err(error.again().into());
        }
        self.certain = false;
        self
    }
}

/// Runs a batch in one transaction.
///
/// # Errors
/// The store's; then nothing of the batch was done.
pub async fn run<S: Store>(store: &mut S, commands: &[Command]) -> Result<Written, StoreError> {
    let mut transaction = store.begin().await?;
    let mut batch = Batch::load(&mut transaction, commands).await?;
    batch.buy(&mut transaction, commands).await?;
    batch.act(&mut transaction, commands).await?;
    let written = batch.write(&mut transaction, commands).await?;
    match transaction.commit().await {
        Err(error @ StoreError::Unknown(_)) => {
            tracing::error!(%error, commands = commands.len(), "nobody knows whether a batch was written");
            Ok(written.uncertain(&error))
        }
        committed => committed.map(|()| written),
    }
}

/// A batch on its way.
pub(super) struct Batch {
    answers: Vec<Option<Answer>>,
    /// Orders as loaded.
    before: HashMap<i64, Aggregate>,
    /// Orders as they become.
    pub(super) orders: BTreeMap<i64, Aggregate>,
    used: HashMap<(i64, Arc<str>), UsedKey>,
    new_keys: Vec<UsedKey>,
    /// Positions of Buys whose seats are all theirs.
    granted: Vec<usize>,
    effects: Vec<(i64, Effects)>,
    staff_acts: Vec<StaffAct>,
}

impl Batch {
    async fn load<T: Transaction>(transaction: &mut T, commands: &[Command]) -> Result<Self, StoreError> {
        let mut keys = Vec::new();
        let mut order_ids = Vec::new();
        for command in commands {
            let (actor, key) = match command {
                Command::Buy(buy) => (buy.actor, &buy.key),
                Command::Act(act) => {
                    order_ids.push(act.order_id);
                    (act.actor, &act.key)
                }
                Command::Stop { .. } => continue,
            };
            keys.extend(key.as_ref().map(|key| (actor.user_id(), key.name.clone())));
        }
        let used = if keys.is_empty() { Vec::new() } else { transaction.used_keys(&keys).await? };
        // A repeated Buy is answered with the order it opened.
        order_ids.extend(used.iter().map(|key| key.order_id));
        order_ids.sort_unstable();
        order_ids.dedup();
        let orders = if order_ids.is_empty() { Vec::new() } else { transaction.orders(&order_ids).await? };
        let before: HashMap<_, _> = orders.into_iter().map(|order| (order.order.order_id, order)).collect();
        Ok(Self {
            answers: commands.iter().map(|_| None).collect(),
            orders: before.iter().map(|(id, order)| (*id, order.clone())).collect(),
            before,
            used: used.into_iter().map(|key| ((key.user_id, key.name.clone()), key)).collect(),
            new_keys: Vec::new(),
            granted: Vec::new(),
            effects: Vec::new(),
            staff_acts: Vec::new(),
        })
    }

    /// Decides all Buys: keys, stopped screenings, the buyer's limit, and then the claims themselves.
    async fn buy<T: Transaction>(
        &mut self,
        transaction: &mut T,
        commands: &[Command],
    ) -> Result<(), StoreError> {
        let buys: Vec<(usize, &Buy)> = commands
            .iter()
            .enumerate()
            .filter_map(|(at, command)| match command {
                Command::Buy(buy) => Some((at, &**buy)),
                _ => None,
            })
            .collect();
        if buys.is_empty() {
            return Ok(());
        }
        let mut film_sids: Vec<i64> = buys.iter().map(|(_, buy)| buy.order.film_sid).collect();
        film_sids.sort_unstable();
        film_sids.dedup();
        let asked = BeforeBuying { film_sids, ..about_buyers(&buys) };
        let Standing { stopped, recent } = transaction.before_buying(&asked).await?;
        let mut open = open_orders(&recent, asked.most);
        let mut wanted = Vec::new();
        for (at, buy) in buys {
            if let Some(answer) = self.repeated(buy.actor.user_id(), buy.key.as_ref()) {
                self.answers[at] = Some(answer.map(|used| self.opened_before(&used)));
            } else if stopped.contains(&buy.order.film_sid) {
                self.answers[at] = Some(Err(problem::screening_cancelled()));
            } else if !may_open_one_more(&mut open, buy) {
                self.answers[at] =
                    Some(Err(problem::too_many_holds(buy.most_open.map_or(0, |most| most.orders))));
            } else {
                self.remember(
                    buy.actor.user_id(),
                    buy.key.as_ref(),
                    buy.order.order_id,
                    buy.order.order_id,
                    buy.order.created_at,
                );
                wanted.push((at, buy));
            }
        }
        self.claim(transaction, &wanted).await
    }

    /// Claims the seats of many orders in one step; an order that does not get all of its seats gets none.
    async fn claim<T: Transaction>(
        &mut self,
        transaction: &mut T,
        wanted: &[(usize, &Buy)],
    ) -> Result<(), StoreError> {
        let claims: Vec<Claim> = wanted.iter().flat_map(|(_, buy)| claims_of(&buy.order)).collect();
        if claims.is_empty() {
            return Ok(());
        }
        let got = transaction.claim(&claims).await?;
        let mut undone = Vec::new();
        let mut from = 0;
        for (at, buy) in wanted {
            let to = from + buy.order.items.len();
            let of_order = claims[from..to].iter().zip(&got[from..to]);
            from = to;
            let taken: Vec<&str> =
                of_order.clone().filter(|(_, got)| !**got).map(|(claim, _)| &*claim.seat).collect();
            if taken.is_empty() {
                self.granted.push(*at);
                continue;
            }
            undone.extend(of_order.filter(|(_, got)| **got).map(|(claim, _)| claim.clone()));
            self.answers[*at] = Some(Err(problem::seats_taken(taken)));
            self.forget(buy);
        }
        if undone.is_empty() { Ok(()) } else { transaction.release(&undone).await }
    }

    /// Decides everything that is about orders there are, in the order it was asked.
    async fn act<T: Transaction>(
        &mut self,
        transaction: &mut T,
        commands: &[Command],
    ) -> Result<(), StoreError> {
        for (at, command) in commands.iter().enumerate() {
            let Command::Act(wish) = command else { continue };
            let user_id = wish.actor.user_id();
            let answer =
                if !self.orders.get(&wish.order_id).is_some_and(|order| wish.actor.sees(order.order.user_id))
                {
                    Err(problem::order_not_found())
                } else if let Some(answer) = self.repeated(user_id, wish.key.as_ref()) {
                    answer.map(|used| {
                        Some(Done { order: self.orders[&wish.order_id].clone(), reference: used.reference })
                    })
                } else {
                    let Some(order) = self.orders.get_mut(&wish.order_id) else { continue };
                    match act(transaction, order, wish).await? {
                        Err(problem) => Err(problem),
                        Ok(acted) => {
                            let done = Done { order: order.clone(), reference: acted.reference };
                            self.effects.push((wish.order_id, acted.effects));
                            self.staff_acts.extend(staff_act(wish, acted.reference));
                            self.remember(
                                user_id,
                                wish.key.as_ref(),
                                wish.order_id,
                                acted.reference,
                                wish.now_ms,
                            );
                            Ok(Some(done))
                        }
                    }
                };
            self.answers[at] = Some(answer);
        }
        Ok(())
    }

    async fn write<T: Transaction>(
        mut self,
        transaction: &mut T,
        commands: &[Command],
    ) -> Result<Written, StoreError> {
        let mut changes = Changes {
            keys: std::mem::take(&mut self.new_keys),
            staff_acts: std::mem::take(&mut self.staff_acts),
            ..Changes::default()
        };
        let mut events = Vec::new();
        for at in &self.granted {
            let Command::Buy(buy) = &commands[*at] else { continue };
            changes.opened.push(&buy.order);
            changes.staff_acts.extend(sold_by_staff(buy));
            let held = |Claim { film_sid, seat, order_id }| SeatEvent {
                film_sid,
                order_id,
                seat,
                step: SeatStep::Held,
            };
            events.extend(claims_of(&buy.order).map(held));
            self.answers[*at] = Some(Ok(Some(opened(buy))));
        }
        for (order_id, effects) in self.effects.drain(..) {
            let aggregate = &self.orders[&order_id];
            let order = &aggregate.order;
            changes.ledger.extend(effects.ledger.into_iter().map(|row| Booking {
                order_id,
                currency: order.currency.clone(),
                provider: aggregate.provider_of(row.kind, row.reference).to_owned(),
                row,
            }));
            for (seat, change) in effects.seats {
                let step = match change {
                    SeatChange::Sold => SeatStep::Sold,
                    SeatChange::GivenUp => SeatStep::GivenUp,
                    SeatChange::GivenBack => SeatStep::GivenBack,
                };
                if change.frees() {
                    changes.released.push(Claim { film_sid: order.film_sid, seat: seat.clone(), order_id });
                }
                events.push(SeatEvent { film_sid: order.film_sid, order_id, seat, step });
            }
        }
        let before = &self.before;
        changes.changed = self
            .orders
            .into_iter()
            .filter_map(|(id, after)| {
                before.get(&id).filter(|before| **before != after).map(|b| (b.clone(), after))
            })
            .collect();
        for (at, command) in commands.iter().enumerate() {
            if let Command::Stop { film_sid, now_ms } = command {
                changes.stopped.push((*film_sid, *now_ms));
                self.answers[at] = Some(Ok(None));
            }
        }
        transaction.write(&changes).await?;
        let unanswered = || Err(Problem::internal("a command of the batch was not decided"));
        let answers = self.answers.into_iter().map(|answer| answer.unwrap_or_else(unanswered)).collect();
        Ok(Written { answers, events, certain: true, tally: Tally::of(&changes) })
    }

    /// The key's first use, if it was used before; an error if it was used for something else.
    fn repeated(&self, user_id: i64, key: Option<&Key>) -> Option<Result<UsedKey, Problem>> {
        let key = key?;
        let used = self.used.get(&(user_id, key.name.clone()))?;
        Some(if used.fingerprint == key.fingerprint { Ok(used.clone()) } else { Err(problem::key_reused()) })
    }

    fn remember(&mut self, user_id: i64, key: Option<&Key>, order_id: i64, reference: i64, created_at: i64) {
        let Some(Key { name, fingerprint }) = key.cloned() else { return };
        let used = UsedKey { user_id, name: name.clone(), fingerprint, order_id, reference, created_at };
        self.new_keys.push(used.clone());
        self.used.insert((user_id, name), used);
    }

    /// A Buy that was refused used nothing.
    fn forget(&mut self, buy: &Buy) {
        let Some(key) = &buy.key else { return };
        let user_id = buy.actor.user_id();
        self.used.remove(&(user_id, key.name.clone()));
        self.new_keys.retain(|used| used.user_id != user_id || used.name != key.name);
    }

    fn opened_before(&self, used: &UsedKey) -> Option<Done> {
        // An order opened earlier in this same batch is answered by its own command; this one asks again.
        let order = self.orders.get(&used.order_id)?.clone().as_opened();
        Some(Done { order, reference: used.reference })
    }
}

fn staff_act(wish: &Act, reference: i64) -> Option<StaffAct> {
    let (Actor::Staff(user_id), Some(action)) = (wish.actor, wish.action.by_staff()) else { return None };
    Some(StaffAct { order_id: wish.order_id, at: wish.now_ms, user_id, action, reference })
}

fn sold_by_staff(buy: &Buy) -> Option<StaffAct> {
    let Actor::Staff(user_id) = buy.actor else { return None };
    let (order_id, at) = (buy.order.order_id, buy.order.created_at);
    Some(StaffAct { order_id, at, user_id, action: "BUY", reference: order_id })
}

fn opened(buy: &Buy) -> Done {
    Done { order: Aggregate::new(buy.order.clone()), reference: buy.order.order_id }
}

fn claims_of(order: &crate::domain::order::Order) -> impl Iterator<Item = Claim> + '_ {
    let claim =
        |seat: &Arc<str>| Claim { film_sid: order.film_sid, seat: seat.clone(), order_id: order.order_id };
    order.items.iter().map(move |item| claim(&item.seat))
}

/// Orders of a buyer that are looked at when the unpaid ones are counted; more where more
/// may be unpaid. Nobody who means well makes so many in the time of a hold.
const MANY: u32 = 500;

/// What is to be known of the buyers for whom there is a limit of unpaid orders.
fn about_buyers(buys: &[(usize, &Buy)]) -> BeforeBuying {
    let limits = || buys.iter().filter_map(|(_, buy)| Some((buy.order.user_id, buy.most_open?)));
    let since = limits().map(|(_, limit)| limit.since).min().unwrap_or_default();
    let most = limits().map(|(_, limit)| limit.orders).max().unwrap_or_default().max(MANY);
    let user_ids: HashSet<i64> = limits().map(|(user_id, _)| user_id).collect();
    BeforeBuying { user_ids: user_ids.into_iter().collect(), since, most, ..BeforeBuying::default() }
}

/// How many unpaid orders each of them has. Beyond what was looked at there may be any number.
fn open_orders(recent: &[RecentOrders], most: u32) -> HashMap<i64, u32> {
    let open = |recent: &RecentOrders| if recent.all < most { recent.unpaid } else { most };
    recent.iter().map(|recent| (recent.user_id, open(recent))).collect()
}

fn may_open_one_more(open: &mut HashMap<i64, u32>, buy: &Buy) -> bool {
    let Some(most) = buy.most_open else { return true };
    let count = open.entry(buy.order.user_id).or_default();
    *count += 1;
    *count <= most.orders
}
