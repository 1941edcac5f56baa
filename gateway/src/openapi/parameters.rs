//! Parameters of an operation: path, query, headers.

use prost_reflect::{FieldDescriptor, Kind};
use serde_json::{Value, json};

use super::binding::Body;
use super::components::Components;
use super::operation::Operation;
use super::schema::{Direction, is_required};

/// The component of the header that makes repeating harmless.
pub const IDEMPOTENCY_KEY: &str = "IdempotencyKey";

/// All parameters of an operation.
pub fn of(operation: &Operation<'_>, components: &Components<'_>) -> Vec<Value> {
    let binding = &operation.binding;
    let message = operation.method.input();
    let in_path = binding.path_fields.iter().map(|name| match message.get_field_by_name(name) {
        Some(field) => parameter(&field, "path", components),
        None => json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }),
    });
    let elsewhere = |field: &FieldDescriptor| {
        let in_path = binding.path_fields.iter().any(|name| name == field.name());
        in_path || matches!(&binding.body, Body::Field(name) if name == field.name())
    };
    let in_query: Vec<_> = match binding.body {
        Body::Rest => Vec::new(),
        Body::Nothing | Body::Field(_) => message
            .fields()
            .filter(|field| !matches!(field.kind(), Kind::Message(_)) && !elsewhere(field))
            .map(|field| parameter(&field, "query", components))
            .collect(),
    };
    let key = operation
        .options
        .idempotency_key
        .then(|| json!({ "$ref": format!("#/components/parameters/{IDEMPOTENCY_KEY}") }));
    in_path.chain(in_query).chain(key).collect()
}

fn parameter(field: &FieldDescriptor, place: &str, components: &Components<'_>) -> Value {
    let mut schema = components.with_schemas(|schemas| schemas.field(field, Direction::Request));
    let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
    let required = place == "path" || is_required(field, Direction::Request);
    let mut parameter = json!({ "name": field.name(), "in": place, "schema": schema });
    if required {
        parameter["required"] = json!(true);
    }
    if let Some(description) = description {
        parameter["description"] = description;
    }
    parameter
}

/// The header of calls that honour an idempotency key.
pub fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes repeating harmless: a repeated call with the same key gets the first answer.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$" },
    })
}
