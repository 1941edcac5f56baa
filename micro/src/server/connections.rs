//! Accepting connections, with a limit on everything, and letting them end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::lingering::Lingering;

/// Limits of a listening port.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Connections at a time; more wait to be accepted.
    pub max_connections: usize,
    /// Requests at a time on one HTTP/2 connection.
    pub max_streams: u32,
    /// Bytes of all headers of a request.
    pub max_header_bytes: u32,
    /// How long a client may take to send its headers, milliseconds.
    pub header_timeout_ms: u64,
    /// How long open requests get to end when the process stops, milliseconds.
    pub drain_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 20_000,
            max_streams: 1_000,
            max_header_bytes: 32 * 1024,
            header_timeout_ms: 10_000,
            drain_ms: 10_000,
        }
    }
}

/// Serves HTTP/1.1 and HTTP/2 (by prior knowledge) until told to stop, then lets open requests end.
///
/// Requests carry the peer's `SocketAddr` in their extensions.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let builder = Arc::new(builder(&limits));
    let graceful = GracefulShutdown::new();
    loop {
        let place = tokio::select! {
            () = stop.cancelled() => break,
            place = places.clone().acquire_owned() => place,
        };
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, mostly: others must end first.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let service = service(&stream, router.clone(), peer);
        let stream = TokioIo::new(Lingering::new(stream));
        let connection = builder.serve_connection_with_upgrades(stream, service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, %peer, "connection ended badly");
            }
            drop(place);
        });
    }
    drop(listener);
    let drained = tokio::time::timeout(Duration::from_millis(limits.drain_ms), graceful.shutdown()).await;
    if drained.is_err() {
        tracing::warn!(
            drain_ms = limits.drain_ms,
            "connections were still open when the time to drain ran out"
        );
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    let header_bytes = usize::try_from(limits.max_header_bytes).unwrap_or(usize::MAX);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.header_timeout_ms))
        .max_buf_size(header_bytes.max(8 * 1024));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.max_streams)
        .max_header_list_size(limits.max_header_bytes)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20))
        .adaptive_window(true);
    builder
}

fn service(
    stream: &TcpStream,
    router: Router,
    peer: SocketAddr,
) -> TowerToHyperService<
    impl tower::Service<
        Request<Incoming>,
        Response = axum::response::Response,
        Error = std::convert::Infallible,
        Future: Send,
    > + Clone
    + Send
    + 'static,
> {
    // Answers are whole when they are written; waiting to fill a segment only adds delay.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    TowerToHyperService::new(router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request.map(axum::body::Body::new)
    }))
}
