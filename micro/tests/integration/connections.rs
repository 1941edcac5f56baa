//! A listening port and the connections to it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use micro::server::{Limits, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

const REQUEST: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
/// How long something may take that must happen at all.
const PATIENCE: Duration = Duration::from_secs(10);

async fn start(limits: Limits) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let slowly = || async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        "slow"
    };
    let router = Router::new().route("/", get(|| async { "hello" })).route("/slow", get(slowly));
    tokio::spawn(serve(listener, router, limits, CancellationToken::new()));
    address
}

async fn say(address: SocketAddr, words: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    stream
}

/// Asks once; says whether there was an answer.
async fn ask(stream: &mut TcpStream) -> bool {
    if stream.write_all(REQUEST.as_bytes()).await.is_err() {
        return false;
    }
    let mut answer = vec![0; 1024];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut answer)).await.expect("an answer or an end");
    answer[..read.unwrap_or(0)].starts_with(b"HTTP/1.1 200")
}

/// How long the connection is still open; whatever is said on it is thrown away.
async fn open_for(stream: &mut TcpStream) -> Duration {
    let began = Instant::now();
    let mut said = Vec::new();
    // Ended or reset: closed both ways.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut said)).await.expect("it is closed");
    began.elapsed()
}

#[tokio::test]
async fn connections_that_say_nothing_do_not_keep_others_out() {
    let limits = Limits { max_connections: 6, header_timeout_ms: 300, ..Limits::default() };
    let address = start(limits).await;
    let beginnings = ["", "P", "PRI * HT", "GET / HTTP/1.1\r\nhost: x\r\nx-a: ", "\r\n", "\u{16}\u{3}"];
    let mut silent = Vec::new();
    for words in beginnings {
        silent.push(say(address, words).await);
    }
    // A place becomes free for it.
    assert!(ask(&mut say(address, "").await).await);
    for stream in &mut silent {
        open_for(stream).await;
    }
}

#[tokio::test]
async fn a_connection_of_http_2_without_requests_is_asked_to_end_and_then_closed() {
    let limits = Limits { header_timeout_ms: 200, ..Limits::default() };
    let address = start(limits).await;
    // The preface and empty settings, and then nothing, not even an answer to a ping.
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0";
    let mut stream = say(address, preface).await;
    assert!(open_for(&mut stream).await >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_connection_waits_longer_for_a_request_than_for_its_end() {
    let limits = Limits { header_timeout_ms: 300, idle_timeout_ms: 60_000, ..Limits::default() };
    let address = start(limits).await;
    let mut stream = say(address, "").await;
    assert!(ask(&mut stream).await);
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert!(ask(&mut stream).await, "a pool of connections can use it again");
    stream.write_all(b"GET / HT").await.unwrap();
    let open = open_for(&mut stream).await;
    assert!(open >= Duration::from_millis(250), "{open:?}");
}

#[tokio::test]
async fn a_connection_without_requests_ends_at_last() {
    let limits = Limits { idle_timeout_ms: 200, ..Limits::default() };
    let address = start(limits).await;
    let mut stream = say(address, "").await;
    assert!(ask(&mut stream).await);
    assert!(open_for(&mut stream).await >= Duration::from_millis(150));
    // Of HTTP/2 as well; a client is told, and opens another one.
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get(format!("http://{address}/slow")).body(Body::empty()).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 200, "a request that takes longer is not cut off");
    tokio::time::timeout(PATIENCE, connection).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn one_address_has_only_so_many_connections() {
    let limits = Limits { max_connections_per_address: 2, ..Limits::default() };
    let address = start(limits).await;
    let (mut first, mut second) = (say(address, "").await, say(address, "").await);
    assert!(ask(&mut first).await && ask(&mut second).await);
    assert!(!ask(&mut TcpStream::connect(address).await.unwrap()).await);
    drop(first);
    let until = Instant::now() + PATIENCE;
    while !ask(&mut TcpStream::connect(address).await.unwrap()).await {
        assert!(Instant::now() < until, "a place is free once one has gone");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(ask(&mut second).await);
}

#[tokio::test]
async fn a_port_that_closes_answers_who_is_connected_already() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut connected = Vec::new();
    for _ in 0..20 {
        connected.push(TcpStream::connect(address).await.unwrap());
    }
    let stop = CancellationToken::new();
    stop.cancel();
    let limits = Limits { linger_ms: 0, ..Limits::default() };
    let router = Router::new().route("/", get(|| async { "hello" }));
    let served = tokio::spawn(serve(listener, router, limits, stop));
    // Their requests come when the port is closed.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    for stream in &mut connected {
        assert!(ask(stream).await);
        assert!(open_for(stream).await < PATIENCE, "each was asked to send its next request elsewhere");
    }
    tokio::time::timeout(PATIENCE, served).await.expect("nothing is left open").unwrap();
}
