//! A service that is in no contract: `hello.v1.Greeter`, with reflection.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use futures_util::{Stream, StreamExt, stream};
use http::uri::PathAndQuery;
use micro::server::Entry;
use micro::{Kit, Problem, Service};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto,
    ServiceDescriptorProto,
};
use tonic::body::Body;
use tonic::server::{NamedService, ServerStreamingService, UnaryService};
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

#[derive(Clone, PartialEq, prost::Message)]
pub struct HelloRequest {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(bool, tag = "2")]
    pub polite: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct HelloReply {
    #[prost(string, tag = "1")]
    pub text: String,
    #[prost(int64, tag = "2")]
    pub sequence: i64,
}

/// Puts it in the registry; gives back how many streams are open.
pub fn register(kit: &Kit) -> Arc<AtomicUsize> {
    register_as(kit, "greeter")
}

pub fn register_as(kit: &Kit, name: &'static str) -> Arc<AtomicUsize> {
    let open = Arc::new(AtomicUsize::new(0));
    let reflection = tonic_reflection::server::Builder::configure()
        .register_file_descriptor_set(described())
        .build_v1()
        .unwrap();
    let routes = Routes::new(Greeter { open: open.clone() }).add_service(reflection).prepare();
    kit.registry.register(&Service::new(name).unwrap(), &Entry::new(routes, kit));
    open
}

fn described() -> FileDescriptorSet {
    let field = |name: &str, number, kind: Type| FieldDescriptorProto {
        name: Some(name.into()),
        number: Some(number),
        r#type: Some(kind.into()),
        label: Some(Label::Optional.into()),
        json_name: Some(name.into()),
        ..Default::default()
    };
    let message =
        |name: &str, field| DescriptorProto { name: Some(name.into()), field, ..Default::default() };
    let method = |name: &str, streaming| MethodDescriptorProto {
        name: Some(name.into()),
        input_type: Some(".hello.v1.HelloRequest".into()),
        output_type: Some(".hello.v1.HelloReply".into()),
        server_streaming: Some(streaming),
        ..Default::default()
    };
    let file = FileDescriptorProto {
        name: Some("hello.proto".into()),
        package: Some("hello.v1".into()),
        syntax: Some("proto3".into()),
        message_type: vec![
            message("HelloRequest", vec![field("name", 1, Type::String), field("polite", 2, Type::Bool)]),
            message("HelloReply", vec![field("text", 1, Type::String), field("sequence", 2, Type::Int64)]),
        ],
        service: vec![ServiceDescriptorProto {
            name: Some("Greeter".into()),
            method: vec![method("Hello", false), method("Count", true)],
            ..Default::default()
        }],
        ..Default::default()
    };
    FileDescriptorSet { file: vec![file] }
}

#[derive(Clone)]
struct Greeter {
    open: Arc<AtomicUsize>,
}

impl NamedService for Greeter {
    const NAME: &'static str = "hello.v1.Greeter";
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl tower::Service<http::Request<Body>> for Greeter {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Boxed<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let greeter = self.clone();
        Box::pin(async move {
            let codec: ProstCodec<HelloReply, HelloRequest> = ProstCodec::default();
            let mut server = tonic::server::Grpc::new(codec);
            Ok(match request.uri().path() {
                "/hello.v1.Greeter/Hello" => server.unary(greeter, request).await,
                _ => server.server_streaming(greeter, request).await,
            })
        })
    }
}

impl UnaryService<HelloRequest> for Greeter {
    type Response = HelloReply;
    type Future = Boxed<Result<Response<HelloReply>, Status>>;

    fn call(&mut self, request: Request<HelloRequest>) -> Self::Future {
        let HelloRequest { name, polite } = request.into_inner();
        Box::pin(async move {
            assert_ne!(name, "panic", "what is called here may be wrong");
            if name == "nobody" {
                let error =
                    r#"{"id":"greeter","code":404,"detail":"nobody is not here","status":"Not Found"}"#;
                return Err(Status::unknown(error));
            }
            let greeting = if polite { "Good day" } else { "Hello" };
            Ok(Response::new(HelloReply { text: format!("{greeting}, {name}"), sequence: 0 }))
        })
    }
}

/// Counts a stream while it is open.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl ServerStreamingService<HelloRequest> for Greeter {
    type Response = HelloReply;
    type ResponseStream = Pin<Box<dyn Stream<Item = Result<HelloReply, Status>> + Send>>;
    type Future = Boxed<Result<Response<Self::ResponseStream>, Status>>;

    /// Counts to three; then fails for nobody, and waits for ever with everybody else.
    fn call(&mut self, request: Request<HelloRequest>) -> Self::Future {
        self.open.fetch_add(1, Ordering::SeqCst);
        let open = Open(self.open.clone());
        let name = request.into_inner().name;
        let text = name.clone();
        let counted =
            stream::iter(1..=3).map(move |sequence| Ok(HelloReply { text: text.clone(), sequence }));
        let rest = if name == "nobody" {
            stream::iter([Err(Problem::aborted("SEATS_TAKEN", "taken").into())]).boxed()
        } else {
            stream::pending().boxed()
        };
        let all = counted.chain(rest).map(move |item| {
            let _ = &open;
            item
        });
        Box::pin(async move { Ok(Response::new(all.boxed())) })
    }
}

/// A client of it.
pub struct Client(tonic::client::Grpc<Channel>);

impl Client {
    pub fn new(channel: Channel) -> Self {
        Self(tonic::client::Grpc::new(channel))
    }

    pub async fn hello(&mut self, name: &str) -> Result<HelloReply, Status> {
        self.0.ready().await.unwrap();
        let path = PathAndQuery::from_static("/hello.v1.Greeter/Hello");
        let codec: ProstCodec<HelloRequest, HelloReply> = ProstCodec::default();
        let request = Request::new(HelloRequest { name: name.into(), polite: false });
        Ok(self.0.unary(request, path, codec).await?.into_inner())
    }

    pub async fn count(&mut self, name: &str) -> Result<Streaming<HelloReply>, Status> {
        self.0.ready().await.unwrap();
        let path = PathAndQuery::from_static("/hello.v1.Greeter/Count");
        let codec: ProstCodec<HelloRequest, HelloReply> = ProstCodec::default();
        let request = Request::new(HelloRequest { name: name.into(), polite: false });
        Ok(self.0.server_streaming(request, path, codec).await?.into_inner())
    }
}
