use std::convert::Infallible;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use micro::database::DatabaseConfig;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use super::*;
use crate::provider::webhook::WebhookOutcome;

const START: i64 = 1_800_000_000_000;

fn config() -> SandboxConfig {
    SandboxConfig { webhook_secrets: vec![Secret::from("whsec".to_owned())], ..SandboxConfig::default() }
}

static POSTGRES: LazyLock<servers::Postgres> = LazyLock::new(servers::Postgres::start);
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// Where orders are, and so what the sandbox remembers; gone when it is dropped.
struct Home {
    orders: DatabaseConfig,
    folder: TempDir,
}

impl Home {
    fn sqlite() -> Self {
        Self { orders: DatabaseConfig::default(), folder: tempfile::tempdir().unwrap() }
    }

    fn postgres() -> Self {
        let name = format!("sandbox_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        Self {
            orders: DatabaseConfig { url: POSTGRES.database(&name), max_connections: 0 },
            ..Self::sqlite()
        }
    }

    async fn database(&self) -> Database {
        open_database(&self.orders, self.folder.path()).await.unwrap()
    }

    /// A sandbox of one more process.
    async fn sandbox_at(&self, clock: Clock) -> Arc<Sandbox> {
        Arc::new(Sandbox::start(&config(), self.database().await, clock).unwrap())
    }

    async fn sandbox(&self) -> Arc<Sandbox> {
        self.sandbox_at(Clock::simulated(START)).await
    }
}

/// Every test on SQLite and on PostgreSQL.
macro_rules! on_both_engines {
    ($($test:ident,)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Home::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Home::postgres()).await;
            })*
        }
    };
}

fn request(payment_id: i64, card: &str) -> ChargeRequest {
    ChargeRequest {
        payment_id,
        order_id: 1,
        amount: 2400,
        currency: "EUR".into(),
        method: PaymentMethod::new(card.into()).unwrap(),
    }
}

fn refund(refund_id: i64, payment_id: i64, amount: i64) -> RefundRequest {
    RefundRequest { refund_id, payment_id, provider_ref: String::new(), amount, currency: "EUR".into() }
}

fn succeeded(payment_id: i64) -> Result<ChargeOutcome, ProviderError> {
    Ok(ChargeOutcome::Succeeded { provider_ref: format!("sandbox_payment_{payment_id}") })
}

fn processing(payment_id: i64) -> Result<ChargeOutcome, ProviderError> {
    Ok(ChargeOutcome::Processing { provider_ref: format!("sandbox_payment_{payment_id}") })
}

fn declined(code: &str) -> Result<ChargeOutcome, ProviderError> {
    Ok(ChargeOutcome::Declined { code: code.into() })
}

fn failed(code: &str) -> Result<RefundOutcome, ProviderError> {
    Ok(RefundOutcome::Failed { code: code.into() })
}

/// A server that takes webhooks; answers 503 to the first `refusing` of them.
async fn receiver(refusing: usize) -> (String, mpsc::UnboundedReceiver<(String, Bytes)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/payments/webhooks/sandbox", listener.local_addr().unwrap());
    let (seen, received) = mpsc::unbounded_channel();
    let count = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (seen, count) = (seen.clone(), Arc::clone(&count));
            let service = service_fn(move |request: http::Request<Incoming>| {
                let (seen, count) = (seen.clone(), Arc::clone(&count));
                async move {
                    let header = request.headers()["marquee-signature"].to_str().unwrap().to_owned();
                    let body = request.into_body().collect().await.unwrap().to_bytes();
                    let mut response = Response::new(Full::new(Bytes::new()));
                    if count.fetch_add(1, Ordering::SeqCst) < refusing {
                        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                    } else {
                        drop(seen.send((header, body)));
                    }
                    Ok::<_, Infallible>(response)
                }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    (url, received)
}

/// Runs the courier until the guard is dropped.
fn call_back(sandbox: &Arc<Sandbox>) -> oneshot::Sender<()> {
    let (guard, stop) = oneshot::channel::<()>();
    let sandbox = Arc::clone(sandbox);
    tokio::spawn(async move { sandbox.call_back(async move { drop(stop.await) }).await });
    guard
}

async fn next(sandbox: &Sandbox, received: &mut mpsc::UnboundedReceiver<(String, Bytes)>) -> WebhookEvent {
    let (header, body) =
        tokio::time::timeout(Duration::from_secs(20), received.recv()).await.unwrap().unwrap();
    sandbox.verify_webhook(&header, &body, sandbox.clock.now_ms()).unwrap()
}

async fn every_card_answers_as_documented_and_again_the_same(home: Home) {
    let sandbox = home.sandbox().await;
    let cases = [
        ("card_ok", succeeded(1)),
        ("card_declined", declined("card_declined")),
        ("card_insufficient_funds", declined("insufficient_funds")),
        ("card_expired", declined("card_expired")),
        ("card_late", processing(5)),
        ("card_late_declined", processing(6)),
        ("card_twice", succeeded(7)),
        ("card_refund_fails", succeeded(8)),
    ];
    for (payment_id, (card, expected)) in (1..).zip(cases) {
        assert_eq!(sandbox.charge(request(payment_id, card)).await, expected, "{card}");
        assert_eq!(sandbox.charge(request(payment_id, card)).await, expected, "{card} again");
        assert_eq!(sandbox.status(payment_id).await, expected.map(Some), "{card} status");
    }
    assert_eq!(sandbox.status(99).await, Ok(None));
    assert_eq!(sandbox.charge(request(99, "card_gold")).await, Err(ProviderError::MethodUnknown));
    assert_eq!(sandbox.status(99).await, Ok(None));
}

async fn a_lost_answer_is_found_by_asking_again(home: Home) {
    let sandbox = home.sandbox().await;
    assert_eq!(sandbox.charge(request(1, "card_timeout")).await, Err(ProviderError::Unavailable));
    assert_eq!(sandbox.charge(request(1, "card_timeout")).await, succeeded(1));
}

async fn an_id_is_used_for_one_thing_only(home: Home) {
    let sandbox = home.sandbox().await;
    sandbox.charge(request(1, "card_ok")).await.unwrap();
    let other = ChargeRequest { amount: 1, ..request(1, "card_ok") };
    assert_eq!(sandbox.charge(other).await, Err(ProviderError::Mismatch));
    sandbox.refund(refund(1, 1, 100)).await.unwrap();
    assert_eq!(sandbox.refund(refund(1, 1, 101)).await, Err(ProviderError::Mismatch));
}

async fn no_more_is_given_back_than_was_paid(home: Home) {
    let sandbox = home.sandbox().await;
    sandbox.charge(request(1, "card_ok")).await.unwrap();
    sandbox.charge(request(2, "card_refund_fails")).await.unwrap();
    sandbox.charge(request(3, "card_declined")).await.unwrap();
    let given = Ok(RefundOutcome::Succeeded { provider_ref: "sandbox_refund_1".into() });
    assert_eq!(sandbox.refund(refund(1, 1, 2000)).await, given);
    assert_eq!(sandbox.refund(refund(1, 1, 2000)).await, given);
    assert_eq!(sandbox.refund(refund(2, 1, 401)).await, failed("more_than_was_paid"));
    assert!(matches!(sandbox.refund(refund(3, 1, 400)).await, Ok(RefundOutcome::Succeeded { .. })));
    assert_eq!(sandbox.refund(refund(4, 2, 1)).await, failed("refund_refused"));
    assert_eq!(sandbox.refund(refund(5, 3, 1)).await, failed("payment_not_succeeded"));
    assert_eq!(sandbox.refund(refund(6, 9, 1)).await, failed("payment_unknown"));
}

async fn many_charges_at_once_share_transactions_and_are_all_answered(home: Home) {
    let sandbox = home.sandbox().await;
    let charges = (1..=2000).map(|payment_id| sandbox.charge(request(payment_id % 1000 + 1, "card_ok")));
    for outcome in futures_util::future::join_all(charges).await {
        assert!(matches!(outcome, Ok(ChargeOutcome::Succeeded { .. })));
    }
}

async fn late_cards_settle_and_call_back_signed(home: Home) {
    let clock = Clock::simulated(START);
    let sandbox = home.sandbox_at(clock.clone()).await;
    let (url, mut received) = receiver(0).await;
    sandbox.set_webhook_url(&url).unwrap();
    let _running = call_back(&sandbox);
    assert_eq!(sandbox.charge(request(1, "card_late")).await, processing(1));
    clock.advance(3_000);
    let event = next(&sandbox, &mut received).await;
    assert_eq!((event.payment_id, event.amount, &*event.currency), (1, 2400, "EUR"));
    assert_eq!(event.outcome, WebhookOutcome::Succeeded);
    assert_eq!(sandbox.charge(request(1, "card_late")).await, succeeded(1));

    assert_eq!(sandbox.charge(request(2, "card_late_declined")).await, processing(2));
    clock.advance(3_000);
    let event = next(&sandbox, &mut received).await;
    let outcome = WebhookOutcome::Failed { decline_code: "card_declined".into() };
    assert_eq!((event.payment_id, event.outcome), (2, outcome));
    assert_eq!(sandbox.charge(request(2, "card_late_declined")).await, declined("card_declined"));
}

async fn a_double_webhook_is_the_same_event(home: Home) {
    let sandbox = home.sandbox().await;
    let (url, mut received) = receiver(0).await;
    sandbox.set_webhook_url(&url).unwrap();
    let _running = call_back(&sandbox);
    assert_eq!(sandbox.charge(request(1, "card_twice")).await, succeeded(1));
    let first = next(&sandbox, &mut received).await;
    assert_eq!(next(&sandbox, &mut received).await, first);
}

async fn a_webhook_that_was_refused_comes_again(home: Home) {
    let sandbox = home.sandbox_at(Clock::system()).await;
    let (url, mut received) = receiver(3).await;
    sandbox.set_webhook_url(&url).unwrap();
    let _running = call_back(&sandbox);
    sandbox.charge(request(1, "card_twice")).await.unwrap();
    let first = next(&sandbox, &mut received).await;
    assert_eq!(next(&sandbox, &mut received).await, first);
}

async fn a_restart_forgets_nothing(home: Home) {
    let clock = Clock::simulated(START);
    let cards = ["card_ok", "card_declined", "card_late", "card_timeout", "card_twice"];
    {
        let sandbox = home.sandbox_at(clock.clone()).await;
        for (payment_id, card) in (1..).zip(cards) {
            drop(sandbox.charge(request(payment_id, card)).await);
        }
        sandbox.refund(refund(1, 1, 2400)).await.unwrap();
    }
    let sandbox = home.sandbox_at(clock.clone()).await;
    let expected = [succeeded(1), declined("card_declined"), processing(3), succeeded(4), succeeded(5)];
    for (payment_id, (card, expected)) in (1..).zip(cards.into_iter().zip(expected)) {
        assert_eq!(sandbox.charge(request(payment_id, card)).await, expected, "{card}");
    }
    assert!(matches!(sandbox.refund(refund(1, 1, 2400)).await, Ok(RefundOutcome::Succeeded { .. })));
    assert_eq!(sandbox.refund(refund(2, 1, 1)).await, failed("more_than_was_paid"));

    // Webhooks that were not delivered before are delivered now.
    clock.advance(3_000);
    let (url, mut received) = receiver(0).await;
    sandbox.set_webhook_url(&url).unwrap();
    let _running = call_back(&sandbox);
    let mut payments = Vec::new();
    for _ in 0..3 {
        payments.push(next(&sandbox, &mut received).await.payment_id);
    }
    payments.sort_unstable();
    assert_eq!(payments, [3, 5, 5]);
}

async fn processes_share_what_is_known(home: Home) {
    let clock = Clock::simulated(START);
    let (one, two) = (home.sandbox_at(clock.clone()).await, home.sandbox_at(clock.clone()).await);
    let twice = (1..=200)
        .flat_map(|payment_id| [&one, &two].map(|sandbox| sandbox.charge(request(payment_id, "card_ok"))));
    for outcome in futures_util::future::join_all(twice).await {
        assert!(matches!(outcome, Ok(ChargeOutcome::Succeeded { .. })), "{outcome:?}");
    }
    let text = "SELECT count(*) FROM sandbox_payment";
    let stored: i64 = sqlx::query_scalar(text).fetch_one(home.database().await.pool()).await.unwrap();
    assert_eq!(stored, 200);

    // Half of the money each, four times: whoever comes first gets it.
    let halves = (1..=4).map(|refund_id| {
        let sandbox = if refund_id % 2 == 0 { &one } else { &two };
        sandbox.refund(refund(refund_id, 1, 1200))
    });
    let outcomes = futures_util::future::join_all(halves).await;
    let given = outcomes.iter().filter(|outcome| matches!(outcome, Ok(RefundOutcome::Succeeded { .. })));
    let refused = outcomes.iter().filter(|outcome| **outcome == failed("more_than_was_paid"));
    assert_eq!((given.count(), refused.count()), (2, 2), "{outcomes:?}");
    for (refund_id, outcome) in (1..).zip(outcomes) {
        assert_eq!(one.refund(refund(refund_id, 1, 1200)).await, outcome);
    }
}

async fn webhooks_of_a_process_that_ended_are_sent_by_another(home: Home) {
    let clock = Clock::simulated(START);
    let (url, mut received) = receiver(0).await;
    {
        let first = home.sandbox_at(clock.clone()).await;
        assert_eq!(first.charge(request(1, "card_late")).await, processing(1));
        assert_eq!(first.charge(request(2, "card_twice")).await, succeeded(2));
        // It takes its webhooks and ends before it has sent them.
        let mut transaction = first.database.begin_write().await.unwrap();
        assert_eq!(outbox::take(&mut transaction, START).await.unwrap().len(), 2);
        transaction.commit().await.unwrap();
    }
    let second = home.sandbox_at(clock.clone()).await;
    second.set_webhook_url(&url).unwrap();
    let _running = call_back(&second);
    clock.advance(3_000);
    // What was taken is left alone for a while.
    assert_eq!(next(&second, &mut received).await.payment_id, 1);
    clock.advance(10_000);
    for _ in 0..2 {
        assert_eq!(next(&second, &mut received).await.payment_id, 2);
    }
}

async fn of_several_processes_one_sends_a_webhook(home: Home) {
    let clock = Clock::simulated(START);
    let (url, mut received) = receiver(0).await;
    let all = [home.sandbox_at(clock.clone()).await, home.sandbox_at(clock.clone()).await];
    for payment_id in 1..=50 {
        all[0].charge(request(payment_id, "card_late")).await.unwrap();
    }
    clock.advance(3_000);
    let running = all.each_ref().map(|sandbox| {
        sandbox.set_webhook_url(&url).unwrap();
        call_back(sandbox)
    });
    let mut payments = Vec::new();
    for _ in 1..=50 {
        payments.push(next(&all[0], &mut received).await.payment_id);
    }
    payments.sort_unstable();
    assert_eq!(payments, (1..=50).collect::<Vec<_>>());
    drop(running);
}

on_both_engines! {
    every_card_answers_as_documented_and_again_the_same,
    a_lost_answer_is_found_by_asking_again,
    an_id_is_used_for_one_thing_only,
    no_more_is_given_back_than_was_paid,
    many_charges_at_once_share_transactions_and_are_all_answered,
    late_cards_settle_and_call_back_signed,
    a_double_webhook_is_the_same_event,
    a_webhook_that_was_refused_comes_again,
    a_restart_forgets_nothing,
    processes_share_what_is_known,
    webhooks_of_a_process_that_ended_are_sent_by_another,
    of_several_processes_one_sends_a_webhook,
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused() {
    let database = Home::sqlite().database().await;
    let open = |config: SandboxConfig| Sandbox::start(&config, database.clone(), Clock::system()).err();
    assert!(matches!(open(SandboxConfig::default()), Some(SandboxError::Secret)));
    for url in ["https://example.org/", "/path", "http//x", ""] {
        let config = SandboxConfig { webhook_url: Some(url.into()), ..config() };
        assert!(matches!(open(config), Some(SandboxError::Url(_))), "{url}");
    }
}
