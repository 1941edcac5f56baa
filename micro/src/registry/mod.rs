//! Where services are: in this process, and how to call them.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use arc_swap::ArcSwap;
use http::{HeaderValue, Request, Response};
use tonic::Status;
use tonic::body::Body;

use crate::auth::ServiceTokens;
use crate::context::CURRENT;
use crate::server::Entry;
use crate::trace::TRACEPARENT;
use crate::{BoxError, Problem, Service, deadline};

/// Header with the token between services.
pub const SERVICE_TOKEN: &str = "x-marquee-service";
/// Header with the client's address, believed only beside a good service token.
pub const CLIENT_ADDRESS: &str = "x-marquee-client";

/// The services this process knows.
#[derive(Clone)]
pub struct Registry {
    local: Arc<ArcSwap<HashMap<String, Entry>>>,
    tokens: Arc<ServiceTokens>,
}

impl Registry {
    /// A registry whose calls carry this process's service token.
    #[must_use]
    pub fn new(tokens: Arc<ServiceTokens>) -> Self {
        Self { local: Arc::default(), tokens }
    }

    /// Makes a service of this process callable under its name.
    pub fn register(&self, service: &Service, entry: &Entry) {
        self.local.rcu(|known| {
            let mut known = HashMap::clone(known);
            known.insert(service.name().to_owned(), entry.clone());
            known
        });
    }

    /// Forgets the services of this process, so that they can end and close what they hold.
    pub fn clear(&self) {
        self.local.store(Arc::default());
    }

    /// Names of the services that can be called.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.local.load().keys().cloned().collect();
        names.sort();
        names
    }

    /// A way to call a service; it is looked up at each call, so the order of starting does not matter.
    #[must_use]
    pub fn channel(&self, service: &str) -> Channel {
        Channel { registry: self.clone(), service: service.into() }
    }

    fn find(&self, service: &str) -> Option<Entry> {
        self.local.load().get(service).cloned()
    }
}

/// Calls one service, wherever it is.
///
/// Adds the service token, and the trace and deadline of the request this task works for.
#[derive(Clone)]
pub struct Channel {
    registry: Registry,
    service: Arc<str>,
}

impl Channel {
    /// Name of the service it calls.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    fn prepare(&self, request: &mut Request<Body>) -> Result<(), BoxError> {
        let headers = request.headers_mut();
        headers.insert(SERVICE_TOKEN, self.registry.tokens.header()?);
        // A task that works for no request has nothing to pass on.
        let _ = CURRENT.try_with(|context| {
            if !headers.contains_key(TRACEPARENT) {
                headers.insert(TRACEPARENT, context.trace.to_header());
            }
            if let Some(deadline) = context.deadline
                && !headers.contains_key("grpc-timeout")
            {
                let left = deadline.saturating_duration_since(tokio::time::Instant::now());
                headers.insert("grpc-timeout", deadline::to_header(left));
            }
        });
        if !headers.contains_key(http::header::CONTENT_TYPE) {
            headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        }
        Ok(())
    }
}

impl tower::Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let Some(mut entry) = self.registry.find(&self.service) else {
            let problem = Problem::unavailable(
                "SERVICE_UNAVAILABLE",
                format!("service {} is not running", self.service),
            );
            return Box::pin(async { Ok(Status::from(problem).into_http()) });
        };
        if let Err(error) = self.prepare(&mut request) {
            return Box::pin(async { Err(error) });
        }
        Box::pin(async move { entry.call(request).await.map_err(|never| match never {}) })
    }
}
