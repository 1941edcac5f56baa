//! What can be called, and by which paths.
//!
//! The contract's methods are compiled at the start. Those of any other
//! service in the registry are asked for by gRPC reflection at the first call.

mod discovery;
mod forms;
mod method;
mod reflection;
mod rest;
mod template;

use std::collections::HashMap;
use std::sync::Arc;

use micro::{Problem, Registry, StartError};
use prost_reflect::DescriptorPool;

use crate::transcode::Shapes;

pub use method::{Binding, Body, Method};
pub use rest::Params;

use discovery::Discovery;
use rest::Rest;

/// Longest path looked up, bytes; no path of a method comes near it.
const MAX_PATH: usize = 1_024;

/// Everything that can be called.
pub struct Directory {
    /// `/order/OrderService/Buy` and `/order/Buy`.
    forms: HashMap<String, Arc<Binding>>,
    rest: Rest,
    /// Methods by their gRPC path, those for other services left out.
    grpc: HashMap<String, Arc<Method>>,
    /// Packages of the contract, which are names in the registry.
    packages: Vec<String>,
    registry: Registry,
    discovered: Discovery,
}

/// What a path means.
pub enum Found {
    /// A method, with the parts of the path that give fields.
    Method(Arc<Binding>, Params),
    /// A form of a service outside the contract, which has to be asked: the service and the form.
    Elsewhere(String, String),
    /// A path that other HTTP methods have.
    OtherMethods(Vec<http::Method>),
    /// Nothing.
    Nothing,
}

impl Directory {
    /// Compiles the contract.
    ///
    /// # Errors
    /// An annotation that cannot be understood, which a test rules out.
    pub fn new(pool: &DescriptorPool, registry: &Registry) -> Result<Self, StartError> {
        let shapes = Arc::new(Shapes::compile(pool));
        let mut directory = Self {
            forms: HashMap::new(),
            rest: Rest::default(),
            grpc: HashMap::new(),
            packages: Vec::new(),
            registry: registry.clone(),
            discovered: Discovery::new(registry.clone()),
        };
        for package in packages(pool) {
            let services: Vec<_> = pool.services().filter(|s| s.package_name() == package).collect();
            let channel = registry.channel(&package);
            for service in &services {
                for descriptor in service.methods() {
                    let method = Method::compile(&descriptor, &shapes, &channel).map_err(StartError::new)?;
                    let method = Arc::new(method);
                    if method.is_internal() {
                        continue;
                    }
                    directory.rest.add(&descriptor, &method).map_err(StartError::new)?;
                    directory.grpc.insert(method.path.to_string(), method);
                }
            }
            for (form, binding) in forms::of(&package, &directory.grpc) {
                directory.forms.insert(format!("/{package}/{form}"), binding);
            }
            directory.packages.push(package);
        }
        Ok(directory)
    }

    /// What a request's path and HTTP method mean, as far as it is known without asking.
    #[must_use]
    pub fn find(&self, http: &http::Method, path: &str) -> Found {
        if path.len() > MAX_PATH {
            return Found::Nothing;
        }
        if let Some(binding) = self.forms.get(path) {
            return post_only(http, binding);
        }
        match self.rest.find(http, path) {
            Found::Nothing => {}
            found => return found,
        }
        let Some((service, form)) = path.strip_prefix('/').and_then(|path| path.split_once('/')) else {
            return Found::Nothing;
        };
        let ours = self.packages.iter().any(|package| package == service);
        if ours || !self.registry.names().iter().any(|known| known == service) {
            return Found::Nothing;
        }
        Found::Elsewhere(service.to_owned(), form.to_owned())
    }

    /// What a form of a service outside the contract means.
    ///
    /// # Errors
    /// A service that cannot be asked what it offers.
    pub async fn ask(&self, http: &http::Method, service: &str, form: &str) -> Result<Found, Problem> {
        let binding = self.discovered.find(service, form).await?;
        Ok(binding.map_or(Found::Nothing, |binding| post_only(http, &binding)))
    }

    /// The method of a gRPC path, where it is one of the contract that clients may call.
    #[must_use]
    pub fn by_grpc_path(&self, path: &str) -> Option<&Arc<Method>> {
        self.grpc.get(path)
    }

    /// The service of a gRPC path in the registry: the first part of the package's name.
    ///
    /// Nothing for what clients may not call or nobody offers.
    #[must_use]
    pub fn service_of(&self, path: &str) -> Option<String> {
        let (service, _) = path.strip_prefix('/')?.split_once('/')?;
        let name = service.split('.').next().filter(|name| name.len() < service.len())?;
        if self.packages.iter().any(|package| package == name) {
            return self.grpc.contains_key(path).then(|| name.to_owned());
        }
        self.registry.names().into_iter().find(|known| known == name)
    }

    /// Every REST form.
    #[cfg(test)]
    pub fn rest_methods(&self) -> impl Iterator<Item = &Arc<Binding>> {
        self.rest.bindings()
    }
}

fn post_only(http: &http::Method, binding: &Arc<Binding>) -> Found {
    if *http == http::Method::POST {
        Found::Method(binding.clone(), Params::default())
    } else {
        Found::OtherMethods(vec![http::Method::POST])
    }
}

fn packages(pool: &DescriptorPool) -> Vec<String> {
    let mut packages: Vec<_> = pool.services().map(|service| service.package_name().to_owned()).collect();
    packages.sort();
    packages.dedup();
    packages
}

#[cfg(test)]
mod tests;
