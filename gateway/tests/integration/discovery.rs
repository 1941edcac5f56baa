//! Services outside the contract: found in the registry, described by reflection.

use std::time::Duration;

use crate::common::start;
use http::Method;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::{Value, json};

async fn piece(body: &mut Incoming) -> String {
    let frame = tokio::time::timeout(Duration::from_secs(20), body.frame()).await.unwrap();
    String::from_utf8(frame.unwrap().unwrap().into_data().unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn a_service_nobody_told_the_gateway_of_can_be_called() {
    let running = start().await;
    let body = json!({"name": "Ann", "polite": true});
    assert_eq!(running.post("/greeter/Hello", &body).await.reason(), "PATH_UNKNOWN");
    crate::greeter::register(&running.kit);
    for path in ["/greeter/Greeter/Hello", "/greeter/Hello", "/greeter/hello.v1.Greeter/Hello"] {
        let answer = running.post(path, &body).await;
        assert_eq!(answer.json(), json!({"text": "Good day, Ann", "sequence": 0}), "{path}");
    }
    let unknown = running.post("/greeter/Hello", &json!({"nome": "Ann"})).await;
    assert_eq!(
        (unknown.reason().as_str(), &unknown.json()["metadata"]["field"]),
        ("FIELD_UNKNOWN", &json!("nome"))
    );
    assert_eq!(running.post("/greeter/Bye", &body).await.reason(), "PATH_UNKNOWN");
    assert_eq!(running.get("/greeter/Hello").await.reason(), "METHOD_NOT_ALLOWED");
}

#[tokio::test]
async fn an_error_of_go_micro_is_understood() {
    let running = start().await;
    crate::greeter::register(&running.kit);
    let answer = running.post("/greeter/Hello", &json!({"name": "nobody"})).await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (404, "NOT_FOUND"));
    assert_eq!(answer.json()["detail"], "nobody is not here");
}

#[tokio::test]
async fn a_panic_is_answered_and_ends_nothing_else() {
    let running = start().await;
    crate::greeter::register_as(&running.kit, "hello");
    let answer = running.post("/hello/Hello", &json!({"name": "panic"})).await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (500, "INTERNAL"));
    let mut client = crate::greeter::Client::new(running.channel().await);
    assert_eq!(client.hello("panic").await.unwrap_err().code(), tonic::Code::Internal);
    assert_eq!(client.hello("Ann").await.unwrap().text, "Hello, Ann");
}

#[tokio::test]
async fn a_stream_comes_as_events_to_who_wants_events() {
    let running = start().await;
    crate::greeter::register(&running.kit);
    let request = running.request(Method::POST, "/greeter/Count").header("accept", "text/event-stream");
    let mut response = running.open(request, r#"{"name": "Ann"}"#).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    for sequence in 1..=3 {
        let expected = format!("id: {sequence}\ndata: {{\"text\":\"Ann\",\"sequence\":{sequence}}}\n\n");
        assert_eq!(piece(response.body_mut()).await, expected);
    }
    // The stream stays open until the gateway stops.
    running.stop.cancel();
    assert!(response.body_mut().frame().await.is_none());
    tokio::time::timeout(Duration::from_secs(5), running.served).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stream_comes_as_lines_otherwise_and_tells_how_it_ended() {
    let running = start().await;
    crate::greeter::register(&running.kit);
    let answer = running.post("/greeter/Count", &json!({"name": "nobody"})).await;
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[2], json!({"text": "nobody", "sequence": 3}));
    assert_eq!(lines[3]["problem"]["reason"], "SEATS_TAKEN");
    assert_eq!(lines[3]["problem"]["status"], 409);
}

#[tokio::test]
async fn a_client_that_goes_ends_the_stream() {
    let running = start().await;
    let open = crate::greeter::register(&running.kit);
    let request = running.request(Method::POST, "/greeter/Count").header("accept", "text/event-stream");
    let mut response = running.open(request, r#"{"name": "Ann"}"#).await;
    piece(response.body_mut()).await;
    assert_eq!(open.load(std::sync::atomic::Ordering::SeqCst), 1);
    drop(response);
    for _ in 0..500 {
        if open.load(std::sync::atomic::Ordering::SeqCst) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the stream is still open");
}

#[tokio::test]
async fn grpc_to_such_a_service_passes_too() {
    let running = start().await;
    crate::greeter::register_as(&running.kit, "hello");
    let mut client = crate::greeter::Client::new(running.channel().await);
    assert_eq!(client.hello("Ann").await.unwrap().text, "Hello, Ann");
    let mut counted = client.count("Ann").await.unwrap();
    assert_eq!(counted.message().await.unwrap().unwrap().sequence, 1);
    running.stop.cancel();
    let mut last = counted.message().await;
    while let Ok(Some(_)) = last {
        last = counted.message().await;
    }
    assert_eq!(last.unwrap_err().code(), tonic::Code::Unavailable);
}
