//! A port of the process's own, for those who run it: `/metrics`, `/livez`, `/readyz`.
//!
//! It answers until everything else has ended, so that it can be seen how a process
//! stops. It knows no passwords: it belongs on an address that only operators reach.

mod health;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::metrics;
use crate::server::{self, Limits};

pub use health::{Check, Health};

/// How often dependencies are looked at when nobody asks, so that metrics tell of them.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Connections at a time: a few scrapers, a load balancer, a person.
const CONNECTIONS: usize = 256;
/// How long a connection may be open without a request, milliseconds. Who forgets to close
/// theirs must not keep out who asks whether the process lives; scrapers connect again.
const IDLE_MS: u64 = 5_000;
/// How long the head of a request may take, milliseconds.
const HEAD_MS: u64 = 2_000;
/// How long an answer under way may hold up the end of the process, milliseconds.
const DRAIN_MS: u64 = 500;
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// The admin port of a process.
pub struct Admin {
    address: SocketAddr,
    end: CancellationToken,
    task: JoinHandle<()>,
    _looking: AbortOnDropHandle<()>,
}

impl Admin {
    /// Opens the port. Once `stop` is cancelled, `/readyz` says that the process is stopping.
    ///
    /// Nothing where no address is set, and nothing, with a warning, where it cannot be
    /// listened on: no process fails for that.
    pub async fn open(listen: &str, health: &Health, stop: CancellationToken) -> Option<Self> {
        if listen.is_empty() {
            return None;
        }
        let listening = async {
            let listener = TcpListener::bind(listen).await?;
            let address = listener.local_addr()?;
            Ok::<_, std::io::Error>((listener, address))
        };
        let (listener, address) = match listening.await {
            Ok(opened) => opened,
            Err(error) => {
                tracing::warn!(listen, %error, "the admin port cannot be opened: there are no metrics of this process");
                return None;
            }
        };
        health.stops_with(stop);
        let end = CancellationToken::new();
        let task = tokio::spawn(server::serve(listener, router(health), limits(), end.clone()));
        let looked_at = health.clone();
        let looking = tokio::spawn(async move {
            loop {
                looked_at.look().await;
                tokio::time::sleep(LOOK_EVERY).await;
            }
        });
        tracing::info!(%address, "the admin port is open");
        Some(Self { address, end, task, _looking: AbortOnDropHandle::new(looking) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the port, when everything else has ended.
    pub async fn close(self) {
        self.end.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the admin port has failed");
        }
    }
}

fn limits() -> Limits {
    Limits {
        max_connections: CONNECTIONS,
        header_timeout_ms: HEAD_MS,
        idle_timeout_ms: IDLE_MS,
        linger_ms: 0,
        drain_ms: DRAIN_MS,
        ..Limits::default()
    }
}

fn router(health: &Health) -> Router {
    Router::new()
        .route("/metrics", get(metrics_text))
        .route("/livez", get(async || answer(StatusCode::OK, TEXT, "ok\n")))
        .route("/readyz", get(ready))
        .with_state(health.clone())
}

async fn metrics_text() -> Response<Body> {
    // Numbers are looked up, some of them in files of the system.
    let gathered = tokio::task::spawn_blocking(metrics::text).await;
    match gathered {
        Ok(Ok((text, content_type))) => answer(StatusCode::OK, content_type, text),
        Ok(Err(error)) => {
            tracing::error!(%error, "the metrics cannot be written");
            answer(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "the metrics cannot be written; see the log\n")
        }
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be gathered");
            answer(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "the metrics cannot be gathered; see the log\n")
        }
    }
}

async fn ready(State(health): State<Health>) -> Response<Body> {
    health.look().await;
    let (ready, report) = health.report();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    answer(status, JSON, format!("{report:#}\n"))
}

fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
