//! What the gateway does whatever is called: limits, caching, compression, pages.

use std::io::Read;

use crate::common::{bearer, config, start, start_with};
use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let running = start().await;
    let large = "x".repeat(10 * 1024 * 1024);
    let answer = running.post("/user/Login", &json!({"login": large})).await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (413, "BODY_TOO_LARGE"));
    assert_eq!(answer.json()["metadata"]["max_bytes"], "65536");
    let just = |len: usize| format!("{{\"login\": \"{}\"}}", "x".repeat(len - 13));
    assert_eq!(running.post_text("/user/Login", &just(65_536)).await.reason(), "FIELD_INVALID");
    assert_eq!(running.post_text("/user/Login", &just(65_537)).await.reason(), "BODY_TOO_LARGE");
    let session = running.register("annlee").await;
    let change = async |len: usize| {
        let body = json!({"new_password": "x".repeat(len - 19)});
        let answer = running.as_user(&session, Method::POST, "/user/ChangePassword", &body).await;
        (answer.reason(), answer.json()["metadata"]["max_bytes"].clone())
    };
    assert_eq!(change(1_048_576).await, ("FIELD_INVALID".to_owned(), json!(null)));
    assert_eq!(change(1_048_577).await, ("BODY_TOO_LARGE".to_owned(), json!("1048576")));
    let stranger = running.post("/user/ChangePassword", &json!({"new_password": large})).await;
    assert_eq!((stranger.status.as_u16(), stranger.reason().as_str()), (401, "TOKEN_MISSING"));
    assert_eq!(running.post("/nothing", &json!({"login": large})).await.status, 404);
}

#[tokio::test]
async fn a_large_seating_plan_is_taken_only_from_who_may_send_one() {
    let running = start().await;
    let plan = json!({"name": "1", "plan": {"pretix_json": "x".repeat(10 * 1024 * 1024)}});
    let stranger = running.post("/v1/cinemas/1/halls", &plan).await;
    assert_eq!((stranger.status.as_u16(), stranger.reason().as_str()), (401, "TOKEN_MISSING"));
    let session = running.register("annlee").await;
    let request = running
        .request(Method::POST, "/v1/cinemas/1/halls")
        .header("authorization", bearer(&session))
        .header("content-type", "application/json");
    let customer = running.send(request, plan.to_string()).await;
    assert_eq!((customer.status.as_u16(), customer.reason().as_str()), (403, "ROLE_MISSING"));
}

#[tokio::test]
async fn only_json_is_taken() {
    let running = start().await;
    for (name, value, status) in [
        ("content-type", "application/json; charset=utf-8", 200),
        ("content-type", "application/vnd.api+json", 200),
        ("content-type", "application/x-www-form-urlencoded", 415),
        ("content-type", "text/plain", 415),
        ("content-type", "", 415),
        ("content-encoding", "identity", 200),
        ("content-encoding", "gzip", 415),
    ] {
        let request = running.request(Method::POST, "/user/GetKeys").header(name, value);
        let answer = running.send(request, "{}").await;
        assert_eq!(answer.status, status, "{name}: {value}");
        if status == 415 {
            assert_eq!(answer.reason(), "CONTENT_TYPE_UNSUPPORTED");
        }
    }
    assert_eq!(running.send(running.request(Method::POST, "/user/GetKeys"), "{}").await.status, 200);
}

#[tokio::test]
async fn a_request_names_one_host() {
    let running = start().await;
    for (head, expected) in [
        ("GET /healthz HTTP/1.1\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\n", "200"),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\nhost: y\r\n", "400"),
        ("GET /healthz HTTP/1.0\r\n", "200"),
        ("GET /healthz HTTP/1.0\r\nhost: x\r\nhost: x\r\n", "400"),
    ] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(&answer[9..12], expected, "{head}");
        assert_eq!(answer.contains("HOST_INVALID"), expected == "400", "{head}: {answer}");
    }
}

#[tokio::test]
async fn what_is_no_text_is_refused() {
    let running = start().await;
    for (path, reason) in [
        ("/v1/films?city=%ff", "QUERY_INVALID"),
        ("/v1/films?%e2%82=1", "QUERY_INVALID"),
        ("/v1/orders/%ff", "PATH_INVALID"),
    ] {
        let answer = running.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (400, reason), "{path}");
    }
}

#[tokio::test]
async fn the_scheme_of_a_token_may_be_written_in_any_way() {
    let running = start().await;
    let session = running.register("annlee").await;
    let token = session["access_token"].as_str().unwrap();
    for (scheme, status) in
        [("Bearer", 200), ("bearer", 200), ("BEARER ", 200), ("Basic", 401), ("bearers", 401)]
    {
        let request =
            running.request(Method::GET, "/v1/me").header("authorization", format!("{scheme} {token}"));
        assert_eq!(running.send(request, "").await.status, status, "{scheme}");
    }
}

#[tokio::test]
async fn headers_that_are_too_large_are_refused() {
    let running = start().await;
    let request = running.request(Method::GET, "/v1/keys").header("x-large", "x".repeat(60_000));
    assert_eq!(running.send(request, "").await.status, 431);
}

#[tokio::test]
async fn a_client_that_asks_too_often_is_told_to_wait() {
    let mut config = config();
    config.rate.per_second = 1;
    config.rate.burst = 3;
    config.trusted_proxies = vec!["127.0.0.1".into()];
    let running = start_with(config).await;
    let from = |client: &str| running.request(Method::GET, "/v1/keys").header("x-forwarded-for", client);
    for _ in 0..3 {
        assert_eq!(running.send(from("203.0.113.9"), "").await.status, 200);
    }
    let answer = running.send(from("203.0.113.9"), "").await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (429, "RATE_LIMITED"));
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(running.send(from("203.0.113.10"), "").await.status, 200);
}

#[tokio::test]
async fn who_has_an_answer_does_not_get_it_again() {
    let running = start().await;
    let first = running.get("/v1/keys").await;
    assert_eq!((first.status.as_u16(), first.header("cache-control")), (200, "no-cache"));
    let again = running.request(Method::GET, "/v1/keys").header("if-none-match", first.header("etag"));
    let again = running.send(again, "").await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), first.header("etag"));
    let head = running.send(running.request(Method::HEAD, "/v1/keys"), "").await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), first.body.len().to_string());
    let session = running.register("annlee").await;
    let me = running.request(Method::GET, "/v1/me").header("authorization", bearer(&session));
    assert_eq!(running.send(me, "").await.header("cache-control"), "no-store");
    assert_eq!(running.post("/user/GetKeys", &json!({})).await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn large_answers_are_compressed_for_who_takes_it() {
    let running = start().await;
    let plain = running.get("/openapi.json").await;
    assert_eq!(plain.header("content-encoding"), "");
    let request = running.request(Method::GET, "/openapi.json").header("accept-encoding", "gzip");
    let answer = running.send(request, "").await;
    assert_eq!((answer.header("content-encoding"), answer.header("vary")), ("gzip", "accept-encoding"));
    assert!(answer.body.len() * 2 < plain.body.len());
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&answer.body[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    let small = running.request(Method::GET, "/healthz").header("accept-encoding", "gzip");
    assert_eq!(running.send(small, "").await.header("content-encoding"), "");
}

#[tokio::test]
async fn only_named_origins_may_call_from_a_browser() {
    let mut config = config();
    config.cors_origins = vec!["https://shop.example".into()];
    let running = start_with(config).await;
    let preflight = |origin: &str| {
        running
            .request(Method::OPTIONS, "/v1/orders")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization, idempotency-key")
    };
    let answer = running.send(preflight("https://shop.example"), "").await;
    assert_eq!(answer.header("access-control-allow-origin"), "https://shop.example");
    assert!(answer.header("access-control-allow-headers").contains("idempotency-key"));
    assert!(answer.header("access-control-allow-methods").contains("POST"));
    let other = running.send(preflight("https://evil.example"), "").await;
    assert_eq!(other.header("access-control-allow-origin"), "");
    let call = running.request(Method::GET, "/v1/keys").header("origin", "https://shop.example");
    let call = running.send(call, "").await;
    assert_eq!(call.header("access-control-allow-origin"), "https://shop.example");
    assert!(call.header("access-control-expose-headers").contains("x-trace-id"));
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere() {
    let running = start().await;
    for path in ["/login", "/docs"] {
        let page = running.get(path).await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(page.header("content-security-policy").starts_with("default-src '"));
        let text = String::from_utf8(page.body.to_vec()).unwrap();
        assert!(!text.contains("https://") && !text.contains("http://"), "{path}");
    }
    assert_eq!(running.get("/docs/docs.js").await.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(running.get("/docs/../Cargo.toml").await.status, 404);
    let document = running.get("/openapi.json").await;
    assert_eq!(document.json()["openapi"], "3.1.0");
    assert!(document.json()["paths"]["/v1/sessions"]["post"].is_object());
    let again =
        running.request(Method::GET, "/openapi.json").header("if-none-match", document.header("etag"));
    assert_eq!(running.send(again, "").await.status, 304);
}

#[tokio::test]
async fn every_answer_is_kept_from_being_guessed_at_or_framed() {
    let running = start().await;
    for path in ["/", "/v1/keys", "/nothing"] {
        let answer = running.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
    }
}

#[tokio::test]
async fn readiness_is_that_of_the_services() {
    let running = start().await;
    assert_eq!(running.get("/healthz").await.status, 200);
    let answer = running.get("/readyz").await;
    assert_eq!(answer.status, 503);
    let services = json!({"user": "ok", "film": "unavailable", "order": "unavailable"});
    assert_eq!(answer.json(), json!({"status": "unavailable", "services": services}));
    let running = start_with(gateway::Config { required_services: vec!["user".into()], ..config() }).await;
    assert_eq!(running.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn who_asks_before_sending_much_is_refused_before_sending() {
    let running = start().await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let head = "POST /user/Login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
        expect: 100-continue\r\ncontent-length: 2000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 1024];
    let read = stream.read(&mut answer).await.unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 413 "), "{}", String::from_utf8_lossy(&answer[..read]));
}

#[tokio::test]
async fn the_type_of_an_error_leads_to_the_reference() {
    let running = start().await;
    let error = running.get("/v1/me").await.json();
    let answer = running.get(error["type"].as_str().unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/docs"));
}

#[tokio::test]
async fn a_client_that_never_sends_its_body_does_not_hold_a_place_for_ever() {
    let running = start_with(gateway::Config { request_timeout_ms: 200, ..config() }).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let head = "POST /user/Login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 1024];
    let read = stream.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]);
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("REQUEST_TIMEOUT"), "{answer}");
}

#[tokio::test]
async fn bodies_that_do_not_end_take_only_so_much_memory() {
    let config = gateway::Config { max_body_bytes: 65_536, max_buffered_bytes: 65_536, ..config() };
    let running = start_with(config).await;
    let head = "POST /user/Login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
        content-length: 65000\r\n\r\n";
    let mut unfinished = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&[b' '; 30_000]).await.unwrap();
        unfinished.push(stream);
    }
    let body = json!({"login": "x".repeat(10_000)});
    let until = async |reason: &str| {
        let began = std::time::Instant::now();
        loop {
            let answer = running.post("/user/Login", &body).await;
            if answer.reason() == reason {
                return answer;
            }
            assert!(began.elapsed().as_secs() < 8, "{:?}", answer.body);
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    // Once what they sent has come.
    let answer = until("OVERLOADED").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "1"));
    let small = running.post("/user/Login", &json!({"login": "nobody", "password": "x"})).await;
    assert_eq!(small.status, 401, "there is room for it");
    unfinished.pop();
    until("FIELD_INVALID").await;
}
