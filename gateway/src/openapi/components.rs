//! The components of the document: a schema for every message and enum that is used.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{EnumDescriptor, Kind, MessageDescriptor, MethodDescriptor};
use serde_json::{Value, json};

use super::comments::Comments;
use super::limits::Schema;
use super::options::MethodOptions;
use super::schema::{Direction, Schemas, reference};
use super::{parameters, problem};

/// Follows the name of a message that requests and answers share, where the
/// two are not alike, in requests.
const REQUEST_SUFFIX: &str = "Input";
/// Follows the name of a request where the path carries some of its fields.
const BODY_SUFFIX: &str = "Body";

/// Collects what the operations refer to.
pub struct Components<'a> {
    comments: &'a Comments,
    split: BTreeSet<String>,
    schemas: Schema,
}

impl<'a> Components<'a> {
    /// Schemas of all that these methods take and give.
    pub fn new(comments: &'a Comments, methods: &[(MethodDescriptor, MethodOptions)]) -> Self {
        let mut requests = Reached::default();
        let mut answers = Reached::default();
        for (method, _) in methods {
            requests.message(&method.input());
            answers.message(&method.output());
        }
        let split = split(comments, &requests, &answers);
        let mut made = Self { comments, split, schemas: Schema::new() };
        for (way, reached) in [(Direction::Request, &requests), (Direction::Answer, &answers)] {
            for message in reached.messages.values() {
                let schema = made.with_schemas(|schemas| schemas.message(message, way, &[]));
                made.schemas.insert(name(&made.split, message, way), schema);
            }
            for kind in reached.enums.values() {
                let schema = made.with_schemas(|schemas| schemas.enumeration(kind));
                made.schemas.insert(kind.full_name().to_owned(), schema);
            }
        }
        made
    }

    /// Uses the maker of schemas with the names of these components.
    pub fn with_schemas<T>(&self, work: impl FnOnce(&Schemas<'_>) -> T) -> T {
        let name = |message: &MessageDescriptor, way| name(&self.split, message, way);
        work(&Schemas { comments: self.comments, name: &name })
    }

    /// Points at a message.
    pub fn message(&self, message: &MessageDescriptor, way: Direction) -> Value {
        reference(&name(&self.split, message, way))
    }

    /// Points at a request without the fields that the path carries.
    pub fn body(&mut self, message: &MessageDescriptor, path_fields: &[String]) -> Value {
        if path_fields.is_empty() {
            return self.message(message, Direction::Request);
        }
        let schema = self.with_schemas(|schemas| schemas.message(message, Direction::Request, path_fields));
        let mut name = format!("{}{BODY_SUFFIX}", message.full_name());
        // Another path may carry other fields of the same message.
        while self.schemas.get(&name).is_some_and(|other| *other != schema) {
            name.push('_');
        }
        self.schemas.insert(name.clone(), schema);
        reference(&name)
    }

    /// The `components` of the document.
    pub fn finish(mut self) -> Value {
        self.schemas.insert(problem::NAME.to_owned(), problem::schema());
        json!({
            "schemas": self.schemas,
            "parameters": { parameters::IDEMPOTENCY_KEY: parameters::idempotency_key() },
            "responses": problem::common_responses(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The `access_token` of a session: sign in with `POST /v1/sessions`.",
                },
            },
        })
    }
}

fn name(split: &BTreeSet<String>, message: &MessageDescriptor, way: Direction) -> String {
    let name = message.full_name();
    match way {
        Direction::Request if split.contains(name) => format!("{name}{REQUEST_SUFFIX}"),
        _ => name.to_owned(),
    }
}

/// The messages that need a schema for each way, being unlike themselves or by what they hold.
fn split(comments: &Comments, requests: &Reached, answers: &Reached) -> BTreeSet<String> {
    let shared: Vec<_> =
        requests.messages.values().filter(|m| answers.messages.contains_key(m.full_name())).collect();
    let mut split = BTreeSet::new();
    loop {
        let unlike = |message: &&&MessageDescriptor| {
            let name = |message: &MessageDescriptor, way| name(&split, message, way);
            let schemas = Schemas { comments, name: &name };
            !split.contains(message.full_name())
                && schemas.message(message, Direction::Request, &[])
                    != schemas.message(message, Direction::Answer, &[])
        };
        let found: Vec<_> = shared.iter().filter(unlike).map(|m| m.full_name().to_owned()).collect();
        if found.is_empty() {
            return split;
        }
        split.extend(found);
    }
}

/// Messages and enums on the way from some messages, by name.
#[derive(Default)]
struct Reached {
    messages: BTreeMap<String, MessageDescriptor>,
    enums: BTreeMap<String, EnumDescriptor>,
}

impl Reached {
    fn message(&mut self, message: &MessageDescriptor) {
        if self.messages.insert(message.full_name().to_owned(), message.clone()).is_some() {
            return;
        }
        for field in message.fields() {
            match field.kind() {
                Kind::Message(entry) if field.is_map() => self.kind(&entry.map_entry_value_field().kind()),
                kind => self.kind(&kind),
            }
        }
    }

    fn kind(&mut self, kind: &Kind) {
        match kind {
            Kind::Message(message) => self.message(message),
            Kind::Enum(kind) => {
                self.enums.insert(kind.full_name().to_owned(), kind.clone());
            }
            _ => {}
        }
    }
}
