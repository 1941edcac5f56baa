//! A payment as the sandbox knows it, and what it says of it.

use super::cards::{Card, Plan};
use crate::provider::webhook::{WebhookEvent, WebhookOutcome};
use crate::provider::{ChargeOutcome, ChargeRequest, ProviderError, RefundRequest};

/// The states of `sandbox_payment`; its statements spell them out.
const PROCESSING: i64 = 1;
const SUCCEEDED: i64 = 2;
const FAILED: i64 = 3;

micro::row! {
    /// A row of `sandbox_payment`.
    #[derive(Debug, Clone)]
    pub(super) struct Payment {
        pub(super) payment_id: i64,
        pub(super) order_id: i64,
        pub(super) amount: i64,
        pub(super) currency: String,
        pub(super) state: i64,
        pub(super) decline_code: String,
        pub(super) refusing_refunds: i64,
        pub(super) settle_at: i64,
    }
}

/// What is asked for when a card is charged.
#[derive(Debug, Clone)]
pub(super) struct Charge {
    /// The payment as it is if this is the first time.
    pub(super) payment: Payment,
    pub(super) now: i64,
    plan: Plan,
}

impl Charge {
    pub(super) fn new(request: &ChargeRequest, card: Card, now: i64, late_after_ms: i64) -> Self {
        let plan = card.plan();
        let state = match plan {
            Plan::Succeed { .. } | Plan::SucceedUnheard => SUCCEEDED,
            Plan::Decline => FAILED,
            Plan::Later => PROCESSING,
        };
        let payment = Payment {
            payment_id: request.payment_id,
            order_id: request.order_id,
            amount: request.amount,
            currency: request.currency.clone(),
            state,
            decline_code: card.decline_code().to_owned(),
            refusing_refunds: i64::from(card == Card::RefundFails),
            settle_at: now.saturating_add(late_after_ms),
        };
        Self { payment, now, plan }
    }

    /// Webhooks that follow at once.
    pub(super) fn webhooks(&self) -> i64 {
        match self.plan {
            Plan::Succeed { webhooks } => i64::from(webhooks),
            _ => 0,
        }
    }

    /// What is answered the first time.
    pub(super) fn first_answer(&self) -> Result<ChargeOutcome, ProviderError> {
        match self.plan {
            Plan::SucceedUnheard => Err(ProviderError::Unavailable),
            _ => Ok(self.payment.outcome()),
        }
    }

    /// What is answered every further time: what became of the first.
    pub(super) fn further_answer(&self, known: &Payment) -> Result<ChargeOutcome, ProviderError> {
        let same = known.amount == self.payment.amount && known.currency == self.payment.currency;
        if same { Ok(known.outcome()) } else { Err(ProviderError::Mismatch) }
    }
}

impl Payment {
    pub(super) fn outcome(&self) -> ChargeOutcome {
        let provider_ref = format!("sandbox_payment_{}", self.payment_id);
        match self.state {
            SUCCEEDED => ChargeOutcome::Succeeded { provider_ref },
            FAILED => ChargeOutcome::Declined { code: self.decline_code.clone() },
            _ => ChargeOutcome::Processing { provider_ref },
        }
    }

    /// What the webhook says once the payment is settled; the same however often it is sent.
    pub(super) fn event(&self) -> WebhookEvent {
        let decline_code = self.decline_code.clone();
        WebhookEvent {
            event_id: format!("sandbox_event_{}", self.payment_id),
            payment_id: self.payment_id,
            amount: self.amount,
            currency: self.currency.clone(),
            outcome: if decline_code.is_empty() {
                WebhookOutcome::Succeeded
            } else {
                WebhookOutcome::Failed { decline_code }
            },
        }
    }

    /// The state of a late payment when its time has come.
    pub(super) fn settled(&self) -> i64 {
        if self.decline_code.is_empty() { SUCCEEDED } else { FAILED }
    }

    /// Why a refund is refused; empty where it is not.
    pub(super) fn refund_failure(&self, request: &RefundRequest, given_back: i64) -> &'static str {
        if self.state != SUCCEEDED {
            return "payment_not_succeeded";
        }
        if self.refusing_refunds != 0 {
            return "refund_refused";
        }
        let left = self.amount - given_back;
        let fits = self.currency == request.currency && (0..=left).contains(&request.amount);
        if fits { "" } else { "more_than_was_paid" }
    }
}
