//! Refund: give seats back, all that are left or some.

use std::sync::Arc;

use contract::order::{Refund as RefundReply, RefundRequest, RefundResponse, refund::State};
use micro::{Problem, RequestContext};
use prost::Message;

use super::{Answer, Orders, key, reply};
use crate::committer::{Act, Action, Actor, Done};
use crate::domain::ending::{GivenBack, give_back};
use crate::domain::order::Aggregate;
use crate::domain::problem;
use crate::domain::state::RefundState;

impl Orders {
    pub(super) async fn refund(
        &self,
        context: &RequestContext,
        wish: RefundRequest,
    ) -> Answer<RefundResponse> {
        let actor = self.actor_about(context.caller()?, wish.order_id).await?;
        let key = key(context, "Refund", &wish.encode_to_vec());
        let action = Action::GiveBack {
            seats: wish.seats,
            refund_id: self.refund_ids.next().await?,
            rules: Arc::new(self.config.refund_rules.clone()),
        };
        let now_ms = self.clock.now_ms();
        let decided = self.committer.act(Act { order_id: wish.order_id, actor, key, action, now_ms }).await?;
        let refund_id = decided.reference;
        let order =
            if open(&decided.order, refund_id) { self.send_back(decided).await? } else { decided.order };
        let order = order.as_of_refund(refund_id);
        let refund = order.refund(refund_id).ok_or_else(|| Problem::internal("the refund was not stored"))?;
        let refund = reply::refund(refund, &order.order.currency);
        Ok(RefundResponse { order: Some(reply::order(&order, &self.tickets)?), refund: Some(refund) })
    }

    /// Has the provider give the money back, whether or not the caller still waits.
    ///
    /// The refund is decided: a provider that does not answer is asked again later.
    async fn send_back(&self, decided: Done) -> Answer<Aggregate> {
        let settlement = self.settlement.clone();
        let sending =
            tokio::spawn(async move { settlement.send_back(decided.order, decided.reference).await });
        sending.await.map_err(Problem::internal)?
    }

    pub(super) async fn quote(&self, context: &RequestContext, wish: RefundRequest) -> Answer<RefundReply> {
        let (actor, mut order) = self.seen(context, wish.order_id).await?;
        if matches!(actor, Actor::Customer(_)) && order.paid_in_cash() {
            return Err(problem::cash_only_at_the_counter());
        }
        let now = self.clock.now_ms();
        match give_back(&mut order, &self.config.refund_rules, &wish.seats, 0, now)? {
            GivenBack::Repeat(refund_id) => {
                let refund =
                    order.refund(refund_id).ok_or_else(|| Problem::internal("a refund is missing"))?;
                Ok(reply::refund(refund, &order.order.currency))
            }
            GivenBack::New(..) => {
                let refund = order.refunds.last().ok_or_else(|| Problem::internal("a quote is missing"))?;
                let quote = reply::refund(refund, &order.order.currency);
                Ok(RefundReply { state: State::Unspecified.into(), ..quote })
            }
        }
    }
}

fn open(order: &Aggregate, refund_id: i64) -> bool {
    order.refund(refund_id).is_some_and(|refund| refund.state == RefundState::Created)
}
