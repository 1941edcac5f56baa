//! What happens to money between the order and the provider, until it is settled.
//!
//! An intent is stored before the provider is asked, and the provider's answer
//! after it. Whatever breaks in between is asked again with the same id, which
//! the provider does once: so asking again is always right.

mod provider_calls;

use std::sync::Arc;

use micro::database::Ids;
use micro::{Clock, Problem};
use tokio::sync::Notify;

use crate::committer::{Act, Action, Actor, Committer, Done};
use crate::domain::order::{Aggregate, Payment, Refund};
use crate::domain::paying::Outcome;
use crate::domain::refund::RefundReason;
use crate::domain::state::RefundState;
use crate::provider::{
    ChargeOutcome, ChargeRequest, PaymentMethod, PaymentProvider, ProviderError, Providers, RefundOutcome,
    RefundRequest,
};

/// Charges and gives back, and takes note of what came of it.
#[derive(Clone)]
pub struct Settlement(Arc<Parts>);

struct Parts {
    providers: Providers,
    committer: Committer,
    refund_ids: Ids,
    clock: Clock,
    screening_stopped: Notify,
}

impl Settlement {
    /// Settles with these providers.
    #[must_use]
    pub fn new(providers: Providers, committer: Committer, refund_ids: Ids, clock: Clock) -> Self {
        Self(Arc::new(Parts { providers, committer, refund_ids, clock, screening_stopped: Notify::new() }))
    }

    /// Who moves the money.
    #[must_use]
    pub fn providers(&self) -> &Providers {
        &self.0.providers
    }

    /// Says that a screening was stopped and its orders are to be ended.
    pub fn wake(&self) {
        self.0.screening_stopped.notify_one();
    }

    /// Waits until [`Self::wake`].
    pub async fn woken(&self) {
        self.0.screening_stopped.notified().await;
    }

    /// Charges the payment `begun` refers to, and takes note of the answer.
    ///
    /// A provider that does not answer leaves the payment PROCESSING: it is asked again in the background.
    ///
    /// # Errors
    /// The committer's.
    pub async fn charge(&self, begun: Done) -> Result<Done, Problem> {
        let order = &begun.order.order;
        let Some(payment) = begun.order.payment(begun.reference) else { return Ok(begun) };
        let Some(provider) = self.provider(Some(payment)) else { return Ok(begun) };
        let outcome = match charge_request(&begun.order, payment) {
            Some(request) => provider_calls::charge(provider, request).await,
            None => Ok(ChargeOutcome::Declined { code: "payment_method_unknown".to_owned() }),
        };
        let outcome = match outcome {
            Ok(ChargeOutcome::Succeeded { provider_ref }) => Outcome::Succeeded(provider_ref),
            Ok(ChargeOutcome::Declined { code }) => Outcome::Failed(code),
            Ok(ChargeOutcome::Processing { provider_ref }) => Outcome::Processing(provider_ref),
            Err(ProviderError::MethodUnknown) => Outcome::Failed("payment_method_unknown".to_owned()),
            Err(ProviderError::Mismatch) => {
                tracing::error!(
                    payment_id = payment.payment_id,
                    "the provider knows this payment as another one"
                );
                Outcome::Failed("payment_mismatch".to_owned())
            }
            Err(ProviderError::Unavailable) => return Ok(begun),
        };
        let payment_id = payment.payment_id;
        self.finish(order.order_id, payment_id, outcome).await
    }

    /// Takes note of what became of a payment; money that came too late is sent back.
    ///
    /// # Errors
    /// The committer's.
    pub async fn finish(&self, order_id: i64, payment_id: i64, outcome: Outcome) -> Result<Done, Problem> {
        let refund_id = self.0.refund_ids.next().await?;
        let mut done = self.act(order_id, Action::FinishPayment { payment_id, outcome, refund_id }).await?;
        if done.order.refund(refund_id).is_some_and(|refund| refund.reason == RefundReason::PaidTooLate) {
            tracing::warn!(
                order_id,
                payment_id,
                refund_id,
                "a payment came after its seats were gone; it goes back"
            );
            done.order = self.send_back(done.order, refund_id).await?;
        }
        Ok(done)
    }

    /// Ends an order because its screening does not take place.
    ///
    /// # Errors
    /// The committer's.
    pub async fn screening_cancelled(&self, order_id: i64) -> Result<(), Problem> {
        let refund_id = self.0.refund_ids.next().await?;
        let done = self.act(order_id, Action::ScreeningCancelled { refund_id }).await?;
        if done.reference == refund_id {
            self.send_back(done.order, refund_id).await?;
        }
        Ok(())
    }

    /// Has the provider give a refund's money back and takes note of the answer.
    ///
    /// A provider that does not answer leaves the refund CREATED: it is asked again in the background.
    ///
    /// # Errors
    /// The committer's.
    pub async fn send_back(&self, order: Aggregate, refund_id: i64) -> Result<Aggregate, Problem> {
        let Some(refund) = order.refund(refund_id).filter(|refund| refund.state == RefundState::Created)
        else {
            return Ok(order);
        };
        let Some(provider) = self.provider(order.payment(refund.payment_id)) else { return Ok(order) };
        let order_id = order.order.order_id;
        let succeeded = match provider_calls::refund(provider, refund_request(&order, refund)).await {
            Ok(RefundOutcome::Succeeded { .. }) => true,
            Ok(RefundOutcome::Failed { code }) => {
                tracing::error!(order_id, refund_id, %code, "the provider refused a refund; a person must look");
                false
            }
            Err(ProviderError::Unavailable) => return Ok(order),
            Err(error) => {
                tracing::error!(order_id, refund_id, %error, "a refund cannot be carried out; a person must look");
                false
            }
        };
        Ok(self.act(order_id, Action::FinishRefund { refund_id, succeeded }).await?.order)
    }

    /// Ends the hold of an order whose time is over.
    ///
    /// # Errors
    /// The committer's.
    pub async fn expire(&self, order_id: i64) -> Result<(), Problem> {
        self.act(order_id, Action::Expire).await.map(|_| ())
    }

    /// Who has the money of a payment. Where nobody is known by that name any more, nothing is
    /// done: it stays open until the provider is there again.
    fn provider(&self, payment: Option<&Payment>) -> Option<&dyn PaymentProvider> {
        let found = payment.and_then(|payment| self.0.providers.named(&payment.provider));
        if found.is_none() {
            let (payment_id, provider) = payment.map_or((0, ""), |p| (p.payment_id, &p.provider));
            tracing::error!(payment_id, provider, "there is no such payment provider; a person must look");
        }
        found
    }

    async fn act(&self, order_id: i64, action: Action) -> Result<Done, Problem> {
        let now_ms = self.0.clock.now_ms();
        self.0.committer.act(Act { order_id, actor: Actor::System, key: None, action, now_ms }).await
    }
}

/// `None` where the stored token could not have been accepted.
fn charge_request(order: &Aggregate, payment: &Payment) -> Option<ChargeRequest> {
    Some(ChargeRequest {
        payment_id: payment.payment_id,
        order_id: order.order.order_id,
        amount: payment.amount,
        currency: order.order.currency.to_string(),
        method: PaymentMethod::new(payment.method.clone()).ok()?,
    })
}

fn refund_request(order: &Aggregate, refund: &Refund) -> RefundRequest {
    let provider_ref = order.payment(refund.payment_id).map(|payment| payment.provider_ref.clone());
    RefundRequest {
        refund_id: refund.refund_id,
        payment_id: refund.payment_id,
        provider_ref: provider_ref.unwrap_or_default(),
        amount: refund.amount,
        currency: order.order.currency.to_string(),
    }
}
