//! One call: the attempts it takes.

use std::sync::Arc;
use std::time::Duration;

use http::header::{HOST, TE};
use http::uri::{PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, Version};
use tokio::time::Instant;
use tonic::body::Body;

use super::answer::Answer;
use super::node::Node;
use super::pool::{Pool, Tried};
use super::problem;
use super::repeat::Facts;
use super::replay::{self, Replay};
use crate::server::is_failure;
use crate::trace::Span;
use crate::{BoxError, Problem, deadline};

/// Attempts of one call, whatever happens: as many nodes as a lost machine may take along.
/// They are left alone by all calls after the first one, so this many are not needed twice.
const MAX_ATTEMPTS: usize = 64;
/// Attempts after one that may have been done.
const MAX_REPEATS: usize = 2;
/// The pause before a node is tried a second time.
const PAUSE: Duration = Duration::from_millis(20);

/// A call on its way.
struct Call {
    method: Method,
    path: PathAndQuery,
    headers: HeaderMap,
    body: Replay,
    facts: Facts,
    until: Option<Instant>,
}

/// What became of an attempt that has no answer.
enum Failure {
    /// No connection: this node need not be tried again.
    Unreachable(BoxError),
    /// The node did not begin with it.
    NotDone(BoxError),
    /// The node may have done it.
    Lost(BoxError),
}

/// Calls a service.
///
/// # Errors
/// `SERVICE_UNAVAILABLE` where nothing was done, `ANSWER_LOST` where that is
/// not known, `DEADLINE_EXCEEDED`.
pub async fn call(pool: &Pool, request: Request<Body>) -> Result<Response<Body>, Problem> {
    let call = Call::new(request);
    pool.budget.deposit();
    let began = Instant::now();
    let answered = match call.until {
        Some(until) => {
            tokio::time::timeout_at(until, call.run(pool)).await.unwrap_or_else(|_| Err(problem::too_late()))
        }
        None => call.run(pool).await,
    };
    pool.seen.ended(began, answered.is_ok());
    answered
}

impl Call {
    fn new(request: Request<Body>) -> Self {
        let (head, body) = request.into_parts();
        let mut headers = head.headers;
        headers.remove(HOST);
        headers.insert(TE, HeaderValue::from_static("trailers"));
        let path = head.uri.into_parts().path_and_query;
        let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));
        let facts = Facts::of(path.path(), &headers);
        let left = deadline::time_left(&headers).or(facts.unary.then_some(deadline::LONGEST));
        let until = left.and_then(|left| Instant::now().checked_add(left));
        Self { method: head.method, path, headers, body: Replay::new(body), facts, until }
    }

    async fn run(&self, pool: &Pool) -> Result<Response<Body>, Problem> {
        let service = pool.service();
        let mut tried = Tried::default();
        let mut repeats = 0;
        let mut outcome = problem::not_running(service);
        for attempt in 0..MAX_ATTEMPTS {
            let Some(node) = pool.pick(&tried) else { break };
            if attempt > 0 {
                pool.seen.repeated();
            }
            if tried.has(&node) {
                tokio::time::sleep(PAUSE.mul_f64(rand::random_range(0.5..1.5))).await;
            }
            match self.attempt(&node).await {
                Ok(answer) => {
                    if !answer.is_unavailable() || !self.may_repeat(pool, &mut repeats) {
                        return Ok(answer.pass_on(service));
                    }
                    node.failed();
                    outcome = problem::not_reached(service, "it says that it is unavailable");
                    tried.add(node, true);
                }
                Err(Failure::Unreachable(error)) => {
                    outcome = problem::not_reached(service, error);
                    tried.add(node, false);
                }
                Err(_) if self.body.is_broken() => return Err(problem::broken_off()),
                Err(Failure::NotDone(error)) => {
                    outcome = problem::not_reached(service, error);
                    if !self.body.can_repeat() {
                        break;
                    }
                    tried.add(node, true);
                }
                Err(Failure::Lost(error)) => {
                    node.failed();
                    outcome = problem::answer_lost(service, error);
                    if !self.may_repeat(pool, &mut repeats) {
                        break;
                    }
                    tried.add(node, true);
                }
            }
            tracing::debug!(service, path = %self.path, reason = %outcome, "a call is tried elsewhere");
        }
        Err(outcome)
    }

    /// Whether a call that may have been done is made again.
    fn may_repeat(&self, pool: &Pool, repeats: &mut usize) -> bool {
        let may = self.facts.repeatable && *repeats < MAX_REPEATS && self.body.can_repeat();
        let may = may && pool.budget.withdraw();
        *repeats += usize::from(may);
        may
    }

    /// One attempt, seen in traces: each is a call of its own.
    async fn attempt(&self, node: &Arc<Node>) -> Result<Answer, Failure> {
        let span = Span::exit(|| self.path.path().trim_start_matches('/').to_owned().into(), node.peer());
        span.set("rpc.system", "grpc");
        let attempted = self.try_at(node, &span).await;
        match &attempted {
            Ok(answer) => {
                if let Some(code) = answer.code().filter(|code| is_failure(*code)) {
                    span.fail(code.description());
                }
            }
            Err(Failure::Unreachable(error) | Failure::NotDone(error) | Failure::Lost(error)) => {
                span.fail(error.to_string());
            }
        }
        attempted
    }

    async fn try_at(&self, node: &Arc<Node>, span: &Span) -> Result<Answer, Failure> {
        let lease = node.lease().await.map_err(|error| Failure::Unreachable(error.into()))?;
        let body = self
            .body
            .attempt()
            .ok_or_else(|| Failure::Lost("the request is too long to send it again".into()))?;
        let request = self.request(node, body, span).map_err(|error| Failure::NotDone(error.into()))?;
        let response = lease.sender().try_send_request(request).await;
        let response = response.map_err(|mut error| {
            let sent = error.take_message().is_none();
            let error = error.into_error();
            // Without its message a method of the contract has done nothing.
            let begun = self.body.was_read() || !self.facts.needs_message;
            let done = sent && begun && !was_refused(&error);
            if done { Failure::Lost(error.into()) } else { Failure::NotDone(error.into()) }
        })?;
        let mut answer = Answer::new(response, lease);
        if self.facts.repeatable && self.facts.unary {
            answer.hold().await.map_err(|error| Failure::Lost(error.into()))?;
        }
        Ok(answer)
    }

    fn request(
        &self,
        node: &Node,
        body: replay::Attempt,
        span: &Span,
    ) -> Result<Request<replay::Attempt>, http::Error> {
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = Some(node.authority().clone());
        uri.path_and_query = Some(self.path.clone());
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = Uri::from_parts(uri)?;
        *request.version_mut() = Version::HTTP_2;
        *request.headers_mut() = self.headers.clone();
        span.inject(request.headers_mut());
        if let Some(until) = self.until {
            let left = until.saturating_duration_since(Instant::now());
            request.headers_mut().insert("grpc-timeout", deadline::to_header(left));
        }
        Ok(request)
    }
}

/// Whether the other side says that it has not begun: the stream was refused, or
/// came after those that a server still answers before it ends.
fn was_refused(error: &hyper::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            let refused = error.reason() == Some(h2::Reason::REFUSED_STREAM);
            return error.is_remote() && (error.is_go_away() || refused);
        }
        source = error.source();
    }
    false
}
