//! Receivers of OTLP for tests and measures: one takes what the published protocol says, over gRPC and over HTTP, and
//! remembers it; the other throws away what it is sent.

mod received;
mod services;
mod sink;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::LogsServiceServer;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::MetricsServiceServer;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::TraceServiceServer;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;

pub use received::{Received, attribute};
use services::Services;
pub use sink::Sink;

/// The published messages.
pub use opentelemetry_proto::tonic as v1;

/// Longest message, as receivers take by default, bytes.
const LONGEST: usize = 4 * 1024 * 1024;
/// How long is waited for something to arrive: far longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running receiver. Ends when it is dropped.
#[derive(Debug)]
pub struct Receiver {
    grpc: SocketAddr,
    http: SocketAddr,
    received: watch::Receiver<Received>,
    serving: [JoinHandle<()>; 2],
}

impl Receiver {
    /// Starts at free ports of this machine.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn start() -> io::Result<Self> {
        let (services, received) = Services::new();
        let grpc = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let http = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (grpc_address, http_address) = (grpc.local_addr()?, http.local_addr()?);
        let router = Server::builder()
            .add_service(TraceServiceServer::new(services.clone()))
            .add_service(MetricsServiceServer::new(services.clone()))
            .add_service(LogsServiceServer::new(services.clone()));
        // A serving that ends badly is seen by what does not arrive.
        let grpc = tokio::spawn(async move {
            drop(router.serve_with_incoming(TcpListenerStream::new(grpc)).await);
        });
        let http = tokio::spawn(async move { drop(axum::serve(http, services.router()).await) });
        Ok(Self { grpc: grpc_address, http: http_address, received, serving: [grpc, http] })
    }

    /// Where it takes gRPC, as a URL.
    #[must_use]
    pub fn grpc(&self) -> String {
        format!("http://{}", self.grpc)
    }

    /// Where it takes Protobuf over HTTP, as a URL.
    #[must_use]
    pub fn http(&self) -> String {
        format!("http://{}", self.http)
    }

    /// What has arrived so far.
    #[must_use]
    pub fn received(&self) -> Received {
        self.received.borrow().clone()
    }

    /// Waits until what has arrived is so, and returns it.
    ///
    /// # Errors
    /// What there is instead, for people.
    pub async fn until(&self, is_so: impl Fn(&Received) -> bool) -> Result<Received, String> {
        let mut received = self.received.clone();
        let waited = tokio::time::timeout(PATIENCE, received.wait_for(|received| is_so(received))).await;
        match waited {
            Ok(Ok(received)) => Ok(received.clone()),
            _ => Err(format!("nothing of the kind arrived; there are: {}", self.received())),
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        for serving in &self.serving {
            serving.abort();
        }
    }
}
