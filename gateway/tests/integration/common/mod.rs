//! A running gateway before a real user service, and clients.

use std::net::SocketAddr;

use bytes::Bytes;
use contract::user::user_service_client::UserServiceClient;
use contract::user::{Role, SetRolesRequest};
use gateway::Config;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use micro::{Clock, Kit, Problem};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::transport::Channel;

/// When tests begin: 2026-11-24.
pub const START_MS: i64 = 1_795_478_400_000;
pub const PASSWORD: &str = "correct horse battery";

pub struct Running {
    pub kit: Kit,
    pub address: SocketAddr,
    pub stop: CancellationToken,
    pub served: JoinHandle<()>,
    http: Client<HttpConnector, Full<Bytes>>,
    _dir: TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {:?}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// How a call of gRPC was refused, where there was no answer before.
    #[track_caller]
    pub fn refused(&self) -> Problem {
        let status = Status::from_header_map(&self.headers);
        Problem::from_status(&status.unwrap_or_else(|| panic!("not refused: {:?}", self.body)))
    }

    #[track_caller]
    pub fn reason(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{:?}", self.body);
        self.json()["reason"].as_str().unwrap().to_owned()
    }
}

/// A gateway on any port, without limits a test does not ask for.
pub fn config() -> Config {
    let mut config = Config { listen: "127.0.0.1:0".into(), ..Config::default() };
    config.rate.per_second = 0;
    config
}

pub async fn start() -> Running {
    start_with(config()).await
}

pub async fn start_with(config: Config) -> Running {
    let dir = tempfile::tempdir().unwrap();
    let kit = Kit::for_tests(dir.path(), Clock::simulated(START_MS));
    let mut users = service_user::Config::default();
    users.passwords.memory_kib = 8;
    users.passwords.iterations = 1;
    let service = service_user::start(&kit, &users).await.unwrap();
    kit.register(&service);
    let gateway = gateway::start(&kit, config).await.unwrap();
    let (address, stop) = (gateway.address(), CancellationToken::new());
    let served = tokio::spawn(gateway.serve(stop.clone()));
    let http = Client::builder(TokioExecutor::new()).build_http();
    Running { kit, address, stop, served, http, _dir: dir }
}

/// All three services behind it.
pub async fn start_all() -> Running {
    start_all_with(config()).await
}

pub async fn start_all_with(config: Config) -> Running {
    let running = start_with(config).await;
    let film = service_film::start(&running.kit, &service_film::Config::default()).await.unwrap();
    running.kit.register(&film);
    let order = service_order::start(&running.kit, &service_order::Config::default()).await.unwrap();
    running.kit.register(&order);
    running
}

impl Running {
    /// Somebody who may do everything.
    pub async fn admin(&self) -> Value {
        let user_id = self.register("admin").await["profile"]["user_id"].as_i64().unwrap();
        let mut users = UserServiceClient::new(self.kit.registry.channel("user"));
        let roles =
            SetRolesRequest { user_id, roles: vec![Role::Admin.into()], ..SetRolesRequest::default() };
        users.set_roles(roles).await.unwrap();
        self.post("/v1/sessions", &json!({"login": "admin", "password": PASSWORD})).await.json()
    }

    /// A call in somebody's name.
    pub async fn as_user(&self, session: &Value, method: Method, path: &str, body: &Value) -> Answer {
        let request = self
            .request(method, path)
            .header("authorization", bearer(session))
            .header("content-type", "application/json");
        self.send(request, if body.is_null() { String::new() } else { body.to_string() }).await
    }

    pub async fn send(&self, request: http::request::Builder, body: impl Into<Bytes>) -> Answer {
        let response = self.http.request(request.body(Full::new(body.into())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A request whose answer is read piece by piece.
    pub async fn open(
        &self,
        request: http::request::Builder,
        body: impl Into<Bytes>,
    ) -> http::Response<hyper::body::Incoming> {
        self.http.request(request.body(Full::new(body.into())).unwrap()).await.unwrap()
    }

    pub fn request(&self, method: Method, path: &str) -> http::request::Builder {
        Request::builder().method(method).uri(format!("http://{}{path}", self.address))
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path), "").await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, &body.to_string()).await
    }

    pub async fn post_text(&self, path: &str, body: &str) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        self.send(request, body.to_owned()).await
    }

    /// A call of gRPC whose body is whatever it is.
    pub async fn grpc(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = self.request(Method::POST, path).version(http::Version::HTTP_2);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http();
        let body = Full::new(Bytes::copy_from_slice(body));
        let response = client.request(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Opens an account; gives back its session.
    pub async fn register(&self, user_name: &str) -> Value {
        let answer = self.post("/v1/users", &json!({"user_name": user_name, "password": PASSWORD})).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        answer.json()
    }

    pub async fn channel(&self) -> Channel {
        let endpoint = Channel::from_shared(format!("http://{}", self.address)).unwrap();
        endpoint.connect().await.unwrap()
    }

    pub async fn users(&self) -> UserServiceClient<Channel> {
        UserServiceClient::new(self.channel().await)
    }
}

pub fn bearer(session: &Value) -> String {
    format!("Bearer {}", session["access_token"].as_str().unwrap())
}
