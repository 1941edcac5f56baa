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
use super::{Sandbox, book, outbox};
use crate::provider::signature;

/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Longest sleep: a clock that was moved is noticed, and what another process left behind.
const LONGEST_SLEEP_MS: i64 = 500;
/// Wait after the database failed.
const DATABASE_WAIT: Duration = Duration::from_secs(1);

type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// Works for ever; may be dropped at any time, what was not delivered is sent again.
pub(super) async fn run(sandbox: &Sandbox) {
    let client: HttpClient = Client::builder(TokioExecutor::new()).build_http();
    loop {
        match round(sandbox, &client).await {
            Ok(wait) => {
                // Ends early when a charge or a new address wakes it.
                drop(tokio::time::timeout(wait, sandbox.wake.notified()).await);
            }
            Err(error) => {
                tracing::warn!(%error, "the payment sandbox could not look for webhooks");
                tokio::time::sleep(DATABASE_WAIT).await;
            }
        }
    }
}

/// Settles and sends what is due; says how long to wait for the next thing.
async fn round(sandbox: &Sandbox, client: &HttpClient) -> sqlx::Result<Duration> {
    let now = sandbox.clock.now_ms();
    let pool = sandbox.database.pool();
    let settling = book::next_settling(pool).await?;
    if settling.is_some_and(|at| at <= now) {
        let mut transaction = sandbox.database.begin_write().await?;
        book::settle(&mut transaction, now).await?;
        transaction.commit().await?;
        return Ok(Duration::ZERO);
    }
    let Some(url) = sandbox.url.load_full() else { return Ok(wait(settling, now)) };
    let sending = outbox::next_due(pool).await?;
    if sending.is_some_and(|at| at <= now) {
        send_due(sandbox, client, &url, now).await?;
        return Ok(Duration::ZERO);
    }
    Ok(wait([settling, sending].into_iter().flatten().min(), now))
}

fn wait(due_at: Option<i64>, now: i64) -> Duration {
    let wait = due_at.map_or(LONGEST_SLEEP_MS, |at| at.saturating_sub(now).clamp(0, LONGEST_SLEEP_MS));
    Duration::from_millis(wait.unsigned_abs())
}

async fn send_due(sandbox: &Sandbox, client: &HttpClient, url: &Uri, now: i64) -> sqlx::Result<()> {
    let mut transaction = sandbox.database.begin_write().await?;
    let deliveries = outbox::take(&mut transaction, now).await?;
    transaction.commit().await?;
    let sent = deliveries.into_iter().map(|delivery| send(sandbox, client, url, delivery));
    let sent = join_all(sent).await;
    let now = sandbox.clock.now_ms();
    let mut transaction = sandbox.database.begin_write().await?;
    for (delivery, delivered) in &sent {
        if *delivered || delivery.attempts + 1 >= sandbox.attempts {
            outbox::remove(&mut transaction, delivery).await?;
        } else {
            outbox::put_off(&mut transaction, delivery, now).await?;
        }
    }
    transaction.commit().await
}

/// One attempt; says whether the other side took the message.
async fn send(sandbox: &Sandbox, client: &HttpClient, url: &Uri, delivery: Delivery) -> (Delivery, bool) {
    let Ok(body) = delivery.event.to_json() else { return (delivery, false) };
    // Signed anew for every attempt: an old signature would be refused.
    let seconds = sandbox.clock.now_ms().div_euclid(1000);
    let header = signature::sign(&sandbox.secrets, seconds, body.as_bytes());
    let request = Request::builder()
        .method(Method::POST)
        .uri(url)
        .header(http::header::CONTENT_TYPE, "application/json")
        .header(signature::HEADER, header)
        .body(Full::new(Bytes::from(body)));
    let Ok(request) = request else { return (delivery, false) };
    let delivered = match tokio::time::timeout(TIMEOUT, client.request(request)).await {
        Ok(Ok(response)) => response.status().is_success(),
        Ok(Err(_)) | Err(_) => false,
    };
    if !delivered && delivery.attempts + 1 >= sandbox.attempts {
        tracing::warn!(payment_id = delivery.event.payment_id, "a webhook of the sandbox was given up");
    }
    (delivery, delivered)
}
