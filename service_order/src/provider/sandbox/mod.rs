//! A payment provider that moves no money: for trying out, and for tests.
//!
//! It behaves as a real one does, lost answers, late answers and double
//! webhooks included, and forgets nothing: what it said is in its own tables,
//! where every order process finds it.

mod book;
mod cards;
mod courier;
mod database;
mod outbox;
mod payment;
mod rows;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use http::Uri;
use micro::Clock;
use micro::database::Database;
use serde::Deserialize;
use thiserror::Error;
use tokio::sync::Notify;

use self::cards::Card;
use self::payment::Charge;
use self::writer::Writer;
use super::signature::Secret;
use super::webhook::{self, WebhookEvent, WebhookRefused};
use super::{ChargeOutcome, ChargeRequest, PaymentMethod, PaymentProvider};
use super::{ProviderError, RefundOutcome, RefundRequest};

pub use database::open_database;

/// The provider's name in orders and paths.
pub const NAME: &str = "sandbox";

/// Settings of the sandbox.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SandboxConfig {
    /// Where webhooks go, `http://host:port/v1/payments/webhooks/sandbox`; kept back while absent.
    pub webhook_url: Option<String>,
    /// Secrets webhooks are signed with and believed by, the newest first; at least one.
    pub webhook_secrets: Vec<Secret>,
    /// How long the late cards take, milliseconds.
    pub late_after_ms: u32,
    /// How often a webhook is tried before it is given up.
    pub webhook_attempts: u32,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self { webhook_url: None, webhook_secrets: Vec::new(), late_after_ms: 3_000, webhook_attempts: 12 }
    }
}

/// Why the sandbox does not start.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// Not an `http://` address.
    #[error("{0:?} is not an http:// address")]
    Url(String),
    /// Webhooks could not be signed.
    #[error("the sandbox needs a webhook secret")]
    Secret,
}

/// The sandbox. [`Self::call_back`] must run for late cards and webhooks to work.
pub struct Sandbox {
    database: Database,
    writer: Writer,
    clock: Clock,
    secrets: Vec<Secret>,
    url: ArcSwapOption<Uri>,
    late_after_ms: i64,
    attempts: u32,
    /// Something is to be settled or to be sent.
    wake: Notify,
}

impl Sandbox {
    /// Begins to work on what it remembers, the answer of [`open_database`].
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn start(config: &SandboxConfig, database: Database, clock: Clock) -> Result<Self, SandboxError> {
        if config.webhook_secrets.is_empty() || config.webhook_secrets.iter().any(Secret::is_empty) {
            return Err(SandboxError::Secret);
        }
        let sandbox = Self {
            writer: Writer::start(database.clone()),
            database,
            clock,
            secrets: config.webhook_secrets.clone(),
            url: ArcSwapOption::empty(),
            late_after_ms: i64::from(config.late_after_ms),
            attempts: config.webhook_attempts.max(1),
            wake: Notify::new(),
        };
        if let Some(url) = &config.webhook_url {
            sandbox.set_webhook_url(url)?;
        }
        Ok(sandbox)
    }

    /// Says where webhooks go; for a port that is known only after the start.
    ///
    /// # Errors
    /// [`SandboxError::Url`].
    pub fn set_webhook_url(&self, url: &str) -> Result<(), SandboxError> {
        let uri: Uri = url.parse().map_err(|_| SandboxError::Url(url.to_owned()))?;
        if uri.scheme_str() != Some("http") || uri.host().is_none() {
            return Err(SandboxError::Url(url.to_owned()));
        }
        self.url.store(Some(Arc::new(uri)));
        self.wake.notify_one();
        Ok(())
    }

    /// Settles late payments and sends webhooks until `stop` is done.
    pub async fn call_back(&self, stop: impl Future<Output = ()>) {
        tokio::select! {
            () = courier::run(self) => {}
            () = stop => {}
        }
    }
}

fn card(method: &PaymentMethod) -> Result<Card, ProviderError> {
    Card::parse(method.as_str()).ok_or(ProviderError::MethodUnknown)
}

#[async_trait]
impl PaymentProvider for Sandbox {
    fn name(&self) -> &'static str {
        NAME
    }

    fn check(&self, method: &PaymentMethod) -> Result<(), ProviderError> {
        card(method).map(|_| ())
    }

    async fn charge(&self, request: ChargeRequest) -> Result<ChargeOutcome, ProviderError> {
        let card = card(&request.method)?;
        let charge = Charge::new(&request, card, self.clock.now_ms(), self.late_after_ms);
        let answer = self.writer.charge(charge).await;
        if card.calls_back() {
            self.wake.notify_one();
        }
        answer
    }

    async fn refund(&self, request: RefundRequest) -> Result<RefundOutcome, ProviderError> {
        self.writer.refund(request).await
    }

    async fn status(&self, payment_id: i64) -> Result<Option<ChargeOutcome>, ProviderError> {
        book::status(self.database.pool(), payment_id).await.map_err(|error| {
            tracing::warn!(%error, "the payment sandbox could not read");
            ProviderError::Unavailable
        })
    }

    fn verify_webhook(
        &self,
        signature: &str,
        body: &[u8],
        now_ms: i64,
    ) -> Result<WebhookEvent, WebhookRefused> {
        webhook::verify(&self.secrets, signature, body, now_ms)
    }
}
