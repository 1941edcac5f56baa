//! A receiver that takes everything and reads none of it.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::{BodyExt, Full};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::LONGEST;

/// An empty answer as gRPC frames it: not compressed, and no bytes long.
const EMPTY: &[u8] = &[0; 5];

/// A running receiver over gRPC for measures: a collector's own work is done on another machine,
/// so this one does as little as can be. Ends when it is dropped.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    calls: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl Sink {
    /// Starts at a free port of this machine.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let calls = Arc::new(AtomicUsize::new(0));
        let router = Router::new().fallback(take).with_state(calls.clone());
        // A serving that ends badly is seen by what does not arrive.
        let serving = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { address, calls, serving })
    }

    /// Where it takes gRPC, as a URL.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many calls have come whole.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(calls): State<Arc<AtomicUsize>>, body: Body) -> Result<Response, StatusCode> {
    axum::body::to_bytes(body, LONGEST).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    calls.fetch_add(1, Ordering::Relaxed);
    let done = async {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static("0"));
        Some(Ok::<_, Infallible>(trailers))
    };
    let mut answer = Response::new(Body::new(Full::new(Bytes::from_static(EMPTY)).with_trailers(done)));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    Ok(answer)
}
