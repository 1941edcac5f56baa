//! Whether services are well, asked of the services.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{Stream, stream};
use micro::Registry;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::health_server;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

/// A service that does not answer by then is not well.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a watched service is asked.
const WATCHED_EVERY: Duration = Duration::from_secs(2);

/// Asks services whether they are well.
pub struct Readiness {
    registry: Registry,
    required: Vec<String>,
    /// Cancelled when the gateway stops.
    closing: CancellationToken,
}

impl Readiness {
    /// Asks the services of this registry; those `required` must be well for the whole to be.
    #[must_use]
    pub fn new(registry: Registry, required: Vec<String>, closing: CancellationToken) -> Self {
        Self { registry, required, closing }
    }

    /// Every required service and whether it is well.
    pub async fn all(&self) -> Vec<(String, bool)> {
        let asked = self.required.iter().map(|name| async {
            let serving = self.ask(name, "").await.is_ok_and(|status| status == ServingStatus::Serving);
            (name.clone(), serving)
        });
        join_all(asked).await
    }

    /// Makes the required services what the process depends on.
    pub fn watch(self: &Arc<Self>, health: &micro::admin::Health) {
        for name in &self.required {
            let (readiness, service) = (self.clone(), name.clone());
            let check = move || {
                let (readiness, service) = (readiness.clone(), service.clone());
                Box::pin(async move {
                    match readiness.ask(&service, "").await {
                        Ok(ServingStatus::Serving) => Ok(()),
                        Ok(_) => Err("it cannot be reached, or says that it does not serve".to_owned()),
                        Err(status) => Err(status.message().to_owned()),
                    }
                }) as _
            };
            health.add(format!("service {name}"), true, Box::new(check));
        }
    }

    /// How a service is: the whole where the name is empty, a name in the
    /// registry, or a gRPC service's full name.
    async fn of(&self, name: &str) -> Result<ServingStatus, Status> {
        if name.is_empty() {
            let well = !self.closing.is_cancelled() && self.all().await.iter().all(|(_, serving)| *serving);
            return Ok(if well { ServingStatus::Serving } else { ServingStatus::NotServing });
        }
        let (service, asked) = match name.split_once('.') {
            Some((service, _)) => (service, name),
            None => (name, ""),
        };
        if !self.registry.names().iter().any(|known| known == service) {
            return Err(Status::not_found("there is no such service"));
        }
        self.ask(service, asked).await
    }

    async fn ask(&self, service: &str, asked: &str) -> Result<ServingStatus, Status> {
        let mut client = HealthClient::new(self.registry.channel(service));
        let asking = client.check(HealthCheckRequest { service: asked.to_owned() });
        match tokio::time::timeout(PATIENCE, asking).await {
            Ok(Ok(answer)) => Ok(answer.into_inner().status()),
            Ok(Err(status)) if status.code() == Code::NotFound => {
                Err(Status::not_found("there is no such service"))
            }
            Ok(Err(_)) | Err(_) => Ok(ServingStatus::NotServing),
        }
    }
}

/// `grpc.health.v1` of the gateway.
pub struct Health(Arc<Readiness>);

impl Health {
    /// Answers with what services say.
    pub fn new(readiness: Arc<Readiness>) -> Self {
        Self(readiness)
    }
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status.into() }
}

#[tonic::async_trait]
impl health_server::Health for Health {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let status = self.0.of(&request.get_ref().service).await?;
        Ok(Response::new(response(status)))
    }

    type WatchStream = Pin<Box<dyn Stream<Item = Result<HealthCheckResponse, Status>> + Send>>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let (readiness, name) = (self.0.clone(), request.into_inner().service);
        let changes = stream::unfold((readiness, name, None), |(readiness, name, last)| async move {
            loop {
                let now = readiness.of(&name).await.unwrap_or(ServingStatus::ServiceUnknown);
                if last != Some(now) {
                    return Some((Ok(response(now)), (readiness, name, Some(now))));
                }
                tokio::time::sleep(WATCHED_EVERY).await;
            }
        });
        Ok(Response::new(Box::pin(changes)))
    }
}
