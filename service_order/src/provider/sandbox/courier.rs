//! Settles late payments and carries webhooks over HTTP.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::{Method, Request, Uri};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::outbox::Delivery;
use super::store::StoreGone;
use super::{Sandbox, book, outbox};
use crate::provider::signature;

/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Longest sleep while something is due later: a clock that was moved is noticed.
const LONGEST_SLEEP_MS: i64 = 500;
/// Wait after the store failed.
const STORE_WAIT: Duration = Duration::from_secs(1);

type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// Works for ever; may be dropped at any time, what was not delivered is sent again.
pub(super) async fn run(sandbox: &Sandbox) {
    let client: HttpClient = Client::builder(TokioExecutor::new()).build_http();
    loop {
        match round(sandbox, &client).await {
            Ok(Some(due_at)) => {
                let wait = due_at.saturating_sub(sandbox.clock.now_ms()).clamp(0, LONGEST_SLEEP_MS);
                let wait = Duration::from_millis(wait.unsigned_abs());
                // Ends early when a charge or a new address wakes it.
                drop(tokio::time::timeout(wait, sandbox.wake.notified()).await);
            }
            Ok(None) => sandbox.wake.notified().await,
            Err(StoreGone) => tokio::time::sleep(STORE_WAIT).await,
        }
    }
}

/// Settles and sends what is due; says when the next thing is.
async fn round(sandbox: &Sandbox, client: &HttpClient) -> Result<Option<i64>, StoreGone> {
    let now = sandbox.clock.now_ms();
    let url = sandbox.url.load_full();
    let sending = url.is_some();
    let deliveries = sandbox
        .store
        .call(move |db| {
            book::settle(db, now)?;
            if sending { outbox::due(db, now) } else { Ok(Vec::new()) }
        })
        .await?;
    if let Some(url) = url {
        let sent = deliveries.into_iter().map(|delivery| send(sandbox, client, &url, delivery));
        let sent = join_all(sent).await;
        if !sent.is_empty() {
            note(sandbox, sent).await?;
        }
    }
    sandbox
        .store
        .call(move |db| {
            let settling = book::next_settling(db)?;
            let due = if sending { outbox::next_due(db)? } else { None };
            Ok([settling, due].into_iter().flatten().min())
        })
        .await
}

async fn note(sandbox: &Sandbox, sent: Vec<(Delivery, bool)>) -> Result<(), StoreGone> {
    let now = sandbox.clock.now_ms();
    let attempts = sandbox.attempts;
    sandbox
        .store
        .call(move |db| {
            for (delivery, delivered) in &sent {
                if *delivered || delivery.attempts + 1 >= attempts {
                    outbox::remove(db, delivery.delivery_id)?;
                } else {
                    outbox::put_off(db, delivery, now)?;
                }
            }
            Ok(())
        })
        .await
}

/// One attempt; says whether the other side took the message.
async fn send(sandbox: &Sandbox, client: &HttpClient, url: &Uri, delivery: Delivery) -> (Delivery, bool) {
    // Signed anew for every attempt: an old signature would be refused.
    let seconds = sandbox.clock.now_ms().div_euclid(1000);
    let header = signature::sign(&sandbox.secrets, seconds, delivery.body.as_bytes());
    let request = Request::builder()
        .method(Method::POST)
        .uri(url)
        .header(http::header::CONTENT_TYPE, "application/json")
        .header(signature::HEADER, header)
        .body(Full::new(Bytes::from(delivery.body.clone())));
    let Ok(request) = request else { return (delivery, false) };
    let delivered = match tokio::time::timeout(TIMEOUT, client.request(request)).await {
        Ok(Ok(response)) => response.status().is_success(),
        Ok(Err(_)) | Err(_) => false,
    };
    if !delivered && delivery.attempts + 1 >= sandbox.attempts {
        tracing::warn!(delivery_id = delivery.delivery_id, "a webhook of the sandbox was given up");
    }
    (delivery, delivered)
}
