//! One operation: an RPC in one of its HTTP forms.

use contract::Access;
use prost_reflect::{FieldDescriptor, Kind, MethodDescriptor};
use serde_json::{Value, json};

use super::binding::{Binding, Body, short_rpc_path};
use super::comments::Comments;
use super::components::Components;
use super::options::MethodOptions;
use super::schema::{Direction, is_required};
use super::{RPC_TAG, parameters, responses};

/// The message that is passed on as the bytes it is.
pub const HTTP_BODY: &str = "google.api.HttpBody";

/// An RPC in one of its HTTP forms.
pub struct Operation<'a> {
    /// The RPC.
    pub method: &'a MethodDescriptor,
    /// Its options.
    pub options: &'a MethodOptions,
    /// The form.
    pub binding: Binding,
    /// The tag it goes under.
    pub tag: String,
    /// Its unique name.
    pub id: String,
}

impl Operation<'_> {
    /// The Operation Object.
    pub fn describe(&self, comments: &Comments, components: &mut Components<'_>) -> Value {
        let comment = comments.of(self.method);
        let summary = Some(comment.summary()).filter(|text| !text.is_empty());
        let summary = summary.unwrap_or(self.method.name());
        let mut operation = json!({
            "operationId": self.id,
            "tags": [self.tag],
            "summary": summary,
            "description": self.description(comment.rest()),
            "responses": responses::of(self, comments, components),
            "security": self.security(),
            "x-marquee-access": self.options.access.as_str_name(),
        });
        let parameters = parameters::of(self, components);
        if !parameters.is_empty() {
            operation["parameters"] = json!(parameters);
        }
        if let Some(body) = self.request_body(components) {
            operation["requestBody"] = body;
        }
        operation
    }

    /// Whether a body is sent.
    pub fn has_body(&self) -> bool {
        self.binding.body != Body::Nothing
    }

    /// Whether some fields are given by the query.
    pub fn takes_query(&self) -> bool {
        self.binding.body != Body::Rest
    }

    /// Whether a caller that has the answer need not get it again.
    pub fn is_conditional(&self) -> bool {
        self.binding.verb == "get" && !self.method.is_server_streaming()
    }

    fn body_field(&self) -> Option<FieldDescriptor> {
        match &self.binding.body {
            Body::Field(name) => self.method.input().get_field_by_name(name),
            Body::Nothing | Body::Rest => None,
        }
    }

    fn description(&self, rest: &str) -> String {
        let service = self.method.parent_service();
        let mut text = vec![rest.to_owned(), who(self.options.access).to_owned()];
        if self.tag == RPC_TAG {
            let short = short_rpc_path(self.method).map(|path| format!("Short form: `POST {path}`. "));
            text.push(format!(
                "{}gRPC: `/{}/{}`.",
                short.unwrap_or_default(),
                service.full_name(),
                self.method.name()
            ));
        }
        text.retain(|paragraph| !paragraph.is_empty());
        text.join("\n\n")
    }

    /// A token may be sent where none is needed.
    fn security(&self) -> Value {
        match self.options.access {
            Access::Public => json!([{}, { "bearer": [] }]),
            _ => json!([{ "bearer": [] }]),
        }
    }

    fn request_body(&self, components: &mut Components<'_>) -> Option<Value> {
        let message = self.method.input();
        let (schema, required) = match (&self.binding.body, self.body_field()) {
            (Body::Rest, _) => {
                let bound = |field: &FieldDescriptor| {
                    self.binding.path_fields.iter().any(|name| name == field.name())
                };
                let required =
                    message.fields().any(|field| !bound(&field) && is_required(&field, Direction::Request));
                (components.body(&message, &self.binding.path_fields), required)
            }
            (_, Some(field)) if is_http_body(&field.kind()) => {
                let description = components.with_schemas(|schemas| schemas.comments.of(&field));
                return Some(json!({
                    "description": description.whole(),
                    "required": true,
                    "content": { "*/*": {} },
                }));
            }
            (_, Some(field)) => {
                let schema = components.with_schemas(|schemas| schemas.field(&field, Direction::Request));
                (schema, is_required(&field, Direction::Request))
            }
            (_, None) => return None,
        };
        Some(json!({ "required": required, "content": { "application/json": { "schema": schema } } }))
    }
}

/// Whether values of this kind are passed on as the bytes they are.
pub fn is_http_body(kind: &Kind) -> bool {
    matches!(kind, Kind::Message(message) if message.full_name() == HTTP_BODY)
}

fn who(access: Access) -> &'static str {
    match access {
        Access::Public => "Open to anybody.",
        Access::SignedIn => "For anybody who is signed in.",
        Access::Staff => "For roles staff, manager and admin.",
        Access::Manager => "For roles manager and admin.",
        Access::Admin => "For role admin.",
        Access::Service => "For services of the system.",
    }
}
