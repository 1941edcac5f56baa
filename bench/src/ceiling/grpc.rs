//! A bare gRPC server whose one method takes nothing and answers nothing.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::client::Grpc;
use tonic::server::{NamedService, UnaryService};
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::load::{CallFailed, Worker};
use crate::worker::{Token, signed};

const PATH: http::uri::PathAndQuery = http::uri::PathAndQuery::from_static("/bench.Nothing/Call");

/// What generated code would be for `rpc Call(Empty) returns (Empty)`.
#[derive(Clone)]
struct Nothing;

impl NamedService for Nothing {
    const NAME: &'static str = "bench.Nothing";
}

impl UnaryService<()> for Nothing {
    type Response = ();
    type Future = Ready<Result<Response<()>, Status>>;

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(Response::new(())))
    }
}

impl tower::Service<http::Request<Body>> for Nothing {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(ProstCodec::<(), ()>::default());
            Ok(grpc.unary(Self, request).await)
        })
    }
}

/// Serves until the runtime ends.
pub(super) async fn serve(listener: TcpListener) {
    let incoming = TcpListenerStream::new(listener);
    let no_delay = tokio_stream::StreamExt::map(incoming, |stream| {
        let stream = stream?;
        stream.set_nodelay(true)?;
        Ok::<_, std::io::Error>(stream)
    });
    if let Err(error) = Server::builder().add_service(Nothing).serve_with_incoming(no_delay).await {
        eprintln!("bench: the bare gRPC server ended: {error}");
    }
}

/// Calls the method that does nothing.
pub struct EmptyCall {
    /// The connection.
    pub channel: Channel,
    /// Sent along, where there is one; nobody looks at it.
    pub token: Option<Token>,
}

impl Worker for EmptyCall {
    async fn call(&mut self) -> Result<(), CallFailed> {
        let mut grpc = Grpc::new(self.channel.clone());
        grpc.ready().await.map_err(|error| CallFailed(error.to_string()))?;
        let codec = ProstCodec::<(), ()>::default();
        let request = match &self.token {
            Some(token) => signed(token, ()),
            None => Request::new(()),
        };
        let answer = grpc.unary(request, PATH, codec).await;
        answer.map(|_| ()).map_err(|status| CallFailed(status.to_string()))
    }
}
