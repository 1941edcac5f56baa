//! JSON Schemas of messages, fields and enums, for requests and for answers.

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Value, json};

use super::comments::Comments;
use super::limits::{self, Schema};
use super::options::rules;

/// Which way a message goes. Requests have limits; answers have every field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the caller.
    Request,
    /// To the caller.
    Answer,
}

/// Makes schemas; `name` gives the component of a message or enum.
pub struct Schemas<'a> {
    /// The comments, for descriptions.
    pub comments: &'a Comments,
    /// The component's name of a message that goes one way.
    pub name: &'a dyn Fn(&MessageDescriptor, Direction) -> String,
}

impl Schemas<'_> {
    /// The schema of a message, without the fields that travel elsewhere.
    pub fn message(&self, message: &MessageDescriptor, way: Direction, without: &[String]) -> Value {
        let fields = || message.fields().filter(|field| !without.iter().any(|name| name == field.name()));
        let properties: Schema =
            fields().map(|field| (field.name().to_owned(), self.field(&field, way))).collect();
        let required: Vec<_> =
            fields().filter(|field| is_required(field, way)).map(|field| field.name().to_owned()).collect();
        let mut schema = object(json!({ "type": "object", "properties": properties }));
        describe(&mut schema, self.comments.of(message).whole());
        if !required.is_empty() {
            schema.insert("required".into(), json!(required));
        }
        if way == Direction::Request {
            schema.insert("additionalProperties".into(), json!(false));
            let pairs = exclusive_pairs(message);
            if !pairs.is_empty() {
                schema.insert("not".into(), json!({ "anyOf": pairs }));
            }
        }
        schema.into()
    }

    /// The schema of a field with its limits, comment and example.
    pub fn field(&self, field: &FieldDescriptor, way: Direction) -> Value {
        let mut schema = match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let value = self.kind(&entry.map_entry_value_field().kind(), way);
                object(json!({ "type": "object", "additionalProperties": value }))
            }
            kind if field.is_list() => object(json!({ "type": "array", "items": self.kind(&kind, way) })),
            kind => object(self.kind(&kind, way)),
        };
        let comment = self.comments.of(field);
        if way == Direction::Request
            && let Some(rules) = rules(field)
        {
            limits::apply(field, &rules, &mut schema);
        }
        if let (Kind::String, false, Some(example)) = (field.kind(), field.is_map(), comment.example()) {
            let example = if field.is_list() { json!([example]) } else { json!(example) };
            schema.insert("examples".into(), json!([example]));
        }
        describe(&mut schema, comment.whole());
        schema.into()
    }

    /// The schema of an enum: its names, what they mean beside them.
    pub fn enumeration(&self, kind: &EnumDescriptor) -> Value {
        let names: Vec<_> = kind.values().map(|value| value.name().to_owned()).collect();
        let meanings = kind.values().filter_map(|value| {
            let comment = self.comments.of(&value);
            (!comment.whole().is_empty()).then(|| format!("- `{}`: {}", value.name(), comment.whole()))
        });
        let comment = self.comments.of(kind);
        let text = [comment.whole().to_owned(), meanings.collect::<Vec<_>>().join("\n")];
        let mut schema = object(json!({ "type": "string", "enum": names }));
        describe(&mut schema, text.join("\n\n").trim());
        schema.into()
    }

    fn kind(&self, kind: &Kind, way: Direction) -> Value {
        match kind {
            Kind::Double => json!({ "type": "number", "format": "double" }),
            Kind::Float => json!({ "type": "number", "format": "float" }),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => json!({ "type": "integer", "format": "int32" }),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => json!({ "type": "integer", "format": "int64" }),
            Kind::Uint32 | Kind::Fixed32 => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
            Kind::Uint64 | Kind::Fixed64 => json!({ "type": "integer", "minimum": 0, "maximum": u64::MAX }),
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::String => json!({ "type": "string" }),
            Kind::Bytes => json!({ "type": "string", "format": "byte", "contentEncoding": "base64" }),
            Kind::Message(message) => reference(&(self.name)(message, way)),
            Kind::Enum(kind) => reference(kind.full_name()),
        }
    }
}

/// Points at a schema of the components.
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Whether a field is always there (in an answer) or must be (in a request).
pub fn is_required(field: &FieldDescriptor, way: Direction) -> bool {
    match way {
        Direction::Request => rules(field).is_some_and(|rules| limits::required(field, &rules)),
        Direction::Answer => !field.supports_presence(),
    }
}

/// Of the fields of a oneof at most one may be given.
fn exclusive_pairs(message: &MessageDescriptor) -> Vec<Value> {
    let mut pairs = Vec::new();
    for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
        let names: Vec<_> = oneof.fields().map(|field| field.name().to_owned()).collect();
        for (at, one) in names.iter().enumerate() {
            pairs.extend(names[at + 1..].iter().map(|other| json!({ "required": [one, other] })));
        }
    }
    pairs
}

fn describe(schema: &mut Schema, text: &str) {
    if !text.is_empty() {
        schema.insert("description".into(), json!(text));
    }
}

fn object(value: Value) -> Schema {
    match value {
        Value::Object(map) => map,
        _ => Schema::new(),
    }
}
