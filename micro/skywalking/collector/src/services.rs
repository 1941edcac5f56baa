//! The services of the protocol, which remember what they are told.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_stream::StreamExt as _;
use tonic::{Request, Response, Status, Streaming, metadata::MetadataMap};

use crate::{
    received::Received,
    v3::{
        Commands, InstancePingPkg, InstanceProperties, MeterData, MeterDataCollection, SegmentCollection,
        SegmentObject, management_service_server::ManagementService,
        meter_report_service_server::MeterReportService,
        trace_segment_report_service_server::TraceSegmentReportService,
    },
};

/// Whether calls are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    Open,
    Paused,
    Closed,
}

#[derive(Clone)]
pub(crate) struct Services {
    received: Arc<watch::Sender<Received>>,
    gate: watch::Receiver<Gate>,
    remember: bool,
}

type Answer = Result<Response<Commands>, Status>;

impl Services {
    pub(crate) fn new(gate: watch::Receiver<Gate>, remember: bool) -> (Self, watch::Receiver<Received>) {
        let (sender, receiver) = watch::channel(Received::default());
        (Self { received: Arc::new(sender), gate, remember }, receiver)
    }

    /// Waits while calls are not answered.
    async fn pass(&self) -> Result<(), Status> {
        let mut gate = self.gate.clone();
        let now = gate.wait_for(|gate| *gate != Gate::Paused).await.map(|gate| *gate);
        match now {
            Ok(Gate::Open | Gate::Paused) => Ok(()),
            Ok(Gate::Closed) | Err(_) => Err(Status::unavailable("the collector stops")),
        }
    }

    fn count(&self, segments: usize) {
        self.received.send_modify(|received| received.segments_received += segments);
    }

    /// Remembers who called and what was said, once the call may be answered.
    async fn remember(&self, headers: &MetadataMap, keep: impl FnOnce(&mut Received)) -> Answer {
        self.pass().await?;
        let token = headers.get("authentication").and_then(|token| token.to_str().ok());
        self.received.send_modify(|received| {
            if self.remember {
                received.authentications.push(token.unwrap_or_default().to_owned());
                keep(received);
            }
        });
        Ok(Response::new(Commands::default()))
    }
}

/// All messages of a call.
async fn all<T>(stream: Streaming<T>) -> Result<Vec<T>, Status> {
    stream.collect::<Result<Vec<T>, Status>>().await
}

#[tonic::async_trait]
impl TraceSegmentReportService for Services {
    async fn collect(&self, request: Request<Streaming<SegmentObject>>) -> Answer {
        let (headers, _, stream) = request.into_parts();
        self.pass().await?;
        let segments = all(stream).await?;
        self.count(segments.len());
        self.remember(&headers, |received| received.segments.extend(segments)).await
    }

    async fn collect_in_sync(&self, request: Request<SegmentCollection>) -> Answer {
        let (headers, _, body) = request.into_parts();
        self.count(body.segments.len());
        self.remember(&headers, |received| received.segments.extend(body.segments)).await
    }
}

#[tonic::async_trait]
impl ManagementService for Services {
    async fn report_instance_properties(&self, request: Request<InstanceProperties>) -> Answer {
        let (headers, _, body) = request.into_parts();
        self.remember(&headers, |received| received.properties.push(body)).await
    }

    async fn keep_alive(&self, request: Request<InstancePingPkg>) -> Answer {
        let (headers, _, body) = request.into_parts();
        self.remember(&headers, |received| received.pings.push(body)).await
    }
}

#[tonic::async_trait]
impl MeterReportService for Services {
    async fn collect(&self, request: Request<Streaming<MeterData>>) -> Answer {
        let (headers, _, stream) = request.into_parts();
        let meters = all(stream).await?;
        self.remember(&headers, |received| received.meters.extend(meters)).await
    }

    async fn collect_batch(&self, request: Request<Streaming<MeterDataCollection>>) -> Answer {
        let (headers, _, stream) = request.into_parts();
        let meters = all(stream).await?.into_iter().flat_map(|collection| collection.meter_data);
        self.remember(&headers, |received| received.meters.extend(meters)).await
    }
}
