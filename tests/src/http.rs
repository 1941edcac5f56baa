//! HTTP as a client of the system speaks it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ::http::header::{AUTHORIZATION, CONTENT_TYPE};
use ::http::{HeaderMap, Method, Request};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Error};
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

type Inner = legacy::Client<HttpConnector, Full<Bytes>>;

/// A client of one system. Where that has several gateways, requests go to each
/// in turn, and to the next where one takes no connection, as behind a load balancer.
#[derive(Clone)]
pub struct Client {
    inner: Inner,
    gateways: Arc<[SocketAddr]>,
    turn: Arc<AtomicUsize>,
}

/// A request without its host.
#[derive(Debug, Clone)]
pub struct Call {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// What `application/problem+json` says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// `/problems/REASON`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The status.
    pub status: u16,
    /// For people.
    pub detail: String,
    /// For programs.
    pub reason: String,
    /// Finds the request in the log.
    pub trace_id: String,
    /// More for programs.
    #[serde(default)]
    pub metadata: Map<String, Value>,
}

impl Call {
    /// A request with a body, or without one.
    #[must_use]
    pub fn new(method: &str, path: &str, body: Option<&Value>) -> Self {
        let method = method.parse().expect("an HTTP method");
        let mut call = Self { method, path: path.to_owned(), headers: Vec::new(), body: Bytes::new() };
        if let Some(body) = body {
            call = call.with(CONTENT_TYPE.as_str(), "application/json");
            call.body = body.to_string().into();
        }
        call
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Signs the request with an access token.
    #[must_use]
    pub fn signed(self, token: &str) -> Self {
        self.with(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    fn to(&self, gateway: SocketAddr) -> Request<Full<Bytes>> {
        let mut request =
            Request::builder().method(self.method.clone()).uri(format!("http://{gateway}{}", self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(Full::new(self.body.clone())).expect("a request that can be sent")
    }

    /// Sends these bytes, whatever they are.
    #[must_use]
    pub fn raw(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }
}

impl Client {
    /// A client of the system with these gateways.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn new(gateways: &[SocketAddr]) -> Self {
        assert!(!gateways.is_empty(), "a system has a gateway");
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let inner = legacy::Client::builder(TokioExecutor::new()).build(connector);
        Self { inner, gateways: gateways.into(), turn: Arc::default() }
    }

    /// Where a gateway is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.gateways[0]
    }

    /// Sends a request and gives back the answer's beginning.
    ///
    /// # Errors
    /// The connection's.
    pub async fn open(&self, call: Call) -> Result<::http::Response<Incoming>, Error> {
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut tries = 0;
        loop {
            let gateway = self.gateways[(first + tries) % self.gateways.len()];
            tries += 1;
            match self.inner.request(call.to(gateway)).await {
                Err(error) if error.is_connect() && tries < self.gateways.len() => {}
                answer => return answer,
            }
        }
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// The connection's: the server was killed, for example.
    pub async fn attempt(&self, call: Call) -> anyhow::Result<Answer> {
        let response = self.open(call).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    /// Sends a request and reads the answer.
    ///
    /// # Panics
    /// Where there is no answer.
    pub async fn send(&self, call: Call) -> Answer {
        let what = format!("{} {}", call.method, call.path);
        self.attempt(call).await.unwrap_or_else(|error| panic!("{what}: no answer: {error:#}"))
    }

    /// `GET`, as nobody in particular.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Call::new("GET", path, None)).await
    }

    /// `POST`, as nobody in particular.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Call::new("POST", path, Some(body))).await
    }
}

impl Answer {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: not JSON: {error}: {}", self.status, self.text()))
    }

    /// The body as text, for messages.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(2_000).collect()
    }

    /// A header's text; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// What was asked for.
    ///
    /// # Panics
    /// Where it was refused or is not of that form.
    #[must_use]
    pub fn ok<T: DeserializeOwned>(self) -> T {
        self.into_result().unwrap_or_else(|refused| panic!("refused: {refused:?}"))
    }

    /// What was asked for, or why not.
    ///
    /// # Errors
    /// The refusal.
    ///
    /// # Panics
    /// Where the answer is neither: no problem document, or of another form.
    pub fn into_result<T: DeserializeOwned>(self) -> Result<T, Box<Refused>> {
        if self.status == 200 {
            let read = serde_json::from_slice(&self.body);
            return Ok(read.unwrap_or_else(|error| panic!("{error}: {}", self.text())));
        }
        Err(Box::new(self.refused()))
    }

    /// The refusal.
    ///
    /// # Panics
    /// Where it is none, or is not told as RFC 9457 says.
    #[must_use]
    pub fn refused(&self) -> Refused {
        assert!(self.status >= 400, "not refused: {} {}", self.status, self.text());
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{} {}",
            self.status,
            self.text()
        );
        let refused: Refused = serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()));
        assert_eq!(refused.status, self.status, "the body names another status");
        refused
    }
}
