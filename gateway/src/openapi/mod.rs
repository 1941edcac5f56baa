//! The OpenAPI document, made from the compiled proto files, and the page that shows it.

mod binding;
mod comments;
mod components;
mod docs;
mod limits;
mod operation;
mod options;
mod parameters;
mod problem;
mod reasons;
mod responses;
mod schema;
mod sources;

use contract::Access;
use prost_reflect::{DescriptorPool, MethodDescriptor, ServiceDescriptor};
use serde_json::{Map, Value, json};

pub use docs::{asset, docs_page};

use binding::Binding;
use comments::Comments;
use components::Components;
use operation::Operation;
use options::MethodOptions;

/// Tag of the forms every RPC has, in the place of the service's own tag.
const RPC_TAG: &str = "rpc";

/// What everybody who calls must know, whatever they call.
const INTRODUCTION: &str = "\
Cinema ticketing: what is on, which seats are free, buying, paying, giving back.

Times are milliseconds since 1970 in UTC. Money is in minor units of its currency. \
A field that is not known is refused with its name. Answers carry every field, \
also where it is empty or 0; further fields may come with time.

Errors are `application/problem+json` (RFC 9457): programs go by `reason`, people read `detail`. \
The header `x-trace-id` of an answer names the request in logs and traces.

Every call is there in three forms that do the same: as a resource under `/v1`, \
as `POST /{service}/{Service}/{Method}` with a JSON body (tag `rpc`), and over gRPC and \
gRPC-Web on the same port.";

/// The OpenAPI 3.1 document of every service in the pool but those between services.
///
/// The pool must be made with [`DescriptorPool::decode`], which keeps options
/// that are extensions. Comments are there where the descriptors carry source
/// information. `server_url` is where callers reach the gateway; where it is
/// not known the document says that it is where the document came from.
#[must_use]
pub fn document(pool: &DescriptorPool, server_url: Option<&str>) -> Value {
    let comments = Comments::read(pool);
    let methods = exposed(pool);
    let mut components = Components::new(&comments, &methods);
    let mut paths = Map::new();
    for (method, options) in &methods {
        for operation in operations(method, options) {
            let body = operation.describe(&comments, &mut components);
            let path = paths.entry(operation.binding.path.clone()).or_insert_with(|| json!({}));
            path[operation.binding.verb] = body;
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Marquee",
            "version": env!("CARGO_PKG_VERSION"),
            "description": INTRODUCTION,
            "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
        },
        "servers": [{ "url": server_url.unwrap_or("/") }],
        "tags": tags(&comments, &methods),
        "paths": paths,
        "components": components.finish(),
    })
}

/// The methods anybody outside may call and OpenAPI can describe, in the order of the files.
fn exposed(pool: &DescriptorPool) -> Vec<(MethodDescriptor, MethodOptions)> {
    let ours = pool.services().filter(|service| !service.package_name().starts_with("grpc."));
    ours.flat_map(|service| service.methods().collect::<Vec<_>>())
        .filter(|method| !method.is_client_streaming())
        .map(|method| {
            let options = MethodOptions::of(&method);
            (method, options)
        })
        .filter(|(_, options)| options.access != Access::Service)
        .collect()
}

/// Every HTTP form of one method.
fn operations<'a>(method: &'a MethodDescriptor, options: &'a MethodOptions) -> Vec<Operation<'a>> {
    let service = method.parent_service();
    let rest = options.bindings.iter().enumerate().map(|(position, binding)| Operation {
        method,
        options,
        binding: binding.clone(),
        tag: service.name().to_owned(),
        id: match position {
            0 => format!("{}_{}", service.name(), method.name()),
            further => format!("{}_{}_{}", service.name(), method.name(), further + 1),
        },
    });
    let rpc = Operation {
        method,
        options,
        binding: Binding::rpc(method),
        tag: RPC_TAG.to_owned(),
        id: format!("{RPC_TAG}_{}_{}_{}", service.package_name(), service.name(), method.name()),
    };
    rest.chain([rpc]).collect()
}

fn tags(comments: &Comments, methods: &[(MethodDescriptor, MethodOptions)]) -> Value {
    let mut services: Vec<&ServiceDescriptor> = Vec::new();
    for (method, options) in methods {
        let service = method.parent_service();
        if !options.bindings.is_empty() && !services.contains(&service) {
            services.push(service);
        }
    }
    let of_services = services
        .into_iter()
        .map(|service| json!({ "name": service.name(), "description": comments.of(service).whole() }));
    let rpc = json!({
        "name": RPC_TAG,
        "description": "Every call as `POST /{service}/{Service}/{Method}` with all fields in the JSON body. \
            Where a service has one gRPC service of its own name, `/{service}/{Method}` is short for it.",
    });
    of_services.chain([rpc]).collect()
}
