//! A SkyWalking collector for tests: it receives what the published protocol says, remembers it, and can be made to hang
//! or go away.
//!
//! ```no_run
//! # async fn example() -> Result<(), skywalking_collector::Error> {
//! let collector = skywalking_collector::Collector::start().await?;
//! // ... report to collector.address() ...
//! let segments = collector.segments(2).await?;
//! # Ok(())
//! # }
//! ```

mod received;
mod services;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;

pub use received::{Received, tag};
use services::{Gate, Services};
use v3::{
    SegmentObject, management_service_server::ManagementServiceServer,
    meter_report_service_server::MeterReportServiceServer,
    trace_segment_report_service_server::TraceSegmentReportServiceServer,
};

/// The published messages.
#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "written by a compiler")]
pub mod v3 {
    tonic::include_proto!("skywalking.v3");
}

/// How long is waited for something to arrive: far longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running collector. Stops when it is dropped.
#[derive(Debug)]
pub struct Collector {
    address: SocketAddr,
    received: watch::Receiver<Received>,
    gate: watch::Sender<Gate>,
    serving: JoinHandle<Result<(), tonic::transport::Error>>,
}

/// What can go wrong with a collector.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It cannot listen there.
    #[error("the collector cannot listen")]
    Listen(#[from] io::Error),
    /// What was waited for did not arrive.
    #[error("nothing of the kind arrived; there are: {0}")]
    Missing(String),
}

impl Collector {
    /// Starts at a free port of this machine.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn start() -> Result<Self, Error> {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// Starts one that only counts segments: it can run for as long as one likes.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn discarding() -> Result<Self, Error> {
        Self::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), false).await
    }

    /// Starts at this address: that of one which was stopped, say.
    ///
    /// # Errors
    /// Where the port cannot be had.
    pub async fn start_at(address: SocketAddr) -> Result<Self, Error> {
        Self::listen(address, true).await
    }

    async fn listen(address: SocketAddr, remember: bool) -> Result<Self, Error> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (gate, state) = watch::channel(Gate::Open);
        let (services, received) = Services::new(state.clone(), remember);
        let mut closing = state;
        let closed = async move { drop(closing.wait_for(|gate| *gate == Gate::Closed).await) };
        let serving = Server::builder()
            .add_service(TraceSegmentReportServiceServer::new(services.clone()))
            .add_service(ManagementServiceServer::new(services.clone()))
            .add_service(MeterReportServiceServer::new(services))
            .serve_with_incoming_shutdown(TcpListenerStream::new(listener), closed);
        Ok(Self { address, received, gate, serving: tokio::spawn(serving) })
    }

    /// A port of this machine where nothing listens.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn nowhere() -> Result<SocketAddr, Error> {
        Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?)
    }

    /// Where it listens, as a URL.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn socket(&self) -> SocketAddr {
        self.address
    }

    /// What has arrived so far.
    #[must_use]
    pub fn received(&self) -> Received {
        self.received.borrow().clone()
    }

    /// Waits until at least so many segments have arrived, and returns all of them.
    ///
    /// # Errors
    /// Where they do not arrive.
    pub async fn segments(&self, at_least: usize) -> Result<Vec<SegmentObject>, Error> {
        let received = self.until(|received| received.segments.len() >= at_least).await?;
        Ok(received.segments)
    }

    /// Waits until a segment like this has arrived, and returns it.
    ///
    /// # Errors
    /// Where it does not arrive.
    pub async fn segment(&self, like: impl Fn(&SegmentObject) -> bool) -> Result<SegmentObject, Error> {
        let found = self.until(|received| received.segments.iter().any(&like)).await?;
        found.segments.into_iter().find(&like).ok_or_else(|| Error::Missing("nothing".into()))
    }

    /// Waits until what has arrived is so, and returns it.
    ///
    /// # Errors
    /// Where it does not become so.
    pub async fn until(&self, is_so: impl Fn(&Received) -> bool) -> Result<Received, Error> {
        let mut received = self.received.clone();
        let waited = timeout(PATIENCE, received.wait_for(|received| is_so(received))).await;
        match waited {
            Ok(Ok(received)) => Ok(received.clone()),
            _ => Err(Error::Missing(self.received().to_string())),
        }
    }

    /// Calls get no answer from now on.
    pub fn pause(&self) {
        self.gate.send_replace(Gate::Paused);
    }

    /// Calls are answered again, those that hang too.
    pub fn resume(&self) {
        self.gate.send_replace(Gate::Open);
    }

    /// Stops and returns what has arrived. Nothing listens there any more.
    pub async fn stop(mut self) -> Received {
        self.gate.send_replace(Gate::Closed);
        // A serving that ended badly has ended all the same.
        let _ = (&mut self.serving).await;
        self.received()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.gate.send_replace(Gate::Closed);
    }
}
