//! The boundary to whoever moves the money; see `docs/payments.md`.

pub mod cash;
mod chosen;
pub mod method;
pub mod sandbox;
pub mod signature;
pub mod webhook;

use async_trait::async_trait;
use thiserror::Error;

pub use cash::Cash;
pub use chosen::Providers;
pub use method::{CardNumberRefused, PaymentMethod};
pub use sandbox::{Sandbox, SandboxConfig};
pub use webhook::{WebhookEvent, WebhookOutcome, WebhookRefused};

/// Somebody who takes and gives back money.
///
/// Every call may be repeated: what happened is found by the payment's or the
/// refund's id, and told again.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// The provider's name in orders and in the path of its webhooks.
    fn name(&self) -> &'static str;

    /// Whether the money changes hands at the counter, so that only staff can take it and give it back.
    fn at_the_counter(&self) -> bool {
        false
    }

    /// Whether a means of payment could be charged at all; asked before anything is stored.
    ///
    /// # Errors
    /// [`ProviderError::MethodUnknown`].
    fn check(&self, method: &PaymentMethod) -> Result<(), ProviderError>;

    /// Takes money.
    ///
    /// # Errors
    /// After [`ProviderError::Unavailable`] the money may or may not have been taken: ask again
    /// with the same payment id, or ask [`Self::status`].
    async fn charge(&self, request: ChargeRequest) -> Result<ChargeOutcome, ProviderError>;

    /// Gives money back.
    ///
    /// # Errors
    /// As [`Self::charge`], with the same refund id.
    async fn refund(&self, request: RefundRequest) -> Result<RefundOutcome, ProviderError>;

    /// What became of a payment; `None` where the provider never heard of it.
    ///
    /// # Errors
    /// [`ProviderError::Unavailable`].
    async fn status(&self, payment_id: i64) -> Result<Option<ChargeOutcome>, ProviderError>;

    /// Checks the signature of a webhook and reads it.
    ///
    /// `signature` is the header `marquee-signature`, `body` the bytes as they came.
    ///
    /// # Errors
    /// Why it is not believed.
    fn verify_webhook(
        &self,
        signature: &str,
        body: &[u8],
        now_ms: i64,
    ) -> Result<WebhookEvent, WebhookRefused>;
}

/// Money to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRequest {
    /// The payment; the same id is charged once.
    pub payment_id: i64,
    /// The order.
    pub order_id: i64,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// What to charge.
    pub method: PaymentMethod,
}

/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeOutcome {
    /// The money is there.
    Succeeded {
        /// The provider's name for the payment.
        provider_ref: String,
    },
    /// It will not come.
    Declined {
        /// Why, `insufficient_funds`.
        code: String,
    },
    /// It is not known yet; a webhook follows.
    Processing {
        /// The provider's name for the payment.
        provider_ref: String,
    },
}

/// Money to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// The refund; the same id is given back once.
    pub refund_id: i64,
    /// The payment it is taken from.
    pub payment_id: i64,
    /// The provider's name for the payment.
    pub provider_ref: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
}

/// What became of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// The money is on its way back.
    Succeeded {
        /// The provider's name for the refund.
        provider_ref: String,
    },
    /// The provider refused; a person must look.
    Failed {
        /// Why.
        code: String,
    },
}

/// Why a provider gives no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProviderError {
    /// No answer: what was asked may or may not have been done.
    #[error("the payment provider does not answer; ask again")]
    Unavailable,
    /// A means of payment the provider does not know. Nothing was done.
    #[error("the payment provider does not know this means of payment")]
    MethodUnknown,
    /// The id was used before for another amount, currency or payment. Nothing was done.
    #[error("the same id was used before for something else")]
    Mismatch,
}
