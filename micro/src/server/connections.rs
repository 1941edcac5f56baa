//! Accepting connections, with a limit on everything, and letting them end.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;

use super::activity::{Activity, Answer, Heard, Patience, Silence};
use super::addresses::Addresses;
use super::lingering::Lingering;
use crate::BoxError;
use crate::gathering::Gathering;

/// How long a new connection may take to send its first request when the port closes.
const FIRST_REQUEST: Duration = Duration::from_millis(500);

/// Limits of a listening port.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Connections at a time; more wait to be accepted.
    pub max_connections: usize,
    /// Connections of one address at a time (of IPv6, one /64 network); more are closed
    /// at once. No limit where 0, as it must be where all come through a proxy.
    pub max_connections_per_address: usize,
    /// Requests at a time on one HTTP/2 connection.
    pub max_streams: u32,
    /// Bytes of all headers of a request.
    pub max_header_bytes: u32,
    /// How long a client may take to send its headers, milliseconds: those of its first
    /// request from when it connects, those of others from their first byte.
    pub header_timeout_ms: u64,
    /// How long a connection may stay open without a request, milliseconds: longer than
    /// the pools of proxies keep theirs.
    pub idle_timeout_ms: u64,
    /// How long new requests are still taken when the process stops, milliseconds: so
    /// long those who call it have to notice that it does.
    pub linger_ms: u64,
    /// How long open requests get to end after that, milliseconds.
    pub drain_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 20_000,
            max_connections_per_address: 1_000,
            max_streams: 1_000,
            max_header_bytes: 32 * 1024,
            header_timeout_ms: 10_000,
            idle_timeout_ms: 75_000,
            linger_ms: 500,
            drain_ms: 10_000,
        }
    }
}

impl Limits {
    fn patience(&self) -> Patience {
        Patience {
            head: Duration::from_millis(self.header_timeout_ms),
            idle: Duration::from_millis(self.idle_timeout_ms),
        }
    }
}

/// Serves HTTP/1.1 and HTTP/2 (by prior knowledge) until told to stop, then lets open requests end.
///
/// Told to stop, it asks clients of HTTP/1.1 with each answer to send the next request
/// elsewhere, and closes no connection at first: a request may be on its way.
///
/// Requests carry the peer's `SocketAddr` in their extensions.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let addresses = Addresses::new(limits.max_connections_per_address);
    let port = Port {
        builder: builder(&limits),
        router,
        patience: limits.patience(),
        closing: AtomicBool::new(false),
        ending: CancellationToken::new(),
    };
    let port = Arc::new(port);
    let connections = TaskTracker::new();
    let mut ending = pin!(async {
        stop.cancelled().await;
        port.closing.store(true, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(limits.linger_ms)).await;
    });
    loop {
        let place = tokio::select! {
            () = &mut ending => break,
            place = places.clone().acquire_owned() => place,
        };
        let (stream, peer) = tokio::select! {
            () = &mut ending => break,
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
        let Some(counted) = addresses.take(peer.ip()) else { continue };
        connections.spawn(port.clone().serve(stream, peer, (place, counted)));
    }
    // Who is connected but not accepted yet would be reset.
    for (stream, peer) in waiting(listener) {
        let Ok(place) = places.clone().try_acquire_owned() else { break };
        let Some(counted) = addresses.take(peer.ip()) else { continue };
        connections.spawn(port.clone().serve(stream, peer, (place, counted)));
    }
    port.ending.cancel();
    connections.close();
    let drained = tokio::time::timeout(Duration::from_millis(limits.drain_ms), connections.wait()).await;
    if drained.is_err() {
        tracing::warn!(
            drain_ms = limits.drain_ms,
            "connections were still open when the time to drain ran out"
        );
    }
}

/// Closes a listening port; what was connected until then and not accepted.
fn waiting(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let accept = |listener: &std::net::TcpListener| {
        let (stream, peer) = listener.accept()?;
        stream.set_nonblocking(true)?;
        Ok::<_, io::Error>((TcpStream::from_std(stream)?, peer))
    };
    // It does not block: the first that is not there ends it.
    let all = |listener: std::net::TcpListener| std::iter::from_fn(|| accept(&listener).ok()).collect();
    listener.into_std().map(all).unwrap_or_default()
}

/// What the connections of a port share.
struct Port {
    builder: Builder<TokioExecutor>,
    router: Router,
    patience: Patience,
    /// Whether clients are asked to send their next request elsewhere.
    closing: AtomicBool,
    /// Cancelled when connections are to end.
    ending: CancellationToken,
}

impl Port {
    /// Serves one connection, and gives its place back.
    async fn serve<P>(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, place: P) {
        if let Err(error) = self.connection(stream, peer).await {
            tracing::debug!(%error, %peer, "connection ended badly");
        }
        drop(place);
    }

    /// Serves one connection to its end: its client's, the port's, or that of its patience.
    async fn connection(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) -> Result<(), BoxError> {
        // Answers are whole when they are written; waiting to fill a segment only adds delay.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let activity = Activity::new();
        let mut silence = Silence::new(activity.clone(), self.patience);
        let stream = Heard::new(Gathering::new(Lingering::new(stream)), activity.clone());
        let service = self.service(peer, activity.clone());
        let connection = self.builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let mut ending = pin!(async {
            self.ending.cancelled().await;
            // Who has just connected has a request on its way.
            let _ = tokio::time::timeout(FIRST_REQUEST, activity.begun()).await;
        });
        let mut told = false;
        loop {
            tokio::select! {
                biased;
                ended = &mut connection => return ended,
                () = &mut ending, if !told => told = true,
                () = &mut silence => {
                    if silence.asked_to_end() {
                        return Err("it was silent for too long, and did not end".into());
                    }
                }
            }
            connection.as_mut().graceful_shutdown();
        }
    }

    fn service(
        self: &Arc<Self>,
        peer: SocketAddr,
        activity: Arc<Activity>,
    ) -> impl Service<
        Request<Incoming>,
        Response = Response<Answer>,
        Error = Infallible,
        Future: Send + 'static,
    >
    + Send
    + 'static
    + use<> {
        let port = self.clone();
        service_fn(move |mut request: Request<Incoming>| {
            let open = activity.open(request.version() < Version::HTTP_2);
            let (port, activity) = (port.clone(), activity.clone());
            request.extensions_mut().insert(peer);
            let answer = port.router.clone().call(request.map(Body::new));
            async move {
                let mut response = answer.await?;
                if port.closing.load(Ordering::Relaxed) && activity.is_one_at_a_time() {
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                Ok(response.map(|body| Answer::new(body, open)))
            }
        })
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    let header_bytes = usize::try_from(limits.max_header_bytes).unwrap_or(usize::MAX);
    builder
        .http1()
        .timer(TokioTimer::new())
        // It would run between two requests as well; see `Silence`.
        .header_read_timeout(None)
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
