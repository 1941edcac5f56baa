//! What a payment provider calls back with.

use contract::order::{PaymentWebhookRequest, PaymentWebhookResponse};
use micro::Problem;

use super::{Answer, Orders};
use crate::domain::paying::Outcome;
use crate::provider::{WebhookEvent, WebhookOutcome};

impl Orders {
    pub(super) async fn webhook(
        &self,
        signature: &str,
        wish: PaymentWebhookRequest,
    ) -> Answer<PaymentWebhookResponse> {
        let provider = self.settlement.provider();
        if wish.provider != provider.name() {
            return Err(Problem::not_found("PROVIDER_UNKNOWN", "there is no payment provider of that name"));
        }
        let body = wish.body.unwrap_or_default().data;
        let event = provider.verify_webhook(signature, &body, self.clock.now_ms())?;
        self.note(event).await?;
        Ok(PaymentWebhookResponse {})
    }

    async fn note(&self, event: WebhookEvent) -> Answer<()> {
        let Some(order_id) = self.reads.order_of_payment(event.payment_id).await? else {
            // Answered all the same, or the provider would send it again for days.
            tracing::warn!(payment_id = event.payment_id, "a webhook names a payment there is not");
            return Ok(());
        };
        let order = self.reads.order(order_id).await?.map(|order| order.order);
        if !order.is_some_and(|order| order.amount == event.amount && *order.currency == *event.currency) {
            return Err(Problem::invalid("WEBHOOK_INVALID", "amount or currency are not the payment's"));
        }
        let outcome = match event.outcome {
            WebhookOutcome::Succeeded => Outcome::Succeeded(String::new()),
            WebhookOutcome::Failed { decline_code } => Outcome::Failed(decline_code),
        };
        self.settlement.finish(order_id, event.payment_id, outcome).await?;
        Ok(())
    }
}
