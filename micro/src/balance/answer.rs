//! Answers: watched while they come, or held back until they are whole.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response, StatusCode};
use http_body::Frame;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tonic::body::Body;
use tonic::{Code, Status};

use super::node::Lease;
use super::problem;

/// Bytes of an answer held back; what is longer is passed on as it comes.
const MAX_HELD: usize = 1024 * 1024;

/// An answer's head and body, with the place it is read from.
pub struct Answer {
    response: Response<Incoming>,
    held: VecDeque<Frame<Bytes>>,
    /// `grpc-status`, as far as it is known.
    code: Option<Code>,
    lease: Lease,
}

impl Answer {
    /// An answer of which only the head is here.
    pub fn new(response: Response<Incoming>, lease: Lease) -> Self {
        let code = status(response.headers()).or_else(|| is_foreign(&response).then_some(Code::Unavailable));
        Self { response, held: VecDeque::new(), code, lease }
    }

    /// Waits until it is whole or too long to wait for, so that it can be asked for again where its node dies.
    ///
    /// # Errors
    /// The connection was lost.
    pub async fn hold(&mut self) -> Result<(), hyper::Error> {
        let mut bytes = 0;
        while bytes <= MAX_HELD {
            let Some(frame) = self.response.body_mut().frame().await else { return Ok(()) };
            let frame = frame?;
            bytes += frame.data_ref().map_or(0, Bytes::len);
            self.code = frame.trailers_ref().and_then(status).or(self.code);
            self.held.push_back(frame);
        }
        Ok(())
    }

    /// How it ended, as far as it is known.
    pub fn code(&self) -> Option<Code> {
        self.code
    }

    /// Whether it says that the node is unavailable.
    pub fn is_unavailable(&self) -> bool {
        self.code == Some(Code::Unavailable)
    }

    /// Passes it on, and notes how the node did.
    pub fn pass_on(self, service: &str) -> Response<Body> {
        let Self { response, held, code, lease } = self;
        if let Some(code) = code {
            judge(&lease, code);
        }
        let (mut head, inner) = response.into_parts();
        head.extensions.clear();
        let judged = code.is_some();
        let body = Passing { service: service.to_owned(), held, inner, lease: Some(lease), judged };
        Response::from_parts(head, Body::new(body))
    }
}

/// Whether no gRPC server answers like this: a proxy that found nobody, or another program
/// that has the address by now. Other 4xx are about the request, not the node.
fn is_foreign(response: &Response<Incoming>) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    match response.status() {
        StatusCode::OK => !kind.starts_with(b"application/grpc"),
        StatusCode::NOT_FOUND => true,
        status => !status.is_client_error(),
    }
}

fn status(headers: &HeaderMap) -> Option<Code> {
    Some(Code::from_bytes(headers.get(Status::GRPC_STATUS)?.as_bytes()))
}

fn judge(lease: &Lease, code: Code) {
    if code == Code::Unavailable { lease.node().failed() } else { lease.node().answered() }
}

/// The body of an answer on its way.
struct Passing {
    service: String,
    held: VecDeque<Frame<Bytes>>,
    inner: Incoming,
    /// Until it ends.
    lease: Option<Lease>,
    judged: bool,
}

impl http_body::Body for Passing {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if let Some(frame) = this.held.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        let frame = match ready!(Pin::new(&mut this.inner).poll_frame(context)) {
            Some(Ok(frame)) => Some(Ok(frame)),
            Some(Err(error)) => {
                if let Some(lease) = this.lease.take().filter(|_| !this.judged) {
                    lease.node().failed();
                }
                Some(Err(problem::answer_lost(&this.service, error).into()))
            }
            None => {
                this.lease = None;
                None
            }
        };
        if let Some(Ok(frame)) = &frame
            && let Some(code) = frame.trailers_ref().and_then(status)
            && let Some(lease) = this.lease.take().filter(|_| !this.judged)
        {
            judge(&lease, code);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        if self.held.is_empty() { self.inner.size_hint() } else { http_body::SizeHint::default() }
    }
}
