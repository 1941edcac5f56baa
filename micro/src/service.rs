//! A service: a name and its gRPC routes, with health and reflection.

use std::convert::Infallible;

use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::StartError;

/// A service, ready to be registered and served.
pub struct Service {
    name: &'static str,
    routes: Routes,
    health: HealthReporter,
    /// Full names of its gRPC services.
    served: Vec<&'static str>,
}

impl Service {
    /// A service with the standard health and reflection services
    /// (`grpc.health.v1`, `grpc.reflection.v1` and its `v1alpha`).
    ///
    /// # Errors
    /// Where the compiled contract cannot be read, which a test rules out.
    pub fn new(name: &'static str) -> Result<Self, StartError> {
        let (health, health_server) = tonic_health::server::health_reporter();
        let reflection = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(contract::DESCRIPTORS)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        let v1 = reflection().build_v1().map_err(StartError::new)?;
        let v1alpha = reflection().build_v1alpha().map_err(StartError::new)?;
        let routes = Routes::new(health_server).add_service(v1).add_service(v1alpha);
        Ok(Self { name, routes, health, served: Vec::new() })
    }

    /// Adds a gRPC service and reports it healthy.
    pub async fn add<S>(mut self, server: S) -> Self
    where
        S: tower::Service<http::Request<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Response: axum::response::IntoResponse,
        S::Future: Send + 'static,
    {
        self.routes = self.routes.add_service(server);
        self.health.set_serving::<S>().await;
        self.served.push(S::NAME);
        self
    }

    /// Its name in the registry.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its gRPC routes, unguarded.
    #[must_use]
    pub fn routes(&self) -> Routes {
        self.routes.clone().prepare()
    }

    /// What says, as the process stops, that calls should go elsewhere.
    pub(crate) fn farewell(&self) -> Farewell {
        Farewell { health: self.health.clone(), served: self.served.clone() }
    }

    /// Where to say whether it is healthy.
    #[must_use]
    pub fn health(&self) -> &HealthReporter {
        &self.health
    }
}

/// Says that a service takes no more calls.
pub(crate) struct Farewell {
    health: HealthReporter,
    served: Vec<&'static str>,
}

impl Farewell {
    /// From now on `grpc.health.v1` answers NOT_SERVING, for the whole and for each service.
    pub async fn say(self) {
        for name in self.served.into_iter().chain([""]) {
            self.health.set_service_status(name, ServingStatus::NotServing).await;
        }
    }
}
