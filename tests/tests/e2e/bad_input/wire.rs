//! Bytes that are no HTTP, or hardly any, and messages that are no protobuf.

use std::time::Duration;

use bytes::Bytes;
use tests::{Client, TestCluster, audit, grpc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::talkative;

/// How long the server may take to make up its mind about a few bytes.
const PATIENCE: Duration = Duration::from_secs(15);

/// Sends bytes and gives back the beginning of what comes; nothing where the connection is only closed.
async fn send(client: &Client, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(client.address()).await.unwrap();
    // The server may hang up before everything is sent, which is an answer too.
    let _ = stream.write_all(bytes).await;
    let mut answer = [0; 512];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut answer)).await.expect("an answer in time");
    String::from_utf8_lossy(&answer[..read.unwrap_or(0)]).into_owned()
}

#[tokio::test]
async fn bytes_that_are_no_request_are_refused() {
    let cluster = TestCluster::start_with(crate::MODE, talkative()).await;
    let line = "GET /v1/films HTTP/1.1\r\nhost: x\r\n";
    let long = format!("{line}x-long: {}\r\n\r\n", "a".repeat(100_000));
    let many: String = (0..2_000).map(|number| format!("x-{number}: a\r\n")).collect();
    let many = format!("{line}{many}\r\n");
    let post = "POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    let cases: [(&str, Vec<u8>); 13] = [
        ("no host", b"GET /v1/films HTTP/1.1\r\n\r\n".to_vec()),
        ("two hosts", format!("{line}host: y\r\n\r\n").into_bytes()),
        ("noise", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 noise \r\n\r\n".to_vec()),
        ("no version", b"GET /v1/films\r\n\r\n".to_vec()),
        ("a version to come", b"GET / HTTP/9.9\r\nhost: x\r\n\r\n".to_vec()),
        ("a zero byte in the path", b"GET /\0 HTTP/1.1\r\nhost: x\r\n\r\n".to_vec()),
        ("a zero byte in a header", b"GET / HTTP/1.1\r\nhost: x\r\nx-a: \0\r\n\r\n".to_vec()),
        ("a header of 100 KB", long.into_bytes()),
        ("2,000 headers", many.into_bytes()),
        (
            "a path of 100 KB",
            format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(100_000)).into_bytes(),
        ),
        (
            "a chunk of no size",
            format!("{post}transfer-encoding: chunked\r\n\r\nzz\r\n{{}}\r\n").into_bytes(),
        ),
        ("two lengths", format!("{post}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}").into_bytes()),
        ("a negative length", format!("{post}content-length: -1\r\n\r\n{{}}").into_bytes()),
    ];
    for (what, bytes) in cases {
        let answer = send(cluster.client(), &bytes).await;
        let refused =
            answer.is_empty() || answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.0 4");
        assert!(refused, "{what}: {answer}");
        assert_eq!(cluster.client().get("/healthz").await.status, 200, "{what}: others are served on");
    }
    // A request hidden in another one's body is not answered.
    let smuggled = format!(
        "{post}content-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
    );
    let answer = send(cluster.client(), smuggled.as_bytes()).await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    audit::log(&cluster, &[]);
}

#[tokio::test]
async fn messages_that_are_no_protobuf_are_refused() {
    let cluster = TestCluster::start_with(crate::MODE, talkative()).await;
    let person = cluster.customer().await;
    let authorization = format!("Bearer {}", person.token);
    let headers =
        [("content-type", "application/grpc"), ("te", "trailers"), ("authorization", authorization.as_str())];
    let address = cluster.client().address();
    let garbage: [&[u8]; 4] = [b"\xff\xff\xff\xff", b"\x0a\xff\x01", b"\x12\x02\xff\xfe", &[0x0b; 64]];
    for message in garbage {
        let answer = grpc::raw(address, "/order.OrderService/Buy", &headers, message).await;
        assert_eq!(answer.code, 3, "INVALID_ARGUMENT: {message:?}: {answer:?}");
    }
    let frames: [&[u8]; 5] = [b"", &[0], &[7, 0, 0, 0, 0], &[1, 0, 0, 0, 0], &[0, 0, 0, 0, 9, 1]];
    for body in frames {
        let body = Bytes::from_static(body);
        let answer = grpc::raw_body(address, "/order.OrderService/Buy", &headers, body.clone()).await;
        assert_eq!(answer.code, 3, "INVALID_ARGUMENT: {body:?}: {answer:?}");
    }
    for path in [
        "/order.OrderInternal/GetSeatStates",
        "/film.FilmInternal/GetSalesFacts",
        "/order.OrderService/Nope",
        "/a.B/C",
    ] {
        let answer = grpc::raw(address, path, &headers, b"\x08\x01").await;
        assert_eq!(answer.code, 12, "UNIMPLEMENTED: {path}: {answer:?}");
    }
    // 10 MiB of a request that may have one.
    let answer = grpc::raw(address, "/order.OrderService/Buy", &headers, &vec![0; 10 * 1024 * 1024]).await;
    assert!([3, 8, 11].contains(&answer.code), "{answer:?}");
    assert_eq!(person.get("/v1/me").await.status, 200);
    audit::log(&cluster, &[&person.token]);
}
