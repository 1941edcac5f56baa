//! What a request is for: looked up once, and told to metrics, traces and the log.

use std::borrow::Cow;
use std::sync::Arc;

use http::Method as Verb;
use web::Site;

use crate::directory::{Directory, Found, Method};
use crate::grpc::Protocol;

/// What a request is for.
pub enum Route {
    /// A document of the gateway's own, by its path.
    Page(&'static str),
    /// A page of the site, by the first part of its path.
    Site(&'static str),
    /// How well the gateway and its services are: asked all day long.
    Health(&'static str),
    /// Reflection over gRPC.
    Reflection,
    /// HTTP with JSON.
    Json(Found),
    /// gRPC: the service in the registry, and the method where it is one of the contract.
    Grpc(String, Option<Arc<Method>>),
    /// Nothing there is.
    Nothing,
}

impl Route {
    /// Looks it up; pages of the site are there where `has_site`.
    pub fn of(
        directory: &Directory,
        has_site: bool,
        protocol: Option<Protocol>,
        verb: &Verb,
        path: &str,
    ) -> Self {
        if protocol.is_some() {
            return grpc(directory, path);
        }
        match path {
            "/healthz" => Self::Health("/healthz"),
            "/readyz" => Self::Health("/readyz"),
            "/" if !has_site => Self::Page("/"),
            "/openapi.json" => Self::Page("/openapi.json"),
            "/docs" => Self::Page("/docs"),
            path if path.starts_with("/docs/") => Self::Page("/docs/{file}"),
            path if path.starts_with("/problems/") => Self::Page("/problems/{reason}"),
            path => match Site::place(path).filter(|_| has_site) {
                Some(place) => Self::Site(place),
                None => Self::Json(directory.find(if *verb == Verb::HEAD { &Verb::GET } else { verb }, path)),
            },
        }
    }

    /// What it is called: its path, without what that says of its own.
    #[must_use]
    pub fn name(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Page(name) | Self::Health(name) => Some(Cow::Borrowed(name)),
            Self::Site(place) => Some(Cow::Owned(format!("/{place}"))),
            Self::Reflection => Some(Cow::Borrowed("/grpc.reflection")),
            Self::Json(Found::Method(binding, _)) => Some(Cow::Borrowed(&binding.template)),
            Self::Json(Found::Elsewhere(service, _)) | Self::Grpc(service, None) => {
                Some(Cow::Owned(format!("/{service}/")))
            }
            Self::Grpc(_, Some(method)) => Some(Cow::Borrowed(method.path.as_str())),
            Self::Json(Found::OtherMethods(_) | Found::Nothing) | Self::Nothing => None,
        }
    }

    /// The method of the contract, where it is one.
    #[must_use]
    pub fn contract(&self) -> Option<&'static contract::Method> {
        match self {
            Self::Json(Found::Method(binding, _)) => binding.method.contract,
            Self::Grpc(_, Some(method)) => method.contract,
            _ => None,
        }
    }
}

fn grpc(directory: &Directory, path: &str) -> Route {
    if path.starts_with("/grpc.health.") {
        return Route::Health("/grpc.health");
    }
    if path.starts_with("/grpc.") {
        return Route::Reflection;
    }
    match directory.service_of(path) {
        Some(service) => Route::Grpc(service, directory.by_grpc_path(path).cloned()),
        None => Route::Nothing,
    }
}
