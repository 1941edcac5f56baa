//! JSON to the wire format, in one pass.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::fault::{Fault, shortened};
use super::flaw::Flaw;
use super::shape::{Field, Shape, ShapeId, Shapes};
use super::value::Value;
use super::wire;

/// A field that the path gives: its index and how it stands on the wire.
pub type Bound = (usize, Vec<u8>);

/// Reads a JSON object as a message and appends it in the wire format.
///
/// A field in `bound` may be named in the body only with the path's value.
///
/// # Errors
/// What is wrong with the content.
pub fn read(
    shapes: &Shapes,
    id: ShapeId,
    bound: &[Bound],
    json: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    let mut reader = Reader { shapes, out, fault: None };
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let seed = Message { reader: &mut reader, id, bound };
    let outcome = seed.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    match outcome {
        Ok(()) => Ok(()),
        Err(error) => Err(reader.fault.take().unwrap_or_else(|| Fault::Json(error.to_string()))),
    }
}

/// Reads JSON as the value of one field and appends it in the wire format.
///
/// # Errors
/// What is wrong with the content.
pub fn read_field(shapes: &Shapes, field: &Field, json: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
    let mut reader = Reader { shapes, out, fault: None };
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let seed = Value::whole(&mut reader, field);
    match seed.deserialize(&mut deserializer).and_then(|()| deserializer.end()) {
        Ok(()) => Ok(()),
        Err(error) => match reader.fault.take() {
            Some(fault) => Err(fault.inside(&field.name)),
            None => Err(Fault::Json(error.to_string())),
        },
    }
}

/// Where the wire format goes and what went wrong.
pub(super) struct Reader<'s, 'o> {
    pub shapes: &'s Shapes,
    pub out: &'o mut Vec<u8>,
    pub fault: Option<Fault>,
}

impl Reader<'_, '_> {
    /// Remembers what is wrong; the error only ends the parsing.
    pub fn refuse<E: Error>(&mut self, fault: Fault) -> E {
        self.fault = Some(fault);
        E::custom("")
    }

    /// Adds where it happened to what is wrong, if it is about a field at all.
    pub fn locate(&mut self, place: &str) {
        self.fault = self.fault.take().map(|fault| fault.inside(place));
    }
}

/// Reads an object.
pub(super) struct Message<'r, 's, 'o> {
    pub reader: &'r mut Reader<'s, 'o>,
    pub id: ShapeId,
    pub bound: &'r [Bound],
}

impl<'de> DeserializeSeed<'de> for Message<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let shapes = self.reader.shapes;
        if shapes.get(self.id).foreign.is_some() {
            return super::value::foreign(self.reader, self.id, deserializer);
        }
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Message<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { reader, id, bound } = self;
        let shapes = reader.shapes;
        let shape = shapes.get(id);
        let mut seen = Seen::default();
        while let Some(found) = map.next_key_seed(Key(shape))? {
            let index = match found {
                Ok(index) => index,
                Err(name) => return Err(reader.refuse(Fault::Unknown(name))),
            };
            let field = &shape.fields[index];
            let start = reader.out.len();
            if let Err(error) = map.next_value_seed(Value::whole(reader, field)) {
                reader.locate(&field.name);
                return Err(error);
            }
            let given = reader.out.len() > start;
            if !seen.first(index, field.oneof.filter(|_| given)) {
                return Err(reader.refuse(Fault::invalid(&field.name, Flaw::RepeatedOrBeside)));
            }
            if let Some((_, path)) = bound.iter().find(|(bound, _)| *bound == index) {
                if given && reader.out[start..] != path[..] {
                    return Err(reader.refuse(Fault::invalid(&field.name, Flaw::UnlikePath)));
                }
                reader.out.truncate(start);
            }
        }
        Ok(())
    }
}

/// Fields and alternatives that have been given. A field beyond the 128th is
/// not watched: a repeated one then counts as its last value.
#[derive(Default)]
struct Seen {
    fields: u128,
    oneofs: u128,
}

impl Seen {
    fn first(&mut self, index: usize, oneof: Option<u8>) -> bool {
        let field_new = mark(&mut self.fields, index);
        let oneof_new = oneof.is_none_or(|oneof| mark(&mut self.oneofs, oneof.into()));
        field_new && oneof_new
    }
}

fn mark(seen: &mut u128, index: usize) -> bool {
    let bit = u32::try_from(index).ok().and_then(|index| 1_u128.checked_shl(index)).unwrap_or(0);
    let new = *seen & bit == 0;
    *seen |= bit;
    new
}

/// Finds the field a key names, or gives the key back.
struct Key<'s>(&'s Shape);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Result<usize, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Result<usize, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.field(name).ok_or_else(|| shortened(name)))
    }
}

/// Appends an object as the value of `field`.
pub(super) fn nested<'s, 'o, E>(
    reader: &mut Reader<'s, 'o>,
    field: &Field,
    fill: impl FnOnce(&mut Reader<'s, 'o>) -> Result<(), E>,
) -> Result<(), E> {
    wire::put_varint(reader.out, field.bytes_key());
    let start = reader.out.len();
    fill(reader)?;
    wire::close_length(reader.out, start);
    Ok(())
}
