//! The forms `{Service}/{Method}` and `{Method}` of a service's methods.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Binding, Body, Method};

/// Every form of the methods in `grpc` (by gRPC path) that belong to `registry_name`.
///
/// A gRPC service may be called by its short or its full name, and left out
/// where it is the only one or the one named after the service.
pub fn of(registry_name: &str, grpc: &HashMap<String, Arc<Method>>) -> Vec<(String, Arc<Binding>)> {
    let belongs = |full: &str| full.split('.').next() == Some(registry_name);
    let methods: Vec<_> = grpc.iter().filter_map(|(path, method)| Some((split(path)?, method))).collect();
    let methods: Vec<_> = methods.into_iter().filter(|((full, _), _)| belongs(full)).collect();
    forms(registry_name, &methods)
}

/// The same for methods that all belong to the service, whatever their package.
pub fn all(registry_name: &str, grpc: &HashMap<String, Arc<Method>>) -> Vec<(String, Arc<Binding>)> {
    let methods: Vec<_> = grpc.iter().filter_map(|(path, method)| Some((split(path)?, method))).collect();
    forms(registry_name, &methods)
}

type Named<'a> = ((&'a str, &'a str), &'a Arc<Method>);

fn forms(registry_name: &str, methods: &[Named<'_>]) -> Vec<(String, Arc<Binding>)> {
    let own = own_service(registry_name, methods);
    let mut forms = Vec::new();
    for ((full, name), method) in methods {
        let binding = Arc::new(Binding {
            method: Arc::clone(method),
            http: http::Method::POST,
            template: method.path.to_string(),
            params: Vec::new(),
            body: Body::Whole,
        });
        forms.push((format!("{}/{name}", short(full)), binding.clone()));
        if own == Some(*full) {
            forms.push(((*name).to_owned(), binding.clone()));
        }
        forms.push((format!("{full}/{name}"), binding));
    }
    forms
}

fn own_service<'a>(registry_name: &str, methods: &[Named<'a>]) -> Option<&'a str> {
    let mut services: Vec<_> = methods.iter().map(|((full, _), _)| *full).collect();
    services.sort_unstable();
    services.dedup();
    if let [only] = services[..] {
        return Some(only);
    }
    let named = [registry_name.to_lowercase(), format!("{}service", registry_name.to_lowercase())];
    services.into_iter().find(|full| named.contains(&short(full).to_lowercase()))
}

fn split(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix('/')?.split_once('/')
}

fn short(full: &str) -> &str {
    full.rsplit('.').next().unwrap_or(full)
}
