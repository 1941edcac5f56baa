//! A request's body that may not grow beyond a limit.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use micro::Problem;
use tonic::{Code, Status};

/// Ends with `BODY_TOO_LARGE` where more than the limit comes.
pub struct LimitedBody {
    inner: tonic::body::Body,
    left: usize,
    limit: usize,
}

impl LimitedBody {
    /// Lets `limit` bytes through.
    pub fn new(inner: tonic::body::Body, limit: usize) -> Self {
        Self { inner, left: limit, limit }
    }
}

impl Body for LimitedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
            match self.left.checked_sub(data.len()) {
                Some(left) => self.left = left,
                None => {
                    let message = format!("the request is over {} bytes", self.limit);
                    let problem = Problem::new(Code::ResourceExhausted, "BODY_TOO_LARGE", message);
                    return Poll::Ready(Some(Err(problem.with("max_bytes", self.limit).into())));
                }
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
