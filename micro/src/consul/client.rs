//! Consul's HTTP interface, as far as it is needed here.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::de::DeserializeOwned;

use crate::BoxError;

/// How long a connection may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// How long an answer may take that Consul gives at once.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Bytes of an answer: a thousand nodes with a hundred endpoints each.
const MAX_ANSWER: usize = 64 * 1024 * 1024;
/// Bytes of a refusal that are shown.
const MAX_SHOWN: usize = 300;

/// Why Consul has not done something.
#[derive(Debug, thiserror::Error)]
pub enum ConsulError {
    /// Nobody there, or nobody who can tell.
    #[error("Consul at {address} is away: {cause}")]
    Away {
        /// Which one.
        address: Uri,
        /// Why.
        cause: BoxError,
    },
    /// It said no.
    #[error("Consul at {address} answers {status}: {text}")]
    Refused {
        /// Which one.
        address: Uri,
        /// HTTP status.
        status: StatusCode,
        /// What it said.
        text: String,
    },
}

/// Calls one of several Consul agents or servers.
pub struct Client {
    http: legacy::Client<HttpConnector, Full<Bytes>>,
    addresses: Vec<Uri>,
    token: Option<HeaderValue>,
    /// The one that answered last.
    preferred: AtomicUsize,
}

/// An answer, and the state it tells of.
pub struct Answer<T> {
    /// What is so.
    pub value: T,
    /// Where to wait for the next state; 0 where it does not say.
    pub index: u64,
}

impl Client {
    /// A client of the agents at these addresses, at least one.
    pub fn new(addresses: Vec<Uri>, token: Option<HeaderValue>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_WITHIN));
        connector.set_keepalive(Some(Duration::from_secs(15)));
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new()).pool_idle_timeout(Duration::from_secs(30));
        Self { http: builder.build(connector), addresses, token, preferred: AtomicUsize::new(0) }
    }

    /// Where the one that answered last is in the list.
    pub fn preferred(&self) -> usize {
        self.preferred.load(Ordering::Relaxed)
    }

    /// Its address.
    pub fn address(&self) -> &Uri {
        &self.addresses[self.preferred() % self.addresses.len()]
    }

    /// Asks another one from now on, unless somebody has changed that already.
    pub fn avoid(&self, place: usize) {
        let next = (place + 1) % self.addresses.len();
        // Somebody else was faster: then theirs is tried.
        let _ = self.preferred.compare_exchange(place, next, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Reads something from any of them.
    ///
    /// # Errors
    /// None has told; the last error.
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        patience: Duration,
    ) -> Result<Answer<T>, ConsulError> {
        let mut outcome = Err(self.away(self.preferred(), "nobody was asked"));
        for _ in 0..self.addresses.len() {
            let place = self.preferred();
            outcome = self.get_at(place, path, patience).await;
            match &outcome {
                Err(ConsulError::Away { .. }) => self.avoid(place),
                Err(ConsulError::Refused { status, .. }) if status.is_server_error() => self.avoid(place),
                _ => break,
            }
        }
        outcome
    }

    /// Whether one of them is part of a cluster that works.
    ///
    /// # Errors
    /// Why not.
    pub async fn knows_a_leader(&self) -> Result<(), ConsulError> {
        let leader = self.get::<String>("/v1/status/leader", ANSWER_WITHIN).await?.value;
        if leader.is_empty() { Err(self.away(self.preferred(), "it knows no leader")) } else { Ok(()) }
    }

    async fn get_at<T: DeserializeOwned>(
        &self,
        place: usize,
        path: &str,
        patience: Duration,
    ) -> Result<Answer<T>, ConsulError> {
        let (headers, body) = self.send(place, Method::GET, path, Bytes::new(), patience).await?;
        if headers.get("x-consul-knownleader").is_some_and(|known| known == "false") {
            return Err(self.away(place, "it knows no leader"));
        }
        let index = headers.get("x-consul-index").and_then(|index| index.to_str().ok()?.parse().ok());
        let value = serde_json::from_slice(&body).map_err(|error| self.away(place, error))?;
        Ok(Answer { value, index: index.unwrap_or(0) })
    }

    /// Tells one of them something.
    ///
    /// # Errors
    /// It is away or refuses.
    pub async fn put(
        &self,
        place: usize,
        path: &str,
        body: Vec<u8>,
        patience: Duration,
    ) -> Result<(), ConsulError> {
        self.send(place, Method::PUT, path, body.into(), patience).await.map(|_| ())
    }

    pub(super) async fn send(
        &self,
        place: usize,
        method: Method,
        path: &str,
        body: Bytes,
        patience: Duration,
    ) -> Result<(HeaderMap, Bytes), ConsulError> {
        let exchange = async {
            let uri = format!("{}{path}", self.addresses[place].to_string().trim_end_matches('/'));
            let mut request = Request::builder().method(method).uri(uri).body(Full::new(body))?;
            if let Some(token) = &self.token {
                request.headers_mut().insert("x-consul-token", token.clone());
            }
            let (head, body) = self.http.request(request).await?.into_parts();
            let body = Limited::new(body, MAX_ANSWER).collect().await?.to_bytes();
            Ok::<_, BoxError>((head, body))
        };
        let (head, body) = tokio::time::timeout(patience, exchange)
            .await
            .map_err(|_| self.away(place, "it takes too long"))?
            .map_err(|error| self.away(place, error))?;
        if head.status.is_success() {
            return Ok((head.headers, body));
        }
        let text = String::from_utf8_lossy(&body[..body.len().min(MAX_SHOWN)]).trim().to_owned();
        Err(ConsulError::Refused { address: self.addresses[place].clone(), status: head.status, text })
    }

    fn away(&self, place: usize, cause: impl Into<BoxError>) -> ConsulError {
        ConsulError::Away { address: self.addresses[place].clone(), cause: cause.into() }
    }
}

/// A name as a part of a path.
pub fn escaped(name: &str) -> percent_encoding::PercentEncode<'_> {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC)
}
