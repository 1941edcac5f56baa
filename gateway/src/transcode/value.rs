//! The values in a JSON object, each read for its field.

use std::fmt;

use prost::Message as _;
use prost_reflect::{DeserializeOptions, DynamicMessage};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::fault::{Fault, shortened};
use super::flaw::Flaw;
use super::from_json::{Message, Reader, nested};
use super::scalar::{Given, Scalar};
use super::shape::{Count, Field, Kind, ShapeId};
use super::wire;

/// Number of the key in the entry of a map.
const MAP_KEY: u32 = 1;
/// Number of the value in the entry of a map.
const MAP_VALUE: u32 = 2;

/// Which value of the field is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// All that the object holds under the field's name.
    Whole,
    /// An item of a list.
    Item,
    /// An item of a list in one piece.
    PackedItem,
    /// The value of a map's entry.
    Entry,
}

/// Reads a value.
pub(super) struct Value<'r, 's, 'o> {
    reader: &'r mut Reader<'s, 'o>,
    field: &'s Field,
    part: Part,
}

impl<'r, 's, 'o> Value<'r, 's, 'o> {
    /// Reads all that an object holds under the field's name.
    pub fn whole(reader: &'r mut Reader<'s, 'o>, field: &'s Field) -> Self {
        Self { reader, field, part: Part::Whole }
    }

    fn wrong<E: Error>(self, flaw: Flaw) -> E {
        self.reader.refuse(Fault::invalid("", flaw))
    }

    /// What the field takes, where it was given something else.
    fn mistaken<E: Error>(self) -> E {
        let takes = match (self.part, &self.field.count, &self.field.kind) {
            (Part::Whole, Count::List | Count::Packed, _) => Flaw::List,
            (Part::Whole, Count::Map(_), _) | (_, _, Kind::Message(_)) => Flaw::Object,
            (_, _, Kind::Scalar(Scalar::Bool)) => Flaw::Bool,
            (_, _, Kind::Scalar(Scalar::String)) => Flaw::Text,
            (_, _, Kind::Scalar(Scalar::Bytes)) => Flaw::Base64,
            (_, _, Kind::Scalar(Scalar::Enum(_))) => Flaw::Name,
            (_, _, Kind::Scalar(Scalar::Double | Scalar::Float)) => Flaw::Number,
            (_, _, Kind::Scalar(_)) => Flaw::Integer,
        };
        self.wrong(takes)
    }

    fn takes_single(&self) -> bool {
        self.part != Part::Whole || self.field.is_single()
    }

    fn key(&self) -> Option<u64> {
        match self.part {
            Part::Whole | Part::Item => Some(self.field.key()),
            Part::PackedItem => None,
            Part::Entry => Some(match &self.field.kind {
                Kind::Scalar(scalar) => wire::key(MAP_VALUE, scalar.wire()),
                Kind::Message(_) => wire::key(MAP_VALUE, wire::WireType::Bytes),
            }),
        }
    }

    fn scalar<E: Error>(self, given: Given<'_>) -> Result<(), E> {
        let (true, Kind::Scalar(scalar)) = (self.takes_single(), &self.field.kind) else {
            return Err(self.mistaken());
        };
        let start = self.reader.out.len();
        if let Some(key) = self.key() {
            wire::put_varint(self.reader.out, key);
        }
        match scalar.put(self.reader.out, given) {
            Ok(is_default) => {
                if is_default && self.part == Part::Whole && matches!(self.field.count, Count::One) {
                    self.reader.out.truncate(start);
                }
                Ok(())
            }
            Err(flaw) => Err(self.wrong(flaw)),
        }
    }

    fn message<'de, D: Deserializer<'de>>(self, id: ShapeId, deserializer: D) -> Result<(), D::Error> {
        if let Some(key) = self.key() {
            wire::put_varint(self.reader.out, key);
        }
        let start = self.reader.out.len();
        foreign(self.reader, id, deserializer)?;
        wire::close_length(self.reader.out, start);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match &self.field.kind {
            Kind::Message(id) if self.takes_single() => match &self.reader.shapes.get(*id).foreign {
                None => deserializer.deserialize_any(self),
                // Its JSON may be `null`, which says something.
                Some(descriptor) if descriptor.full_name() == "google.protobuf.Value" => {
                    self.message(*id, deserializer)
                }
                Some(_) if self.part == Part::Whole => deserializer.deserialize_option(self),
                Some(_) => self.message(*id, deserializer),
            },
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Value<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value for {}", self.field.name)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.scalar(Given::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.scalar(Given::Integer(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.scalar(Given::Integer(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.scalar(Given::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.scalar(Given::Text(value))
    }

    /// `null`: as if the field were not named.
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        if self.part == Part::Whole { Ok(()) } else { Err(self.wrong(Flaw::Null)) }
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.field.kind {
            Kind::Message(id) => self.message(id, deserializer),
            Kind::Scalar(_) => Err(self.mistaken()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        match (self.part, &self.field.count) {
            (Part::Whole, Count::List) => items(self.reader, self.field, Part::Item, seq),
            (Part::Whole, Count::Packed) => {
                let before = self.reader.out.len();
                let mut start = before;
                nested(self.reader, self.field, |reader| {
                    start = reader.out.len();
                    items(reader, self.field, Part::PackedItem, seq)
                })?;
                // An empty list is not sent: its length is the one byte after the key.
                if self.reader.out.len() == start + 1 {
                    self.reader.out.truncate(before);
                }
                Ok(())
            }
            _ => Err(self.mistaken()),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        match (self.part, &self.field.count, &self.field.kind) {
            (Part::Whole, Count::Map(key), _) => entries(self.reader, self.field, key, map),
            (Part::Whole, Count::List | Count::Packed, _) | (_, _, Kind::Scalar(_)) => Err(self.mistaken()),
            (_, _, Kind::Message(id)) => {
                if let Some(key) = self.key() {
                    wire::put_varint(self.reader.out, key);
                }
                let start = self.reader.out.len();
                Message { reader: self.reader, id: *id, bound: &[] }.visit_map(map)?;
                wire::close_length(self.reader.out, start);
                Ok(())
            }
        }
    }
}

fn items<'s, 'de, A: SeqAccess<'de>>(
    reader: &mut Reader<'s, '_>,
    field: &'s Field,
    part: Part,
    mut seq: A,
) -> Result<(), A::Error> {
    for index in 0_usize.. {
        match seq.next_element_seed(Value { reader, field, part }) {
            Ok(Some(())) => {}
            Ok(None) => break,
            Err(error) => {
                reader.locate(&format!("[{index}]"));
                return Err(error);
            }
        }
    }
    Ok(())
}

fn entries<'s, 'de, A: MapAccess<'de>>(
    reader: &mut Reader<'s, '_>,
    field: &'s Field,
    key: &Scalar,
    mut map: A,
) -> Result<(), A::Error> {
    while let Some(name) = map.next_key_seed(EntryKey)? {
        let place = || format!("[{}]", shortened(&name));
        nested(reader, field, |reader| {
            wire::put_varint(reader.out, wire::key(MAP_KEY, key.wire()));
            if let Err(flaw) = key.put(reader.out, Given::Bare(&name)) {
                return Err(reader.refuse(Fault::invalid(place(), Flaw::Key(Box::new(flaw)))));
            }
            map.next_value_seed(Value { reader, field, part: Part::Entry })
                .inspect_err(|_| reader.locate(&place()))
        })?;
    }
    Ok(())
}

/// The key of a map's entry, borrowed where the JSON has it without escapes.
struct EntryKey;

impl<'de> DeserializeSeed<'de> for EntryKey {
    type Value = std::borrow::Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for EntryKey {
    type Value = std::borrow::Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the key of an entry")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(key.into())
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(key.to_owned().into())
    }
}

/// Reads a message whose JSON is its own, with `prost-reflect`.
pub(super) fn foreign<'de, D: Deserializer<'de>>(
    reader: &mut Reader<'_, '_>,
    id: ShapeId,
    deserializer: D,
) -> Result<(), D::Error> {
    let Some(descriptor) = reader.shapes.get(id).foreign.clone() else {
        return Message { reader, id, bound: &[] }.deserialize(deserializer);
    };
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    match DynamicMessage::deserialize_with_options(descriptor, deserializer, &options) {
        Ok(message) => {
            reader.out.extend_from_slice(&message.encode_to_vec());
            Ok(())
        }
        Err(error) => {
            reader.fault = Some(Fault::invalid("", Flaw::Malformed(error.to_string())));
            Err(error)
        }
    }
}
