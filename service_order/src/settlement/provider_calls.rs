//! Calls of the provider, bounded in time and repeated where no answer came.

use std::future::Future;
use std::time::Duration;

use crate::provider::{
    ChargeOutcome, ChargeRequest, PaymentProvider, ProviderError, RefundOutcome, RefundRequest,
};

/// How long one call may take: a buyer waits for it.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Calls for one answer, before it is left to the background.
const TRIES: u32 = 2;
/// Wait between two calls.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn charge(
    provider: &dyn PaymentProvider,
    request: ChargeRequest,
) -> Result<ChargeOutcome, ProviderError> {
    repeated(|| provider.charge(request.clone())).await
}

pub(super) async fn refund(
    provider: &dyn PaymentProvider,
    request: RefundRequest,
) -> Result<RefundOutcome, ProviderError> {
    repeated(|| provider.refund(request.clone())).await
}

/// Repeating is harmless: the provider does what has the same id once.
async fn repeated<A, F>(call: impl Fn() -> F) -> Result<A, ProviderError>
where
    F: Future<Output = Result<A, ProviderError>>,
{
    for _ in 1..TRIES {
        match tokio::time::timeout(TIMEOUT, call()).await {
            Ok(Err(ProviderError::Unavailable)) | Err(_) => tokio::time::sleep(PAUSE).await,
            Ok(answer) => return answer,
        }
    }
    tokio::time::timeout(TIMEOUT, call()).await.unwrap_or(Err(ProviderError::Unavailable))
}
