//! The REST paths, from the `google.api.http` annotations.

use std::sync::Arc;

use contract::google::api::HttpRule;
use contract::google::api::http_rule::Pattern;
use prost_reflect::MethodDescriptor;

use super::template::{self, TemplateError};
use super::{Binding, Body, Found, Method};
use crate::transcode::Path;

/// Parts of a path that give fields, in order, as they stand in the path.
pub type Params = Vec<String>;

/// An annotation that cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum RestError {
    /// Its path.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// Its path is another's already.
    #[error("{0}: the path cannot be told from another's")]
    Conflict(String),
    /// A field that the message does not have or that takes no text.
    #[error("{0}: the request has no field {1} that a path or body can give")]
    Field(String, String),
}

/// The REST paths.
#[derive(Default)]
pub struct Rest {
    router: matchit::Router<usize>,
    /// For each path, how each HTTP method calls.
    paths: Vec<Vec<Arc<Binding>>>,
}

impl Rest {
    /// Adds what a method's annotation says, if it has one.
    ///
    /// # Errors
    /// An annotation that cannot be served.
    pub fn add(&mut self, descriptor: &MethodDescriptor, method: &Arc<Method>) -> Result<(), RestError> {
        let Some(mut rule) = annotation(descriptor) else { return Ok(()) };
        let more = std::mem::take(&mut rule.additional_bindings);
        for rule in std::iter::once(rule).chain(more) {
            self.add_rule(&rule, method)?;
        }
        Ok(())
    }

    fn add_rule(&mut self, rule: &HttpRule, method: &Arc<Method>) -> Result<(), RestError> {
        let Some((http, path)) = pattern(rule) else { return Ok(()) };
        let template = template::parse(path)?;
        let no_field = |name: &str| RestError::Field(path.to_owned(), name.to_owned());
        let params = template
            .fields
            .iter()
            .map(|field| Path::find(&method.shapes, method.input, field).ok_or_else(|| no_field(field)));
        let body = match rule.body.as_str() {
            "" => Body::None,
            "*" => Body::Whole,
            name => {
                let field = method.shapes.get(method.input).field(name);
                Body::Field(field.ok_or_else(|| no_field(name))?)
            }
        };
        let binding = Binding {
            method: method.clone(),
            http,
            template: path.to_owned(),
            params: params.collect::<Result<_, _>>()?,
            body,
        };
        self.insert(&template.route, binding)
    }

    fn insert(&mut self, route: &str, binding: Binding) -> Result<(), RestError> {
        let conflict = || RestError::Conflict(binding.template.clone());
        // The template itself is a path that matches it.
        let place = match self.router.at(route) {
            Ok(found) if found.params.iter().all(|(key, value)| value == format!("{{{key}}}")) => {
                *found.value
            }
            _ => {
                self.router.insert(route, self.paths.len()).map_err(|_| conflict())?;
                self.paths.push(Vec::new());
                self.paths.len() - 1
            }
        };
        if self.paths[place].iter().any(|other| other.http == binding.http) {
            return Err(conflict());
        }
        self.paths[place].push(Arc::new(binding));
        Ok(())
    }

    /// What a path and an HTTP method mean.
    #[must_use]
    pub fn find(&self, http: &http::Method, path: &str) -> Found {
        let Ok(found) = self.router.at(path) else { return Found::Nothing };
        let bindings = &self.paths[*found.value];
        match bindings.iter().find(|binding| binding.http == *http) {
            Some(binding) => {
                let params = found.params.iter().map(|(_, value)| value.to_owned()).collect();
                Found::Method(binding.clone(), params)
            }
            None => Found::OtherMethods(bindings.iter().map(|binding| binding.http.clone()).collect()),
        }
    }

    /// All of them.
    #[cfg(test)]
    pub fn bindings(&self) -> impl Iterator<Item = &Arc<Binding>> {
        self.paths.iter().flatten()
    }
}

fn annotation(descriptor: &MethodDescriptor) -> Option<HttpRule> {
    let extension = descriptor.parent_pool().get_extension_by_name("google.api.http")?;
    let options = descriptor.options();
    if !options.has_extension(&extension) {
        return None;
    }
    options.get_extension(&extension).as_message()?.transcode_to().ok()
}

fn pattern(rule: &HttpRule) -> Option<(http::Method, &str)> {
    Some(match rule.pattern.as_ref()? {
        Pattern::Get(path) => (http::Method::GET, path),
        Pattern::Put(path) => (http::Method::PUT, path),
        Pattern::Post(path) => (http::Method::POST, path),
        Pattern::Delete(path) => (http::Method::DELETE, path),
        Pattern::Patch(path) => (http::Method::PATCH, path),
    })
}
