//! FindOrders: orders for staff at the counter and for managers.

use contract::order::{FindOrdersRequest, FindOrdersResponse};
use micro::{Caller, RequestContext, page};

use super::{Answer, Orders, reply, scope};
use crate::store::reads::Wanted;

/// Orders on a page where the request names no number.
const PAGE: i32 = 50;

impl Orders {
    pub(super) async fn find(
        &self,
        context: &RequestContext,
        wish: &FindOrdersRequest,
    ) -> Answer<FindOrdersResponse> {
        let cinema_ids = scope::cinemas(context, &wish.cinema_ids, Caller::serves_all, Caller::serves)?;
        if cinema_ids.as_ref().is_some_and(Vec::is_empty) {
            return Ok(FindOrdersResponse::default());
        }
        let size = if wish.page_size == 0 { PAGE } else { wish.page_size };
        let newest = (i64::MAX, i64::MAX);
        let wanted = Wanted {
            order_id: wish.order_id,
            user_id: wish.user_id,
            film_sid: wish.film_sid,
            cinema_ids,
            state: wish.state(),
            from: wish.created_from,
            to: if wish.created_to == 0 { i64::MAX } else { wish.created_to },
            before: if wish.page_token.is_empty() { newest } else { page::decode(&wish.page_token)? },
        };
        // One more than asked for tells whether another page follows.
        let mut orders = self.reads.find(&wanted, i64::from(size) + 1).await?;
        let more = orders.len() > usize::try_from(size).unwrap_or(usize::MAX);
        if more {
            orders.pop();
        }
        let next =
            orders.last().filter(|_| more).map(|order| page::encode(&(order.created_at, order.order_id)));
        Ok(FindOrdersResponse {
            orders: orders.iter().map(reply::summary).collect(),
            next_page_token: next.unwrap_or_default(),
        })
    }
}
