//! gRPC through the gateway: typed clients, and calls by hand with headers of any kind.

use std::net::SocketAddr;

use ::http::{HeaderMap, Request};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use contract::film::film_service_client::FilmServiceClient;
use contract::order::order_service_client::OrderServiceClient;
use contract::user::user_service_client::UserServiceClient;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::rt::TokioExecutor;
use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use serde_json::Value;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};
use tonic_types::StatusExt;

use crate::TestCluster;

/// Bytes before a message: a flag and the length.
const FRAME_HEADER: usize = 5;

impl TestCluster {
    /// A connection for typed clients.
    #[must_use]
    pub fn channel(&self) -> Channel {
        Endpoint::from_shared(self.url()).expect("the gateway's address").connect_lazy()
    }

    /// Calls the user service.
    #[must_use]
    pub fn users(&self) -> UserServiceClient<Channel> {
        UserServiceClient::new(self.channel())
    }

    /// Calls the film service.
    #[must_use]
    pub fn films(&self) -> FilmServiceClient<Channel> {
        FilmServiceClient::new(self.channel())
    }

    /// Calls the order service.
    #[must_use]
    pub fn orders(&self) -> OrderServiceClient<Channel> {
        OrderServiceClient::new(self.channel())
    }
}

/// A message with an access token.
#[must_use]
pub fn signed<T>(token: &str, message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request
        .metadata_mut()
        .insert("authorization", format!("Bearer {token}").parse().expect("a token is ASCII"));
    request
}

/// The reason in a status.
#[must_use]
pub fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

/// An answer of gRPC as it came over the wire.
#[derive(Debug)]
pub struct RawAnswer {
    /// Its content type.
    pub content_type: String,
    /// The message; empty where the call failed.
    pub message: Bytes,
    /// How it ended; 0 is well.
    pub code: i32,
}

/// Calls a method with one message and these headers, by HTTP/2 without `tonic`.
pub async fn raw(address: SocketAddr, path: &str, headers: &[(&str, &str)], message: &[u8]) -> RawAnswer {
    raw_body(address, path, headers, framed(message)).await
}

/// The same with a body that is whatever it is.
pub async fn raw_body(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: Bytes) -> RawAnswer {
    let mut builder = HyperClient::builder(TokioExecutor::new());
    let client = builder.http2_only(true).build_http::<Full<Bytes>>();
    let mut request = Request::post(format!("http://{address}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = client.request(request.body(Full::new(body)).unwrap()).await.expect("an answer");
    assert_eq!(response.status(), 200, "gRPC answers with 200 whatever happened");
    let (parts, body) = response.into_parts();
    let collected = body.collect().await.expect("a whole answer");
    let trailers = collected.trailers().cloned().unwrap_or_default();
    let code = status_of(&trailers).or_else(|| status_of(&parts.headers)).expect("a status");
    let mut message = collected.to_bytes();
    if message.len() >= FRAME_HEADER {
        assert_eq!(message.get_u8(), 0, "nobody asked for compression");
        assert_eq!(usize::try_from(message.get_u32()).unwrap(), message.len());
    }
    let content_type = parts.headers["content-type"].to_str().unwrap().to_owned();
    RawAnswer { content_type, message, code }
}

/// A message in JSON, by the contract's descriptors: what the gateway should make of it.
#[must_use]
pub fn to_json(message: &str, encoded: &[u8]) -> Value {
    let pool = DescriptorPool::decode(contract::DESCRIPTORS).expect("the contract");
    let descriptor = pool.get_message_by_name(message).expect("a message of the contract");
    let message = DynamicMessage::decode(descriptor, encoded).expect("an answer of that message");
    let options = SerializeOptions::new()
        .stringify_64_bit_integers(false)
        .use_proto_field_name(true)
        .skip_default_fields(false);
    message.serialize_with_options(serde_json::value::Serializer, &options).expect("what JSON can say")
}

/// The message that JSON says, as it goes over the wire.
#[must_use]
pub fn from_json(message: &str, json: &str) -> Vec<u8> {
    let pool = DescriptorPool::decode(contract::DESCRIPTORS).expect("the contract");
    let descriptor = pool.get_message_by_name(message).expect("a message of the contract");
    let mut json = serde_json::Deserializer::from_str(json);
    DynamicMessage::deserialize(descriptor, &mut json).expect("JSON of that message").encode_to_vec()
}

/// The request and answer messages of a method, `film.FilmService/GetAllList`.
#[must_use]
pub fn messages_of(method: &str) -> (String, String) {
    let (service, name) = method.split_once('/').expect("SERVICE/METHOD");
    let pool = DescriptorPool::decode(contract::DESCRIPTORS).expect("the contract");
    let service = pool.get_service_by_name(service).expect("a service of the contract");
    let method = service.methods().find(|method| method.name() == name).expect("a method of the service");
    (method.input().full_name().to_owned(), method.output().full_name().to_owned())
}

/// A message with its header.
#[must_use]
pub fn framed(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(FRAME_HEADER + message.len());
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).expect("a small message"));
    frame.put_slice(message);
    frame.freeze()
}

fn status_of(headers: &HeaderMap) -> Option<i32> {
    headers.get("grpc-status")?.to_str().ok()?.parse().ok()
}
