//! gRPC and gRPC-Web through the gateway.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::common::{PASSWORD, bearer, config, start, start_with};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use contract::film::GetSalesFactsRequest;
use contract::film::film_internal_client::FilmInternalClient;
use contract::user::user_service_client::UserServiceClient;
use contract::user::{
    ChangePasswordRequest, GetKeysRequest, GetProfileRequest, ListUsersRequest, LoginRequest, Profile,
};
use http::Method;
use micro::Problem;
use prost::Message;
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

fn login(password: &str) -> LoginRequest {
    LoginRequest { login: "annlee".into(), password: password.into() }
}

#[tokio::test]
async fn calls_and_refusals_pass_unchanged() {
    let running = start().await;
    let session = running.register("annlee").await;
    let mut users = running.users().await;
    let answer = users.login(login(PASSWORD)).await.unwrap();
    assert!(answer.metadata().contains_key("x-trace-id"));
    assert_eq!(answer.into_inner().profile.unwrap().user_name, "annlee");
    let mut request = Request::new(GetProfileRequest {});
    request.metadata_mut().insert("authorization", bearer(&session).parse().unwrap());
    assert_eq!(users.get_profile(request).await.unwrap().into_inner().user_name, "annlee");
    let refused = users.login(login("wrong")).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    assert_eq!(Problem::from_status(&refused).reason(), "CREDENTIALS_WRONG");
}

#[tokio::test]
async fn a_client_has_its_own_rights_only() {
    let running = start().await;
    let mut users = running.users().await;
    let mut request = Request::new(ListUsersRequest::default());
    let token = running.kit.service_tokens.header().unwrap();
    request.metadata_mut().insert("x-marquee-service", token.to_str().unwrap().parse().unwrap());
    let refused = users.list_users(request).await.unwrap_err();
    assert_eq!(Problem::from_status(&refused).reason(), "TOKEN_MISSING");
}

#[tokio::test]
async fn what_is_internal_does_not_exist() {
    let running = start().await;
    let mut film = FilmInternalClient::new(running.channel().await);
    let mut request = Request::new(GetSalesFactsRequest::default());
    let token = running.kit.service_tokens.header().unwrap();
    request.metadata_mut().insert("x-marquee-service", token.to_str().unwrap().parse().unwrap());
    let refused = film.get_sales_facts(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unimplemented);
    assert_eq!(Problem::from_status(&refused).reason(), "METHOD_UNKNOWN");
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused() {
    let running = start().await;
    let large = LoginRequest { login: "x".repeat(3 * 1024 * 1024), password: "x".into() };
    let refused = running.users().await.login(large).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(Problem::from_status(&refused).reason(), "BODY_TOO_LARGE");
    // Who is signed in may send more than who is not.
    let session = running.register("annlee").await;
    let much = ChangePasswordRequest { new_password: "x".repeat(100_000), ..Default::default() };
    let refused = running.users().await.change_password(much.clone()).await.unwrap_err();
    assert_eq!(Problem::from_status(&refused).reason(), "TOKEN_MISSING");
    let mut request = Request::new(much);
    request.metadata_mut().insert("authorization", bearer(&session).parse().unwrap());
    let refused = running.users().await.change_password(request).await.unwrap_err();
    assert_eq!(Problem::from_status(&refused).reason(), "FIELD_INVALID");
}

#[tokio::test]
async fn a_client_that_asks_too_often_is_refused_in_its_own_protocol() {
    let mut config = config();
    config.rate.per_second = 1;
    config.rate.burst = 1;
    let running = start_with(config).await;
    let mut users = running.users().await;
    users.get_keys(GetKeysRequest {}).await.unwrap();
    let refused = users.get_keys(GetKeysRequest {}).await.unwrap_err();
    assert_eq!(Problem::from_status(&refused).reason(), "RATE_LIMITED");
}

#[tokio::test]
async fn reflection_describes_what_clients_may_call() {
    let running = start().await;
    let mut client = ServerReflectionClient::new(running.channel().await);
    let mut ask = async |message: MessageRequest| {
        let request = ServerReflectionRequest { host: String::new(), message_request: Some(message) };
        let mut answers =
            client.server_reflection_info(tokio_stream::once(request)).await.unwrap().into_inner();
        let answer = answers.message().await.map_err(|status| status.code())?;
        Ok(answer.unwrap().message_response.unwrap())
    };
    let all = ask(MessageRequest::ListServices(String::new())).await;
    let Ok(MessageResponse::ListServicesResponse(list)) = all else { panic!("not a list") };
    let names: Vec<_> = list.service.into_iter().map(|service| service.name).collect();
    for name in ["user.UserService", "film.FilmService", "order.OrderService", "grpc.health.v1.Health"] {
        assert!(names.iter().any(|known| known == name), "{name} in {names:?}");
    }
    assert!(!names.iter().any(|name| name.contains("Internal")), "{names:?}");
    let symbol = MessageRequest::FileContainingSymbol("order.OrderService".into());
    assert!(matches!(ask(symbol).await, Ok(MessageResponse::FileDescriptorResponse(_))));
    let internal = MessageRequest::FileContainingSymbol("order.OrderInternal".into());
    assert_eq!(ask(internal).await, Err(Code::NotFound));
}

#[tokio::test]
async fn health_is_that_of_the_services() {
    let running = start().await;
    let mut client = HealthClient::new(running.channel().await);
    let mut check = async |service: &str| {
        let asked = client.check(HealthCheckRequest { service: service.into() }).await;
        asked.map(|answer| answer.into_inner().status().as_str_name()).map_err(|status| status.code())
    };
    assert_eq!(check("").await, Ok("NOT_SERVING"));
    assert_eq!(check("user").await, Ok("SERVING"));
    assert_eq!(check("user.UserService").await, Ok("SERVING"));
    assert_eq!(check("order").await, Err(Code::NotFound));
    assert_eq!(check("user.Nothing").await, Err(Code::NotFound));
}

#[tokio::test]
async fn a_gateway_that_stops_says_that_it_does_not_serve() {
    let mut config = config();
    config.required_services = vec!["user".into()];
    // Long enough to be asked meanwhile; it is ended with the test.
    config.limits.linger_ms = 60_000;
    let running = start_with(config).await;
    let mut client = HealthClient::new(running.channel().await);
    let mut check = async || {
        let answer = client.check(HealthCheckRequest::default()).await.unwrap();
        answer.into_inner().status().as_str_name()
    };
    assert_eq!(check().await, "SERVING");
    running.stop.cancel();
    let began = Instant::now();
    while check().await == "SERVING" {
        assert!(began.elapsed() < Duration::from_secs(10), "it never says that it stops");
        tokio::task::yield_now().await;
    }
    assert_eq!(check().await, "NOT_SERVING");
}

#[tokio::test]
async fn grpc_web_works_over_http_1() {
    let running = start().await;
    let session = running.register("annlee").await;
    let request = |body: Vec<u8>| {
        let request = running
            .request(Method::POST, "/user.UserService/GetProfile")
            .header("content-type", "application/grpc-web+proto")
            .header("accept", "application/grpc-web+proto")
            .header("authorization", bearer(&session));
        running.send(request, body)
    };
    let answer = request(vec![0; 5]).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/grpc-web+proto"));
    let length = u32::from_be_bytes(answer.body[1..5].try_into().unwrap()) as usize;
    assert_eq!(Profile::decode(&answer.body[5..5 + length]).unwrap().user_name, "annlee");
    let trailers = &answer.body[5 + length..];
    assert_eq!(trailers[0], 0x80);
    assert!(String::from_utf8_lossy(&trailers[5..]).contains("grpc-status:0"));
}

#[tokio::test]
async fn grpc_over_http_1_is_told_what_it_needs() {
    let running = start().await;
    let request =
        running.request(Method::POST, "/user.UserService/GetKeys").header("content-type", "application/grpc");
    let answer = running.send(request, vec![0; 5]).await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (426, "HTTP_VERSION_UNSUPPORTED"));
    assert_eq!((answer.header("upgrade"), answer.header("connection")), ("HTTP/2", "upgrade"));
}

/// Counts failures of ours that are logged in this thread.
#[derive(Clone, Default)]
struct Failures(Arc<AtomicUsize>);

impl Subscriber for Failures {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::ERROR
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn bytes_that_are_no_message_are_the_callers_fault() {
    let running = start().await;
    let failures = Failures::default();
    let _logging = tracing::subscriber::set_default(failures.clone());
    let cases: [(&str, &[u8]); 6] = [
        ("nothing", b""),
        ("a piece of a header", &[0]),
        ("a flag that means nothing", &[7, 0, 0, 0, 0]),
        ("compressed, and nobody knows how", &[1, 0, 0, 0, 0]),
        ("shorter than it says", &[0, 0, 0, 0, 9, 1]),
        ("no protobuf", &[0, 0, 0, 0, 1, 0xff]),
    ];
    for (what, body) in cases {
        let text = BASE64.encode(body);
        for (form, body) in [
            ("application/grpc", body),
            ("application/grpc-web", body),
            ("application/grpc-web-text", text.as_bytes()),
        ] {
            let answer = running.grpc("/user.UserService/GetKeys", &[("content-type", form)], body).await;
            let problem = answer.refused();
            let told = (problem.code(), problem.reason());
            assert_eq!(told, (Code::InvalidArgument, "MESSAGE_INVALID"), "{form}: {what}: {problem}");
        }
    }
    for body in ["A", "AAAA*AA=", "AAAAAAA"] {
        let headers = [("content-type", "application/grpc-web-text")];
        let answer = running.grpc("/user.UserService/GetKeys", &headers, body.as_bytes()).await;
        assert_eq!(answer.refused().reason(), "MESSAGE_INVALID", "{body}");
    }
    let headers = [("content-type", "application/grpc"), ("grpc-encoding", "gzip")];
    let compressed = running.grpc("/user.UserService/GetKeys", &headers, &[1, 0, 0, 0, 0]).await.refused();
    assert_eq!((compressed.code(), compressed.reason()), (Code::Unimplemented, "COMPRESSION_UNSUPPORTED"));
    assert_eq!(failures.0.load(Ordering::Relaxed), 0, "none of it is a failure of ours");
}

#[tokio::test]
async fn the_same_account_through_the_gateway_and_inside() {
    let running = start().await;
    running.register("annlee").await;
    let mut inside = UserServiceClient::new(running.kit.registry.channel("user"));
    let inside = inside.login(login(PASSWORD)).await.unwrap().into_inner();
    let outside = running.users().await.login(login(PASSWORD)).await.unwrap().into_inner();
    assert_eq!(inside.profile, outside.profile);
}
