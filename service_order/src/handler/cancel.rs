//! Cancel: give up an order that is not paid.

use contract::order::{CancelRequest, Order as Reply};
use micro::RequestContext;

use super::{Answer, Orders, reply};
use crate::committer::{Act, Action};

impl Orders {
    pub(super) async fn cancel(&self, context: &RequestContext, wish: &CancelRequest) -> Answer<Reply> {
        let actor = self.actor_about(context.caller()?, wish.order_id).await?;
        let now_ms = self.clock.now_ms();
        let act = Act { order_id: wish.order_id, actor, key: None, action: Action::Cancel, now_ms };
        let done = self.committer.act(act).await?;
        reply::order(&done.order, &self.tickets)
    }
}
