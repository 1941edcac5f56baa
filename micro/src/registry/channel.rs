//! Calls of one service.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderValue, Request, Response};
use tonic::Status;
use tonic::body::Body;

use super::{Registry, Remote, SERVICE_TOKEN};
use crate::trace::TRACEPARENT;
use crate::{BoxError, Current, Problem, balance, deadline, seen};

/// Calls one service, wherever it is.
///
/// Adds the service token, and the trace and deadline of the request this task works for.
/// A service elsewhere that the contract does not know gets no token.
#[derive(Clone)]
pub struct Channel {
    registry: Registry,
    service: Arc<str>,
    /// Whether it is a service of this system, which may know this process's token.
    trusted: bool,
}

impl Channel {
    /// Calls `service` as the registry knows it at each call.
    pub(super) fn new(registry: Registry, service: &str) -> Self {
        let of_this_system = |method: &contract::Method| {
            method
                .path
                .strip_prefix('/')
                .and_then(|path| path.strip_prefix(service))
                .is_some_and(|rest| rest.starts_with('.'))
        };
        let trusted = contract::METHODS.iter().any(of_this_system);
        Self { registry, service: service.into(), trusted }
    }

    /// Name of the service it calls.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    fn prepare(&self, request: &mut Request<Body>) -> Result<(), BoxError> {
        let headers = request.headers_mut();
        headers.insert(SERVICE_TOKEN, self.registry.tokens.header()?);
        // A task that works for no request has nothing to pass on.
        Current::look(|current| {
            if let Some(trace) = current.trace
                && !headers.contains_key(TRACEPARENT)
            {
                headers.insert(TRACEPARENT, trace.to_header());
            }
            if let Some(deadline) = current.deadline
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
        let local = self.registry.find(&self.service);
        let remote = self.registry.remote.as_ref().filter(|_| local.is_none()).cloned();
        if local.is_none() && remote.is_none() {
            let problem = balance::not_running(&self.service);
            return Box::pin(async { Ok(Status::from(problem).into_http()) });
        }
        if let Err(error) = self.prepare(&mut request) {
            return Box::pin(async { Err(error) });
        }
        if let Some(mut entry) = local {
            return Box::pin(async move { entry.call(request).await.map_err(|never| match never {}) });
        }
        if !self.trusted {
            // Whoever has it could call in this process's name.
            request.headers_mut().remove(SERVICE_TOKEN);
        }
        let (service, trusted) = (self.service.clone(), self.trusted);
        Box::pin(async move {
            let answered = match remote {
                Some(remote) => elsewhere(&remote, &service, request).await,
                None => Err(balance::not_running(&service)),
            };
            let mut response = answered.unwrap_or_else(|problem| Status::from(problem).into_http());
            seen::told(response.headers_mut(), trusted);
            Ok(response)
        })
    }
}

async fn elsewhere(
    remote: &Remote,
    service: &str,
    request: Request<Body>,
) -> Result<Response<Body>, Problem> {
    let pool = remote.discovery.pool(service).await?;
    balance::call(&pool, request).await
}
