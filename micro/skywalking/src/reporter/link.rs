//! The calls to a collector.

use std::{sync::Arc, time::Duration};

use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    transport::Channel,
};

use super::stop::{Ended, Stop};
use crate::{
    convert::segment_object,
    meter::{Meter, collection},
    propagator::Identity,
    segment::FinishedSegment,
    wire::{
        InstancePing, InstanceProperties, KeyStringValuePair,
        management_service_client::ManagementServiceClient,
        meter_report_service_client::MeterReportServiceClient,
        trace_segment_report_service_client::TraceSegmentReportServiceClient,
    },
};

/// Header for the collector's token.
const AUTHENTICATION: &str = "authentication";
/// The back end's layer for services with an agent.
const LAYER: &str = "GENERAL";

/// One connection to a collector, made when it is first needed.
pub(crate) struct Link {
    pub(crate) channel: Channel,
    pub(crate) identity: Arc<Identity>,
    pub(crate) authentication: Option<MetadataValue<Ascii>>,
    pub(crate) properties: Vec<(String, String)>,
    /// Longest a call may take.
    pub(crate) limit: Duration,
}

impl Link {
    /// Says what instance this is.
    pub(super) async fn properties(&self, stop: &Stop) -> Result<(), Status> {
        let pairs = self.properties.iter().cloned();
        let body = InstanceProperties {
            service: self.identity.service.clone(),
            service_instance: self.identity.instance.clone(),
            properties: pairs.map(|(key, value)| KeyStringValuePair { key, value }).collect(),
            layer: LAYER.into(),
        };
        let mut client = ManagementServiceClient::new(self.channel.clone());
        self.within(stop, client.report_instance_properties(self.request(body))).await
    }

    /// Says that this instance lives.
    pub(super) async fn keep_alive(&self, stop: &Stop) -> Result<(), Status> {
        let body = InstancePing {
            service: self.identity.service.clone(),
            service_instance: self.identity.instance.clone(),
            layer: LAYER.into(),
        };
        let mut client = ManagementServiceClient::new(self.channel.clone());
        self.within(stop, client.keep_alive(self.request(body))).await
    }

    /// Sends segments. They are put into the protocol's words as the connection takes them.
    pub(super) async fn segments(&self, segments: Vec<FinishedSegment>, stop: &Stop) -> Result<(), Status> {
        let identity = Arc::clone(&self.identity);
        let objects = segments.into_iter().map(move |segment| segment_object(segment, &identity));
        let mut client = TraceSegmentReportServiceClient::new(self.channel.clone());
        self.within(stop, client.collect(self.request(tokio_stream::iter(objects)))).await
    }

    /// Sends meters.
    pub(super) async fn meters(&self, meters: Vec<Meter>, stop: &Stop) -> Result<(), Status> {
        let body = tokio_stream::once(collection(meters, &self.identity));
        let mut client = MeterReportServiceClient::new(self.channel.clone());
        self.within(stop, client.collect_batch(self.request(body))).await
    }

    fn request<T>(&self, body: T) -> Request<T> {
        let mut request = Request::new(body);
        if let Some(token) = &self.authentication {
            request.metadata_mut().insert(AUTHENTICATION, token.clone());
        }
        request
    }

    async fn within<T>(
        &self,
        stop: &Stop,
        call: impl Future<Output = Result<T, Status>>,
    ) -> Result<(), Status> {
        match stop.call(self.limit, call).await {
            Ended::With(answer) => answer.map(drop),
            Ended::TimedOut => Err(Status::deadline_exceeded("the collector did not answer in time")),
        }
    }
}
