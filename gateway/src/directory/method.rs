//! A method and how HTTP calls it.

use std::collections::HashSet;

use contract::Access;
use contract::marquee::Rules;
use http::uri::PathAndQuery;
use micro::Channel;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};
use std::sync::Arc;

use crate::transcode::{Path, ShapeId, Shapes};

/// A method that cannot be offered.
#[derive(Debug, thiserror::Error)]
#[error("{0}: the method cannot be compiled")]
pub struct MethodError(pub String);

/// A method of some service.
pub struct Method {
    /// Its gRPC path, `/order.OrderService/Buy`.
    pub path: PathAndQuery,
    /// The way to its service.
    pub channel: Channel,
    /// The messages.
    pub shapes: Arc<Shapes>,
    /// The request.
    pub input: ShapeId,
    /// The answer.
    pub output: ShapeId,
    /// Whether the answer is a stream.
    pub streaming: bool,
    /// Whether the request is a stream, which JSON has no form for.
    pub client_streaming: bool,
    /// What the contract says; nothing for services outside it.
    pub contract: Option<&'static contract::Method>,
    /// Most bytes the contract allows in one field of the request.
    pub largest_field: usize,
}

/// A way to call a method by HTTP.
pub struct Binding {
    /// The method.
    pub method: Arc<Method>,
    /// The HTTP method.
    pub http: http::Method,
    /// The path, with `{}` for each part that gives a field.
    pub template: String,
    /// The fields those parts give, in their order.
    pub params: Vec<Path>,
    /// What the body gives.
    pub body: Body,
}

/// What the body of a request gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Nothing: the query gives the fields.
    None,
    /// The whole message.
    Whole,
    /// One field, by its index in the message; the query gives the others.
    Field(usize),
}

impl Method {
    /// Compiles a descriptor.
    ///
    /// # Errors
    /// A path or a message that does not exist, which a sound pool rules out.
    pub fn compile(
        descriptor: &MethodDescriptor,
        shapes: &Arc<Shapes>,
        channel: &Channel,
    ) -> Result<Self, MethodError> {
        let path = format!("/{}/{}", descriptor.parent_service().full_name(), descriptor.name());
        let unsound = || MethodError(path.clone());
        Ok(Self {
            path: PathAndQuery::try_from(path.as_str()).map_err(|_| unsound())?,
            channel: channel.clone(),
            shapes: shapes.clone(),
            input: shapes.id(descriptor.input().full_name()).ok_or_else(unsound)?,
            output: shapes.id(descriptor.output().full_name()).ok_or_else(unsound)?,
            streaming: descriptor.is_server_streaming(),
            client_streaming: descriptor.is_client_streaming(),
            contract: contract::METHODS.iter().find(|method| method.path == path),
            largest_field: largest_field(&descriptor.input(), &mut HashSet::new()),
        })
    }

    /// Whether only other services may call it.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        self.contract.is_some_and(|method| method.access == Access::Service)
    }

    /// Whether anybody may call it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.contract.is_some_and(|method| method.access == Access::Public)
    }

    /// Most bytes of a request, where `usual` is the limit for most.
    #[must_use]
    pub fn max_request(&self, usual: usize) -> usize {
        if self.largest_field > usual / 2 { self.largest_field.saturating_add(usual) } else { usual }
    }
}

/// The largest text that the rules allow in a message or those it holds.
fn largest_field(message: &MessageDescriptor, seen: &mut HashSet<String>) -> usize {
    if !seen.insert(message.full_name().to_owned()) {
        return 0;
    }
    let sizes = message.fields().map(|field| match field.kind() {
        Kind::Message(inner) => largest_field(&inner, seen),
        Kind::String | Kind::Bytes => rules(&field).map_or(0, |rules| rules.max_len as usize),
        _ => 0,
    });
    sizes.max().unwrap_or(0)
}

fn rules(field: &FieldDescriptor) -> Option<Rules> {
    let extension = field.parent_pool().get_extension_by_name("marquee.rules")?;
    let options = field.options();
    options.get_extension(&extension).as_message()?.transcode_to().ok()
}
