//! Messages as transcoding wants them: compiled once from the descriptors.

use std::collections::HashMap;

use prost_reflect::{Cardinality, DescriptorPool, FieldDescriptor, MessageDescriptor, Syntax};

use super::scalar::{Enumeration, Scalar};
use super::wire::{self, WireType};

/// Index of a message in [`Shapes`].
pub type ShapeId = usize;

/// Every message of a set of proto files.
#[derive(Debug)]
pub struct Shapes {
    all: Vec<Shape>,
    ids: HashMap<String, ShapeId>,
}

/// A message.
#[derive(Debug)]
pub struct Shape {
    /// By number, rising.
    pub fields: Vec<Field>,
    /// Set where the message's JSON is not an object of its fields (or where
    /// it is proto2): such messages are left to `prost-reflect`.
    pub foreign: Option<MessageDescriptor>,
    /// Whether it is `google.api.HttpBody`: bytes passed on as they are.
    pub http_body: bool,
}

/// A field of a message.
#[derive(Debug)]
pub struct Field {
    /// Name in the proto file, used in answers.
    pub name: String,
    /// The lowerCamelCase name, also taken in requests.
    pub json_name: String,
    /// Number on the wire.
    pub number: u32,
    /// What one value is.
    pub kind: Kind,
    /// How many values.
    pub count: Count,
    /// Which `oneof` it belongs to, counted in the message.
    pub oneof: Option<u8>,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A number, text, bytes, a boolean or an enumeration.
    Scalar(Scalar),
    /// Another message.
    Message(ShapeId),
}

/// How many values a field has.
#[derive(Debug)]
pub enum Count {
    /// One, the default where it is not given.
    One,
    /// One or none.
    Optional,
    /// A list without packing.
    List,
    /// A list of numbers in one piece.
    Packed,
    /// A map with keys of this kind; the field's kind is the value's.
    Map(Scalar),
}

impl Shapes {
    /// Compiles all messages of a pool.
    #[must_use]
    pub fn compile(pool: &DescriptorPool) -> Self {
        let ids = pool.all_messages().enumerate().map(|(id, m)| (m.full_name().to_owned(), id)).collect();
        let enumerations = pool.all_enums().map(|e| (e.full_name().to_owned(), Enumeration::new(&e)));
        let known = Known { ids, enumerations: enumerations.collect() };
        let all = pool.all_messages().map(|message| known.shape(&message)).collect();
        Self { all, ids: known.ids }
    }

    /// The id of a message by its full name.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<ShapeId> {
        self.ids.get(name).copied()
    }

    /// A message.
    #[must_use]
    pub fn get(&self, id: ShapeId) -> &Shape {
        &self.all[id]
    }
}

impl Shape {
    /// Index of a field by either of its names.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<usize> {
        // Few fields, different lengths: looking at each is faster than hashing.
        self.fields.iter().position(|field| field.name == name || field.json_name == name)
    }

    /// Index of a field by its number.
    #[must_use]
    pub fn field_numbered(&self, number: u32) -> Option<usize> {
        // Numbers mostly rise without gaps from 1.
        let guess = (number as usize).wrapping_sub(1);
        if self.fields.get(guess).is_some_and(|field| field.number == number) {
            return Some(guess);
        }
        self.fields.binary_search_by_key(&number, |field| field.number).ok()
    }
}

impl Field {
    /// The key before a single value.
    #[must_use]
    pub fn key(&self) -> u64 {
        match &self.kind {
            Kind::Scalar(scalar) => wire::key(self.number, scalar.wire()),
            Kind::Message(_) => self.bytes_key(),
        }
    }

    /// The key before a length.
    #[must_use]
    pub fn bytes_key(&self) -> u64 {
        wire::key(self.number, WireType::Bytes)
    }

    /// Whether it has one value at most.
    #[must_use]
    pub fn is_single(&self) -> bool {
        matches!(self.count, Count::One | Count::Optional)
    }
}

struct Known {
    ids: HashMap<String, ShapeId>,
    enumerations: HashMap<String, std::sync::Arc<Enumeration>>,
}

impl Known {
    fn shape(&self, message: &MessageDescriptor) -> Shape {
        let foreign = is_foreign(message);
        let fields = if foreign {
            Vec::new()
        } else {
            message.fields().filter_map(|field| self.field(message, &field)).collect()
        };
        let http_body = message.full_name() == "google.api.HttpBody";
        Shape { fields, foreign: foreign.then(|| message.clone()), http_body }
    }

    /// Nothing where a type is missing, which a pool rules out.
    fn field(&self, message: &MessageDescriptor, field: &FieldDescriptor) -> Option<Field> {
        let value =
            if field.is_map() { field.kind().as_message()?.map_entry_value_field() } else { field.clone() };
        let oneof = field.containing_oneof();
        let oneof = oneof.and_then(|oneof| message.oneofs().position(|other| other == oneof));
        Some(Field {
            name: field.name().to_owned(),
            json_name: field.json_name().to_owned(),
            number: field.number(),
            kind: self.kind(&value.kind())?,
            count: self.count(field)?,
            oneof: oneof.and_then(|index| u8::try_from(index).ok()),
        })
    }

    fn count(&self, field: &FieldDescriptor) -> Option<Count> {
        if field.is_map() {
            let key = field.kind().as_message()?.map_entry_key_field();
            let Kind::Scalar(key) = self.kind(&key.kind())? else { return None };
            return Some(Count::Map(key));
        }
        Some(match field.cardinality() {
            Cardinality::Repeated if field.is_packed() => Count::Packed,
            Cardinality::Repeated => Count::List,
            _ if field.supports_presence() => Count::Optional,
            _ => Count::One,
        })
    }

    fn kind(&self, kind: &prost_reflect::Kind) -> Option<Kind> {
        if let prost_reflect::Kind::Message(message) = kind {
            return self.ids.get(message.full_name()).copied().map(Kind::Message);
        }
        if let prost_reflect::Kind::Enum(enumeration) = kind {
            let values = self.enumerations.get(enumeration.full_name())?;
            return Some(Kind::Scalar(Scalar::Enum(values.clone())));
        }
        Scalar::of(kind).map(Kind::Scalar)
    }
}

fn is_foreign(message: &MessageDescriptor) -> bool {
    message.package_name() == "google.protobuf" || message.parent_file().syntax() != Syntax::Proto3
}
