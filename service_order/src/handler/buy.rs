//! Buy: hold all the seats, or none, and open an order.

use contract::order::{BuyRequest, Order as Reply};
use micro::trace::Span;
use micro::{Caller, Problem, RequestContext};
use prost::Message;

use super::{Answer, Orders, actor_at, key, reply};
use crate::committer::{Actor, Buy, Command, Done, Key};
use crate::domain::facts::Facts;
use crate::domain::order::{Order, OrderItem};
use crate::domain::problem;
use crate::domain::selection::{Selection, select};
use crate::domain::state::OrderState;

impl Orders {
    pub(super) async fn buy(&self, context: &RequestContext, wish: BuyRequest) -> Answer<Reply> {
        let caller = context.caller()?;
        let buyer = buyer(caller, wish.user_id)?;
        let Some(key) = key(context, "Buy", &content(&wish)) else {
            return Ok(reply::summary(&self.open(context, caller, buyer, &wish, None).await?.order.order));
        };
        let _turn = self.turns.take(caller.user_id, key.name.clone()).await;
        match self.open(context, caller, buyer, &wish, Some(&key)).await {
            Ok(done) => Ok(reply::summary(&done.order.order)),
            // What is refused now may have been done the first time, by this very request.
            Err(refused) => Box::pin(self.first_answer(caller.user_id, &key)).await?.ok_or(refused),
        }
    }

    async fn open(
        &self,
        context: &RequestContext,
        caller: &Caller,
        buyer: i64,
        wish: &BuyRequest,
        key: Option<&Key>,
    ) -> Answer<Done> {
        if buyer != caller.user_id && self.config.buyers_must_exist {
            // Boxed, as it is rarely needed: what every purchase carries along stays small.
            Box::pin(self.buyers.check(buyer)).await?;
        }
        let facts = self.facts.get(wish.film_sid).await?;
        let actor = actor_at(caller, facts.cinema_id);
        if buyer != caller.user_id && !matches!(actor, Actor::Staff(_)) {
            return Err(problem::not_the_buyer());
        }
        let now = self.clock.now_ms();
        let selection = select(&facts, &wish.seats, &wish.ticket_types, now)?;
        let hall = self.gate.hall(&facts, now).await?;
        let seats: Vec<_> = selection.indexes().collect();
        let gate = Span::local("gate");
        let hold = gate.within(hall.want(&seats, context.deadline)).await;
        gate.set("gate.seats", i64::try_from(seats.len()).unwrap_or(i64::MAX));
        if let Err(taken) = &hold {
            gate.set("gate.taken", i64::try_from(taken.len()).unwrap_or(i64::MAX));
        }
        drop(gate);
        let hold = hold.map_err(|taken| problem::seats_taken(hall.names(&taken)))?;
        let order_id = self.order_ids.next().await?;
        let order = self.order(order_id, buyer, &facts, &selection, now);
        let most_open = (matches!(actor, Actor::Customer(_)) && self.config.max_open_orders > 0)
            .then(|| self.config.most_open(now));
        let command = Command::Buy(Box::new(Buy { order, actor, key: key.cloned(), most_open }));
        let answer = self.committer.submit(command).await;
        self.gate.ended(wish.film_sid, hold, &answer);
        answer?.ok_or_else(Problem::overloaded)
    }

    fn order(&self, order_id: i64, buyer: i64, facts: &Facts, selection: &Selection, now: i64) -> Order {
        let expires_at = now + i64::from(self.config.hold_ms);
        Order {
            order_id,
            film_sid: facts.film_sid,
            film_id: facts.film_id,
            cinema_id: facts.cinema_id,
            user_id: buyer,
            state: OrderState::Pending,
            items: items(facts, selection),
            amount: selection.amount,
            currency: selection.currency.clone(),
            starts_at: facts.starts_at,
            created_at: now,
            expires_at,
            sweep_at: expires_at,
            paid_at: 0,
        }
    }

    async fn first_answer(&self, user_id: i64, key: &Key) -> Answer<Option<Reply>> {
        let Some((fingerprint, order_id)) = self.reads.used_key(user_id, &key.name).await? else {
            return Ok(None);
        };
        if fingerprint != key.fingerprint {
            return Err(problem::key_reused());
        }
        let order = self.reads.order(order_id).await?;
        Ok(order.map(|order| reply::summary(&order.as_opened().order)))
    }
}

fn items(facts: &Facts, selection: &Selection) -> Vec<OrderItem> {
    let item = |item: &crate::domain::selection::Item| {
        let seat = facts.seat(item.index)?;
        Some(OrderItem {
            seat: seat.name.clone(),
            ticket_type: item.ticket_type.into(),
            category: facts.category(item.category)?.clone(),
            price: item.price,
            partner: seat.partner.and_then(|partner| facts.seat(partner)).map(|seat| seat.name.clone()),
        })
    };
    selection.items.iter().filter_map(item).collect()
}

fn buyer(caller: &Caller, user_id: i64) -> Answer<i64> {
    if user_id == 0 || user_id == caller.user_id {
        return Ok(caller.user_id);
    }
    if caller.is_staff() { Ok(user_id) } else { Err(problem::not_the_buyer()) }
}

/// The request in one spelling: a map has no order of its own.
fn content(wish: &BuyRequest) -> Vec<u8> {
    let mut types: Vec<_> = wish.ticket_types.iter().collect();
    types.sort_unstable();
    let plain = BuyRequest { ticket_types: std::collections::HashMap::new(), ..wish.clone() };
    let mut content = plain.encode_to_vec();
    content.extend(format!("{types:?}").into_bytes());
    content
}
