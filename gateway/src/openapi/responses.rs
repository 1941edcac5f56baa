//! What an operation answers.

use contract::Access;
use prost_reflect::Kind;
use serde_json::{Map, Value, json};

use super::comments::Comments;
use super::components::Components;
use super::operation::{Operation, is_http_body};
use super::problem::{self, COMMON, Common};
use super::reasons;
use super::schema::Direction;

/// The Responses Object.
pub fn of(operation: &Operation<'_>, comments: &Comments, components: &Components<'_>) -> Value {
    let own = reasons::of(operation, comments);
    let mut responses = Map::new();
    responses.insert("200".into(), success(operation, comments, components));
    if operation.is_conditional() {
        let description = "The caller has it: `If-None-Match` names the `ETag` of what the answer would be.";
        responses.insert("304".into(), json!({ "description": description }));
    }
    for common in &COMMON {
        let response = match own.get(&common.status) {
            Some(reasons) => {
                let shared = common.reasons.iter().map(|reason| (*reason).to_owned());
                let shared = shared.filter(|reason| always(operation, common) && !reasons.contains(reason));
                let all: Vec<_> = reasons.iter().cloned().chain(shared).collect();
                problem::response(common.status, common.meaning, &all)
            }
            None if always(operation, common) => {
                json!({ "$ref": format!("#/components/responses/{}", common.name) })
            }
            None => continue,
        };
        responses.insert(common.status.to_string(), response);
    }
    let other = json!({ "$ref": format!("#/components/responses/{}", problem::NAME) });
    responses.insert("default".into(), other);
    responses.into()
}

/// Whether the common reasons of a status can come from this operation.
fn always(operation: &Operation<'_>, common: &Common) -> bool {
    let access = operation.options.access;
    match common.status {
        401 => access != Access::Public,
        403 => matches!(access, Access::Staff | Access::Manager | Access::Admin),
        404 | 409 => false,
        408 | 413 | 415 => operation.has_body(),
        414 => operation.takes_query(),
        _ => true,
    }
}

fn success(operation: &Operation<'_>, comments: &Comments, components: &Components<'_>) -> Value {
    let message = operation.method.output();
    let comment = comments.of(&message);
    let summary = Some(comment.summary()).filter(|text| !text.is_empty()).unwrap_or(message.name());
    if operation.method.is_server_streaming() {
        return stream(summary, &components.message(&message, Direction::Answer));
    }
    let field = operation.binding.answer_field.as_ref().and_then(|name| message.get_field_by_name(name));
    let kind = field.as_ref().map_or(Kind::Message(message.clone()), |field| field.kind());
    let content = if is_http_body(&kind) {
        json!({ "*/*": {} })
    } else {
        let schema = match &field {
            Some(field) => components.with_schemas(|schemas| schemas.field(field, Direction::Answer)),
            None => components.message(&message, Direction::Answer),
        };
        json!({ "application/json": { "schema": schema } })
    };
    let mut success = json!({ "description": format!("{summary}."), "content": content });
    if operation.is_conditional() {
        success["headers"] = json!({ "ETag": {
            "description": "Stands for the content: send it as `If-None-Match` to get it only when it has changed.",
            "schema": { "type": "string" },
        } });
    }
    success
}

/// A stream: its events cannot be said in OpenAPI 3.1 but in words.
fn stream(summary: &str, event: &Value) -> Value {
    let media_type = |format: &str| {
        json!({
            "schema": { "type": "string", "description": format },
            "x-item-schema": event,
        })
    };
    json!({
        "description": format!("{summary}; one after the other, until the caller goes. \
            Server-sent events with `Accept: text/event-stream`, JSON lines without."),
        "content": {
            "text/event-stream": media_type(
                "Server-sent events; the data of each is the JSON of one message. \
                A failure on the way comes last, as an event `problem`.",
            ),
            "application/x-ndjson": media_type(
                "Lines, each the JSON of one message. A failure on the way comes last, as `{\"problem\": ...}`.",
            ),
        },
    })
}
