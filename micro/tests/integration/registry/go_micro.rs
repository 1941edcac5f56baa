//! Callers that speak gRPC the way go-micro's clients do.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use micro::{Channel, Clock, Kit, Problem, Service};
use tempfile::TempDir;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::ServiceExt;

use super::callee::{Behaviour, Callee};

struct System {
    channel: Channel,
    callee: Callee,
    _dir: TempDir,
}

async fn start() -> System {
    let dir = tempfile::tempdir().unwrap();
    let kit = Kit::for_tests(dir.path(), Clock::system());
    let callee = Callee::new("callee");
    kit.register(&Service::new("order").unwrap().add(callee.clone()).await);
    System { channel: kit.registry.channel("order"), callee, _dir: dir }
}

impl System {
    /// One call with an empty message; the status it ends with stands beside the answer.
    async fn call(&self, headers: &[(&str, &str)]) -> (Response<()>, Option<Status>) {
        let mut request = Request::post("/order.OrderService/GetInfo");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::new(Full::new(Bytes::from_static(&[0; 5])))).unwrap();
        let (head, body) = self.channel.clone().oneshot(request).await.unwrap().into_parts();
        let trailers = body.collect().await.unwrap().trailers().cloned();
        let status = |headers: &HeaderMap| Status::from_header_map(headers);
        let status = status(&head.headers).or_else(|| trailers.as_ref().and_then(status));
        (Response::from_parts(head, ()), status)
    }
}

fn kind<B>(response: &Response<B>) -> &str {
    response.headers()["content-type"].to_str().unwrap()
}

#[tokio::test]
async fn protobuf_by_its_other_name_is_answered_in_kind() {
    let system = start().await;
    for (asked, answered) in [
        ("application/grpc+proto", "application/grpc+proto"),
        ("application/grpc+proto; charset=utf-8", "application/grpc+proto"),
        ("application/grpc", "application/grpc"),
    ] {
        let (response, status) = system.call(&[("content-type", asked)]).await;
        assert_eq!(status.unwrap().code(), Code::Ok, "{asked}");
        assert_eq!(kind(&response), answered);
    }
}

#[tokio::test]
async fn other_ways_to_write_messages_are_refused_with_those_there_are() {
    let system = start().await;
    for asked in
        ["application/grpc+json", "application/grpc+bytes", "application/json", "application/protobuf"]
    {
        let (_, status) = system.call(&[("content-type", asked)]).await;
        let problem = Problem::from_status(&status.unwrap());
        assert_eq!((problem.code(), problem.reason()), (Code::Unimplemented, "CONTENT_TYPE_UNSUPPORTED"));
        assert!(problem.message().contains(asked) && problem.message().contains("application/grpc+proto"));
    }
    assert_eq!(system.callee.calls(), 0);
}

#[tokio::test]
async fn the_time_allowed_is_nanoseconds_in_metadata_and_the_shorter_counts() {
    let system = start().await;
    system.callee.behave(Behaviour::Hang);
    for headers in [&[("timeout", "50000000")][..], &[("timeout", "50000000"), ("grpc-timeout", "20S")]] {
        let began = Instant::now();
        let (_, status) = system.call(headers).await;
        assert_eq!(status.unwrap().code(), Code::DeadlineExceeded);
        assert!((Duration::from_millis(45)..Duration::from_secs(5)).contains(&began.elapsed()));
    }
}
