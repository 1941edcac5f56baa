//! The HTTP forms of an RPC: method, path, and where its fields go.

use contract::google::api::{HttpRule, http_rule::Pattern};
use prost_reflect::MethodDescriptor;

/// One HTTP form of an RPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Lower-case HTTP method, as OpenAPI has it.
    pub verb: &'static str,
    /// Path template, `/v1/orders/{order_id}`.
    pub path: String,
    /// Fields of the request in the path, in their order.
    pub path_fields: Vec<String>,
    /// What the body carries.
    pub body: Body,
    /// The field of the answer that is the body; the whole answer where there is none.
    pub answer_field: Option<String>,
}

/// What the body of a request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing: fields that are not in the path are in the query.
    Nothing,
    /// All fields that are not in the path.
    Rest,
    /// One field.
    Field(String),
}

impl Binding {
    /// The forms an annotation gives, further ones included.
    pub fn all(mut rule: HttpRule) -> Vec<Self> {
        let further = std::mem::take(&mut rule.additional_bindings);
        Self::one(rule).into_iter().chain(further.into_iter().filter_map(Self::one)).collect()
    }

    fn one(rule: HttpRule) -> Option<Self> {
        let (verb, template) = match rule.pattern? {
            Pattern::Get(path) => ("get", path),
            Pattern::Put(path) => ("put", path),
            Pattern::Post(path) => ("post", path),
            Pattern::Delete(path) => ("delete", path),
            Pattern::Patch(path) => ("patch", path),
        };
        let (path, path_fields) = plain(&template);
        let body = match rule.body.as_str() {
            "" => Body::Nothing,
            "*" => Body::Rest,
            _ => Body::Field(rule.body),
        };
        let answer_field = Some(rule.response_body).filter(|field| !field.is_empty());
        Some(Self { verb, path, path_fields, body, answer_field })
    }

    /// The form every RPC has: `POST /{service}/{Service}/{Method}`.
    pub fn rpc(method: &MethodDescriptor) -> Self {
        let service = method.parent_service();
        Self {
            verb: "post",
            path: format!("/{}/{}/{}", service.package_name(), service.name(), method.name()),
            path_fields: Vec::new(),
            body: Body::Rest,
            answer_field: None,
        }
    }
}

/// The short form, where the gRPC service has the name of its service: `/order/Buy`.
pub fn short_rpc_path(method: &MethodDescriptor) -> Option<String> {
    let service = method.parent_service();
    let name = service.name().strip_suffix("Service").unwrap_or(service.name());
    let own = name.eq_ignore_ascii_case(service.package_name());
    own.then(|| format!("/{}/{}", service.package_name(), method.name()))
}

/// A template with bare names between the braces, and the names: `{id=*}` is `{id}`.
fn plain(template: &str) -> (String, Vec<String>) {
    let (mut path, mut fields) = (String::new(), Vec::new());
    let mut left = template;
    while let Some((before, after)) = left.split_once('{') {
        let (variable, behind) = after.split_once('}').unwrap_or((after, ""));
        let name = variable.split_once('=').map_or(variable, |(name, _)| name);
        path.extend([before, "{", name, "}"]);
        fields.push(name.to_owned());
        left = behind;
    }
    path.push_str(left);
    (path, fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_bindings_follow_the_first() {
        let further = HttpRule {
            pattern: Some(Pattern::Patch("/v1/b/{id=shelves/*}:end".into())),
            ..HttpRule::default()
        };
        let rule = HttpRule {
            pattern: Some(Pattern::Get("/v1/a/{b}/{c}".into())),
            additional_bindings: vec![further],
            ..HttpRule::default()
        };
        let all = Binding::all(rule);
        assert_eq!((all[0].verb, all[0].path.as_str()), ("get", "/v1/a/{b}/{c}"));
        assert_eq!(all[0].path_fields, ["b", "c"]);
        assert_eq!((all[1].verb, all[1].path.as_str()), ("patch", "/v1/b/{id}:end"));
        assert_eq!(all[1].path_fields, ["id"]);
    }

    #[test]
    fn an_annotation_without_a_pattern_is_no_form() {
        assert_eq!(Binding::all(HttpRule::default()), []);
    }
}
