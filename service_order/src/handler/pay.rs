//! Pay: an intent that survives a crash, the provider's answer, and what follows from it.

use contract::order::{PayRequest, PayResponse};
use micro::{Problem, RequestContext};
use prost::Message;

use super::{Answer, Orders, key, reply};
use crate::committer::{Act, Action, Actor, Done};
use crate::domain::order::Aggregate;
use crate::domain::paying::NewPayment;
use crate::domain::problem;
use crate::domain::state::PaymentState;
use crate::provider::PaymentMethod;

impl Orders {
    pub(super) async fn pay(&self, context: &RequestContext, wish: PayRequest) -> Answer<PayResponse> {
        let actor = self.actor_about(context.caller()?, wish.order_id).await?;
        let key = key(context, "Pay", &wish.encode_to_vec());
        let method = PaymentMethod::new(wish.payment_method)?;
        let provider = self.settlement.providers().of(&method);
        provider.check(&method)?;
        if provider.at_the_counter() && !matches!(actor, Actor::Staff(_)) {
            return Err(problem::cash_only_at_the_counter());
        }
        let now_ms = self.clock.now_ms();
        let new = NewPayment {
            payment_id: self.payment_ids.next().await?,
            provider: provider.name().to_owned(),
            method: method.as_str().to_owned(),
            keep_until: now_ms + i64::from(self.config.payment_grace_ms),
            most_attempts: self.config.max_payment_attempts,
        };
        let action = Action::BeginPayment(new);
        let begun = self.committer.act(Act { order_id: wish.order_id, actor, key, action, now_ms }).await?;
        let done = if on_its_way(&begun) { self.charge(begun).await? } else { begun };
        self.paid(done.order, done.reference)
    }

    /// Charges and takes note of the answer, whether or not the caller still waits for it.
    async fn charge(&self, begun: Done) -> Answer<Done> {
        let settlement = self.settlement.clone();
        let charging = tokio::spawn(async move { settlement.charge(begun).await });
        charging.await.map_err(Problem::internal)?
    }

    fn paid(&self, order: Aggregate, payment_id: i64) -> Answer<PayResponse> {
        let order = order.as_of_payment(payment_id);
        let payment =
            order.payment(payment_id).ok_or_else(|| Problem::internal("the payment was not stored"))?;
        if payment.state == PaymentState::Failed {
            return Err(problem::payment_declined(&payment.decline_code));
        }
        let payment = reply::payment(payment, &order.order.currency);
        Ok(PayResponse { order: Some(reply::order(&order, &self.tickets)?), payment: Some(payment) })
    }
}

fn on_its_way(begun: &Done) -> bool {
    begun.order.payment(begun.reference).is_some_and(|payment| payment.state == PaymentState::Processing)
}
