//! The services of the protocol, which remember what they are told.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use bytes::Bytes;
use http::StatusCode;
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::LogsService;
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::MetricsService;
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::TraceService;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use tokio::sync::watch;
use tonic::{Request, Response, Status};

use crate::LONGEST;
use crate::received::Received;

#[derive(Clone)]
pub(crate) struct Services {
    received: Arc<watch::Sender<Received>>,
}

impl Services {
    pub(crate) fn new() -> (Self, watch::Receiver<Received>) {
        let (sender, receiver) = watch::channel(Received::default());
        (Self { received: Arc::new(sender) }, receiver)
    }

    fn keep(&self, over_http: bool, keep: impl FnOnce(&mut Received)) {
        self.received.send_modify(|received| {
            let calls = if over_http { &mut received.http_calls } else { &mut received.grpc_calls };
            *calls += 1;
            keep(received);
        });
    }

    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/v1/traces", post(traces))
            .route("/v1/metrics", post(metrics))
            .route("/v1/logs", post(logs))
            .layer(DefaultBodyLimit::max(LONGEST))
            .with_state(self)
    }
}

#[tonic::async_trait]
impl TraceService for Services {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.keep(false, |received| received.spans.extend(request.into_inner().resource_spans));
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Services {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.keep(false, |received| received.metrics.extend(request.into_inner().resource_metrics));
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Services {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        self.keep(false, |received| received.logs.extend(request.into_inner().resource_logs));
        Ok(Response::new(Default::default()))
    }
}

async fn traces(State(services): State<Services>, body: Bytes) -> StatusCode {
    let Ok(message) = ExportTraceServiceRequest::decode(body) else { return StatusCode::BAD_REQUEST };
    services.keep(true, |received| received.spans.extend(message.resource_spans));
    StatusCode::OK
}

async fn metrics(State(services): State<Services>, body: Bytes) -> StatusCode {
    let Ok(message) = ExportMetricsServiceRequest::decode(body) else { return StatusCode::BAD_REQUEST };
    services.keep(true, |received| received.metrics.extend(message.resource_metrics));
    StatusCode::OK
}

async fn logs(State(services): State<Services>, body: Bytes) -> StatusCode {
    let Ok(message) = ExportLogsServiceRequest::decode(body) else { return StatusCode::BAD_REQUEST };
    services.keep(true, |received| received.logs.extend(message.resource_logs));
    StatusCode::OK
}
