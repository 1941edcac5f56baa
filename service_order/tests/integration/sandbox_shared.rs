//! Order processes on different machines have one payment provider, where orders are in PostgreSQL.

use std::convert::Infallible;
use std::time::Duration;

use crate::common::{Engine, HOUR_MS, Person, Running, START_MS, databases, start_process};
use bytes::Bytes;
use contract::order::{PaymentWebhookRequest, order, payment, refund};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use micro::Clock;
use service_order::Config;
use tokio::sync::mpsc;

/// A webhook as it comes over HTTP: its signature and its body.
type Webhook = (String, Bytes);

/// Two processes with data folders of their own.
async fn two(config: &Config) -> (Running, Running) {
    let (databases, clock) = (databases(Engine::Postgres), Clock::simulated(START_MS));
    let mut one = start_process(&databases, clock.clone(), config).await;
    let mut two = start_process(&databases, clock, config).await;
    one.film_sid = one.screening(crate::common::HALL, START_MS + 48 * HOUR_MS).await;
    two.film_sid = one.film_sid;
    (one, two)
}

/// Takes webhooks as a gateway would; gives its URL.
async fn gateway() -> (String, mpsc::UnboundedReceiver<Webhook>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/payments/webhooks/sandbox", listener.local_addr().unwrap());
    let (seen, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let seen = seen.clone();
            let service = service_fn(move |request: http::Request<Incoming>| {
                let seen = seen.clone();
                async move {
                    let signature = request.headers()["marquee-signature"].to_str().unwrap().to_owned();
                    let body = request.into_body().collect().await.unwrap().to_bytes();
                    seen.send((signature, body)).unwrap();
                    Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::new())))
                }
            });
            let stream = TokioIo::new(stream);
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(stream, service));
        }
    });
    (url, received)
}

async fn pass_on(running: &Running, (signature, body): Webhook) {
    let body = contract::google::api::HttpBody {
        content_type: "application/json".into(),
        data: body.to_vec().into(),
    };
    let message = PaymentWebhookRequest { provider: "sandbox".into(), body: Some(body) };
    let mut request = tonic::Request::new(message);
    request.metadata_mut().insert("marquee-signature", signature.parse().unwrap());
    running.orders.clone().payment_webhook(request).await.unwrap();
}

#[tokio::test]
async fn what_was_paid_at_one_is_given_back_at_another() {
    let (one, two) = two(&Config::default()).await;
    let anna = one.person("anna").await;
    let order_id = anna.buy(one.buy(&["A1", "A2"])).await.unwrap().order_id;
    anna.pay(order_id, "card_ok").await.unwrap();
    for (running, seat) in [(&two, "A1"), (&one, "A2")] {
        let given = anna.at(running).refund(order_id, &[seat]).await.unwrap().refund.unwrap();
        assert_eq!((given.state(), given.amount), (refund::State::Succeeded, 1200), "{seat}");
    }
    assert_eq!(anna.info(order_id).await.unwrap().state(), order::State::Refunded);
}

#[tokio::test]
async fn a_payment_begun_by_a_process_that_ended_is_answered_by_another() {
    let (url, mut received) = gateway().await;
    let mut config = Config::default();
    config.sandbox.webhook_url = Some(url);
    let (one, two) = two(&config).await;
    let anna = one.person("anna").await;
    let order_id = anna.buy(one.buy(&["A1"])).await.unwrap().order_id;
    let payment = anna.pay(order_id, "card_late").await.unwrap().payment.unwrap();
    assert_eq!(payment.state(), payment::State::Processing);
    assert!(one.kit.tasks.shut_down(Duration::from_secs(10)).await);
    let anna: Person = anna.at(&two);
    drop(one);

    // Not so late that the order service would ask by itself.
    two.clock.advance(3_000);
    let webhook = tokio::time::timeout(Duration::from_secs(10), received.recv()).await.unwrap().unwrap();
    assert_eq!(anna.info(order_id).await.unwrap().state(), order::State::Pending);
    pass_on(&two, webhook).await;
    let paid = anna.info(order_id).await.unwrap();
    assert_eq!((paid.state(), paid.payments.len(), paid.tickets.len()), (order::State::Paid, 1, 1));
    assert_eq!(paid.payments[0].state(), payment::State::Succeeded);
}
