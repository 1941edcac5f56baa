//! The layer every request goes through before its handler.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, Request, Response};
use tokio::time::Instant;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::{Code, Status};
use tower::Service;

use super::{access, content_type};
use crate::auth::{ServiceTokens, Verifier};
use crate::context::CURRENT;
use crate::registry::{CLIENT_ADDRESS, SERVICE_TOKEN};
use crate::trace::TraceContext;
use crate::{Identity, Kit, Problem, RequestContext, deadline};

/// How `prost` begins to say that bytes are not the message.
const UNDECODABLE: &str = "failed to decode Protobuf message";
/// Longest idempotency key, characters.
const MAX_KEY_LEN: usize = 128;

/// A service's routes behind verification, access rules, deadline and log.
#[derive(Clone)]
pub struct Entry {
    routes: Routes,
    guard: Arc<Guard>,
}

struct Guard {
    verifier: Arc<Verifier>,
    service_tokens: Arc<ServiceTokens>,
}

impl Entry {
    /// Guards routes with the kit's verifiers.
    #[must_use]
    pub fn new(routes: Routes, kit: &Kit) -> Self {
        let guard = Guard { verifier: kit.verifier.clone(), service_tokens: kit.service_tokens.clone() };
        Self { routes, guard: Arc::new(guard) }
    }
}

impl Service<Request<Body>> for Entry {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let mut routes = self.routes.clone();
        let guard = self.guard.clone();
        Box::pin(async move {
            let began = Instant::now();
            let path = request.uri().path().to_owned();
            let trace = TraceContext::from_headers(request.headers());
            let peer = request.extensions().get::<SocketAddr>().map(SocketAddr::ip);
            let kind = content_type::of(request.headers());
            let admitted = match kind.check() {
                Ok(()) => guard.admit(&path, trace, request.headers(), peer).await,
                Err(problem) => Err(problem),
            };
            let mut response = match admitted {
                Err(problem) => Status::from(problem).into_http(),
                Ok(context) => {
                    let until = context.deadline;
                    request.extensions_mut().insert(context.clone());
                    let work = CURRENT.scope(context, routes.call(request));
                    callers_fault(in_time(until, work).await)
                }
            };
            kind.answer_in_kind(&mut response);
            log(&path, trace, began, &response);
            Ok(response)
        })
    }
}

impl Guard {
    async fn admit(
        &self,
        path: &str,
        trace: TraceContext,
        headers: &HeaderMap,
        peer: Option<IpAddr>,
    ) -> Result<RequestContext, Problem> {
        let method = access::method(path);
        let service = headers.get(SERVICE_TOKEN).and_then(|token| self.service_tokens.verify(token));
        let public = method.is_none_or(|method| method.access == contract::Access::Public);
        let identity = match self.person(headers).await {
            Ok(Some(identity)) => identity,
            // What is passed on for a client outside has only the client's own rights.
            Ok(None) if headers.contains_key(CLIENT_ADDRESS) => Identity::Anonymous,
            Ok(None) => service.clone().map_or(Identity::Anonymous, Identity::Service),
            // Who signs in anew may well send the token that has ended.
            Err(_) if public => Identity::Anonymous,
            Err(problem) => return Err(problem),
        };
        if let Some(method) = method {
            access::check(method, &identity)?;
        }
        let streaming = method.is_none_or(|method| method.streaming);
        let left = deadline::time_left(headers).or((!streaming).then_some(deadline::LONGEST));
        Ok(RequestContext {
            trace,
            deadline: left.and_then(|left| Instant::now().checked_add(left)),
            identity,
            client_address: client_address(headers, service.is_some()).or(peer),
            idempotency_key: idempotency_key(headers)?,
            bearer: headers.get(http::header::AUTHORIZATION).cloned(),
        })
    }

    async fn person(&self, headers: &HeaderMap) -> Result<Option<Identity>, Problem> {
        let Some(value) = headers.get(http::header::AUTHORIZATION) else { return Ok(None) };
        let token = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
        let token = token.ok_or_else(crate::auth::token_invalid)?;
        Ok(Some(Identity::User(self.verifier.verify(token).await?)))
    }
}

/// The client's address as the gateway saw it; not believed without a service token.
fn client_address(headers: &HeaderMap, from_service: bool) -> Option<IpAddr> {
    headers.get(CLIENT_ADDRESS).filter(|_| from_service)?.to_str().ok()?.parse().ok()
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value
        .to_str()
        .ok()
        .filter(|text| (1..=MAX_KEY_LEN).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()));
    let text = text.ok_or_else(|| {
        Problem::invalid("IDEMPOTENCY_KEY_INVALID", "idempotency-key takes 1 to 128 visible ASCII characters")
    })?;
    Ok(Some(text.to_owned()))
}

async fn in_time<F>(until: Option<Instant>, work: F) -> Response<Body>
where
    F: Future<Output = Result<Response<Body>, Infallible>>,
{
    let answered = match until {
        Some(until) => tokio::time::timeout_at(until, work).await,
        None => Ok(work.await),
    };
    match answered {
        Ok(Ok(response)) => response,
        Err(_) => {
            let message = "the time the caller allowed has passed; the work may have been done all the same";
            Status::from(Problem::new(Code::DeadlineExceeded, "DEADLINE_EXCEEDED", message)).into_http()
        }
    }
}

/// `tonic` calls a message that is no protobuf a failure of ours; it is the caller's.
///
/// Only a status that no [`Problem`] made has no details.
fn callers_fault(response: Response<Body>) -> Response<Body> {
    let status = response.extensions().get::<Status>();
    let undecodable = |status: &Status| {
        status.code() == Code::Internal
            && status.details().is_empty()
            && status.message().starts_with(UNDECODABLE)
    };
    if !status.is_some_and(undecodable) {
        return response;
    }
    Status::from(Problem::invalid("MESSAGE_INVALID", "the message is not one that this method takes"))
        .into_http()
}

/// One line for a request: failures of ours as errors, the rest for who wants to see it.
fn log(path: &str, trace: TraceContext, began: Instant, response: &Response<Body>) {
    let code = response.extensions().get::<Status>().map_or(Code::Ok, Status::code);
    if matches!(code, Code::Internal | Code::Unknown | Code::DataLoss) {
        let took_us = began.elapsed().as_micros();
        tracing::error!(method = path, ?code, took_us, trace_id = %trace, "answered");
    } else if tracing::enabled!(tracing::Level::DEBUG) {
        let took_us = began.elapsed().as_micros();
        tracing::debug!(method = path, ?code, took_us, trace_id = %trace, "answered");
    }
}
