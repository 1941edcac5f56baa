//! What a payment provider calls back with.

use contract::order::{PaymentWebhookRequest, PaymentWebhookResponse};
use micro::Problem;

use super::{Answer, Orders};
use crate::domain::order::Order;
use crate::domain::paying::Outcome;
use crate::provider::{PaymentProvider, WebhookEvent, WebhookOutcome};

impl Orders {
    pub(super) async fn webhook(
        &self,
        signature: &str,
        wish: PaymentWebhookRequest,
    ) -> Answer<PaymentWebhookResponse> {
        let calls_back = |provider: &&dyn PaymentProvider| !provider.at_the_counter();
        let provider = self.settlement.providers().named(&wish.provider).filter(calls_back);
        let provider = provider.ok_or_else(|| {
            Problem::not_found("PROVIDER_UNKNOWN", "there is no payment provider of that name")
        })?;
        let body = wish.body.unwrap_or_default().data;
        let event = provider.verify_webhook(signature, &body, self.clock.now_ms())?;
        self.note(provider.name(), event).await?;
        Ok(PaymentWebhookResponse {})
    }

    async fn note(&self, provider: &str, event: WebhookEvent) -> Answer<()> {
        let Some(order_id) = self.reads.order_of_payment(event.payment_id).await? else {
            // Answered all the same, or the provider would send it again for days.
            tracing::warn!(payment_id = event.payment_id, "a webhook names a payment there is not");
            return Ok(());
        };
        let order = self.reads.order(order_id).await?;
        let payment =
            order.as_ref().and_then(|order| order.payment(event.payment_id).zip(Some(&order.order)));
        if payment.is_some_and(|(payment, _)| payment.provider != provider) {
            return Err(Problem::invalid("WEBHOOK_INVALID", "the payment is another provider's"));
        }
        let fits = |order: &Order| order.amount == event.amount && *order.currency == *event.currency;
        if !payment.is_some_and(|(_, order)| fits(order)) {
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
