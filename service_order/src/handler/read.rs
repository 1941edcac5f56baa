//! Reading orders.

use contract::order::{GetTicketKeysResponse, ListMineRequest, ListMineResponse, Order as Reply};
use micro::{RequestContext, page};

use super::{Answer, Orders, actor_at, reply};
use crate::committer::Actor;
use crate::domain::order::Aggregate;
use crate::domain::problem;

/// Orders on a page where the request names no number.
const PAGE: i32 = 50;

impl Orders {
    pub(super) async fn info(&self, context: &RequestContext, order_id: i64) -> Answer<Reply> {
        reply::order(&self.seen(context, order_id).await?.1, &self.tickets)
    }

    /// An order, if it exists for the caller, and who the caller is to it.
    pub(super) async fn seen(&self, context: &RequestContext, order_id: i64) -> Answer<(Actor, Aggregate)> {
        let caller = context.caller()?;
        let order = self.reads.order(order_id).await?.ok_or_else(problem::order_not_found)?;
        let actor = actor_at(caller, order.order.cinema_id);
        if actor.sees(order.order.user_id) { Ok((actor, order)) } else { Err(problem::order_not_found()) }
    }

    pub(super) async fn list(
        &self,
        context: &RequestContext,
        wish: &ListMineRequest,
    ) -> Answer<ListMineResponse> {
        let caller = context.caller()?;
        let size = if wish.page_size == 0 { PAGE } else { wish.page_size };
        let newest = (i64::MAX, i64::MAX);
        let before = if wish.page_token.is_empty() { newest } else { page::decode(&wish.page_token)? };
        let mut orders = self.reads.orders_of(caller.user_id, before, i64::from(size) + 1).await?;
        let more = orders.len() > usize::try_from(size).unwrap_or(usize::MAX);
        if more {
            orders.pop();
        }
        let next =
            orders.last().filter(|_| more).map(|order| page::encode(&(order.created_at, order.order_id)));
        Ok(ListMineResponse {
            orders: orders.iter().map(reply::summary).collect(),
            next_page_token: next.unwrap_or_default(),
        })
    }

    pub(super) fn ticket_keys(&self) -> GetTicketKeysResponse {
        GetTicketKeysResponse { keys: self.tickets.keys() }
    }
}
