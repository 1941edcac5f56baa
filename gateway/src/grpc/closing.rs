//! A stream that ends when the gateway stops, with a status that says so.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};
use micro::Problem;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::Status;

/// Passes a stream on until the gateway stops.
pub struct UntilClosing {
    /// Nothing once the stream has been ended.
    inner: Option<tonic::body::Body>,
    closing: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl UntilClosing {
    /// Passes `inner` on until `closing` is cancelled.
    pub fn new(inner: tonic::body::Body, closing: CancellationToken) -> Self {
        Self { inner: Some(inner), closing: Box::pin(closing.cancelled_owned()) }
    }
}

impl Body for UntilClosing {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let Some(inner) = &mut this.inner else { return Poll::Ready(None) };
        if let Poll::Ready(frame) = Pin::new(inner).poll_frame(context) {
            return Poll::Ready(frame);
        }
        if this.closing.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        this.inner = None;
        let problem = Problem::unavailable("SERVER_STOPPING", "the server is stopping; call again");
        let mut trailers = HeaderMap::new();
        match Status::from(problem).add_header(&mut trailers) {
            Ok(()) => Poll::Ready(Some(Ok(Frame::trailers(trailers)))),
            Err(status) => Poll::Ready(Some(Err(status))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }
}
