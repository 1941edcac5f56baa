//! The layer every request goes through before its handler.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, Request, Response};
use tokio::time::Instant;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::{Code, Status};
use tower::Service;

use super::asked::Asked;
use super::{access, content_type};
use crate::auth::{self, ServiceTokens, TokenSource, Verifier};
use crate::registry::CLIENT_ADDRESS;
use crate::{Caller, Identity, Kit, Problem, RequestContext, deadline};

/// How `tonic` and `prost` begin to say that what was sent is not one whole message.
const MALFORMED: [&str; 5] = [
    "failed to decode Protobuf message",
    "Missing request message.",
    "Unexpected EOF decoding stream.",
    "protocol error: received message with",
    // The caller broke off.
    "h2 protocol error: ",
];
/// How `tonic` begins to say that a message is too long.
const TOO_LONG: &str = "Error, decoded message length too large";
/// How `tonic` begins to say that a message is compressed.
const COMPRESSED: &str = "Content is compressed with";
/// The compressions of messages that a side takes.
const ACCEPT_ENCODING: &str = "grpc-accept-encoding";
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

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let routes = self.routes.clone();
        let guard = self.guard.clone();
        Box::pin(async move { Ok(guard.answer(routes, request).await) })
    }
}

impl Guard {
    async fn answer(&self, mut routes: Routes, mut request: Request<Body>) -> Response<Body> {
        let peer = request.extensions().get::<SocketAddr>().map(SocketAddr::ip);
        let asked = Asked::new(&request, peer, &self.service_tokens);
        let kind = content_type::of(request.headers());
        let admitted = match kind.check() {
            Ok(()) => self.admit(&asked, request.headers()).await,
            Err(problem) => Err(problem),
        };
        let current = asked.current();
        let mut response = match admitted {
            Err(problem) => current.now(|| Status::from(problem).into_http()),
            Ok(context) => {
                let until = context.deadline;
                request.extensions_mut().insert(context);
                let work = async { callers_fault(in_time(until, routes.call(request)).await) };
                current.with_deadline(until).scope(work).await
            }
        };
        kind.answer_in_kind(&mut response);
        asked.answered(&mut response);
        response
    }

    async fn admit(&self, asked: &Asked, headers: &HeaderMap) -> Result<RequestContext, Problem> {
        let (method, trace, client_address) = (asked.method, asked.trace, asked.client);
        let public = method.is_none_or(|method| method.access == contract::Access::Public);
        let identity = match self.person(headers, TokenSource { client_address, trace }).await {
            Ok(Some(caller)) => {
                asked.seen.is_of_user(caller.user_id);
                Identity::User(caller)
            }
            // What is passed on for a client outside has only the client's own rights.
            Ok(None) if headers.contains_key(CLIENT_ADDRESS) => Identity::Anonymous,
            Ok(None) => asked.service.clone().map_or(Identity::Anonymous, Identity::Service),
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
            client_address,
            idempotency_key: idempotency_key(headers)?,
            bearer: headers.get(http::header::AUTHORIZATION).cloned(),
        })
    }

    async fn person(&self, headers: &HeaderMap, source: TokenSource) -> Result<Option<Arc<Caller>>, Problem> {
        let Some(value) = headers.get(http::header::AUTHORIZATION) else { return Ok(None) };
        Ok(Some(self.verifier.verify(auth::bearer(value)?, source).await?))
    }
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

/// `tonic` calls most of what is wrong with a message a failure of ours, and gives no
/// reason; it is the caller's.
///
/// Only a status that no [`Problem`] made has no details.
fn callers_fault(response: Response<Body>) -> Response<Body> {
    let status = response.extensions().get::<Status>().filter(|status| status.details().is_empty());
    let problem = status.and_then(|status| {
        let says = |beginning: &str| status.message().starts_with(beginning);
        match status.code() {
            Code::Internal | Code::Unknown if MALFORMED.iter().any(|beginning| says(beginning)) => {
                Some(Problem::invalid("MESSAGE_INVALID", "the message is not one that this method takes"))
            }
            Code::OutOfRange if says(TOO_LONG) => {
                Some(Problem::exhausted("BODY_TOO_LARGE", "the message is too long"))
            }
            Code::Unimplemented if says(COMPRESSED) => {
                let message = "messages are not compressed here: send them with grpc-encoding: identity";
                Some(Problem::new(Code::Unimplemented, "COMPRESSION_UNSUPPORTED", message))
            }
            _ => None,
        }
    });
    let Some(problem) = problem else { return response };
    let mut answer = Status::from(problem).into_http();
    // Says which compressions there are.
    if let Some(taken) = response.headers().get(ACCEPT_ENCODING) {
        answer.headers_mut().insert(ACCEPT_ENCODING, taken.clone());
    }
    answer
}
