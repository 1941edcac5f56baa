//! A service to be called: it counts, and answers as it is told.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use micro::Problem;
use parking_lot::Mutex;
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService;

/// Header of an answer with the node's name.
pub const NODE: &str = "x-node";

/// What a call is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// An empty message, after this long.
    Answer(Duration),
    /// `UNAVAILABLE`.
    Unavailable,
    /// A head, and nothing after it.
    Half,
    /// Nothing, ever.
    Hang,
}

/// Any method of `order.OrderService`.
#[derive(Clone)]
pub struct Callee(Arc<State>);

struct State {
    name: String,
    calls: AtomicUsize,
    behaviour: Mutex<Behaviour>,
}

impl Callee {
    pub fn new(name: &str) -> Self {
        let behaviour = Mutex::new(Behaviour::Answer(Duration::ZERO));
        Self(Arc::new(State { name: name.to_owned(), calls: AtomicUsize::new(0), behaviour }))
    }

    /// Calls that have come in whole.
    pub fn calls(&self) -> usize {
        self.0.calls.load(Ordering::SeqCst)
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *self.0.behaviour.lock() = behaviour;
    }

    async fn answer(self, request: Request<Body>) -> Response<Body> {
        let Ok(message) = request.into_body().collect().await else {
            return Status::internal("half a request").into_http();
        };
        assert!(message.to_bytes().len() >= 5, "a message has come");
        self.0.calls.fetch_add(1, Ordering::SeqCst);
        let behaviour = *self.0.behaviour.lock();
        match behaviour {
            Behaviour::Answer(after) => tokio::time::sleep(after).await,
            Behaviour::Unavailable => return Status::from(Problem::overloaded()).into_http(),
            Behaviour::Half => {
                return self
                    .head(Body::new(StreamBody::new(stream::pending::<Result<Frame<Bytes>, Status>>())));
            }
            Behaviour::Hang => std::future::pending().await,
        }
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", "0".parse().unwrap());
        let frames = [Frame::data(Bytes::from_static(&[0; 5])), Frame::trailers(trailers)];
        self.head(Body::new(StreamBody::new(stream::iter(frames.map(Ok::<_, Status>)))))
    }

    fn head(&self, body: Body) -> Response<Body> {
        let mut response = Response::new(body);
        response.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
        response.headers_mut().insert(NODE, self.0.name.parse().unwrap());
        response
    }
}

impl NamedService for Callee {
    const NAME: &'static str = "order.OrderService";
}

impl tower::Service<Request<Body>> for Callee {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let callee = self.clone();
        Box::pin(async move { Ok(callee.answer(request).await) })
    }
}
