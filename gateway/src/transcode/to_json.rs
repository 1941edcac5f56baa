//! The wire format to JSON, in one pass.
//!
//! Names are those of the proto files, 64-bit integers are numbers (ids stay
//! below 2^53), enumerations are names, defaults are written. Fields come in
//! the order of their numbers and entries of maps in the order of their keys,
//! so that the same answer is always the same text.

use prost_reflect::{DynamicMessage, MessageDescriptor, SerializeOptions};

use super::print::{put_default, put_key, put_packed, put_scalar};
use super::scalar::Scalar;
use super::shape::{Count, Field, Kind, ShapeId, Shapes};
use super::wire::{Cursor, Malformed, Raw};

/// Messages in messages beyond this depth are refused, so that no answer can exhaust the stack.
const MAX_DEPTH: usize = 100;

/// Appends a message as JSON.
///
/// # Errors
/// A payload that is not protobuf, or not of this message.
pub fn write(shapes: &Shapes, id: ShapeId, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    Writer { shapes, out, found: Vec::new(), depth: 0 }.message(id, payload)
}

struct Writer<'s, 'p, 'o> {
    shapes: &'s Shapes,
    out: &'o mut Vec<u8>,
    /// Values of the message being written and, before them, of those that hold it.
    found: Vec<(usize, Raw<'p>)>,
    depth: usize,
}

impl<'p> Writer<'_, 'p, '_> {
    fn message(&mut self, id: ShapeId, payload: &'p [u8]) -> Result<(), Malformed> {
        let shapes = self.shapes;
        let shape = shapes.get(id);
        if let Some(descriptor) = &shape.foreign {
            return foreign(descriptor, payload, self.out);
        }
        if self.depth >= MAX_DEPTH {
            return Err(Malformed);
        }
        self.depth += 1;
        let base = self.found.len();
        self.collect(id, payload)?;
        let mut from = base;
        self.out.push(b'{');
        let empty = self.out.len();
        for (index, field) in shape.fields.iter().enumerate() {
            let to = from + self.found[from..].iter().take_while(|(found, _)| *found == index).count();
            if from == to && matches!(field.count, Count::Optional) {
                continue;
            }
            if self.out.len() > empty {
                self.out.push(b',');
            }
            self.out.push(b'"');
            self.out.extend_from_slice(field.name.as_bytes());
            self.out.extend_from_slice(b"\":");
            self.field(field, from, to)?;
            from = to;
        }
        self.out.push(b'}');
        self.found.truncate(base);
        self.depth -= 1;
        Ok(())
    }

    /// Finds the values of each field; they mostly come in order.
    fn collect(&mut self, id: ShapeId, payload: &'p [u8]) -> Result<(), Malformed> {
        let shape = self.shapes.get(id);
        let base = self.found.len();
        let mut cursor = Cursor::new(payload);
        let mut sorted = true;
        while !cursor.is_empty() {
            let (number, raw) = cursor.field()?;
            let Some(index) = shape.field_numbered(number) else { continue };
            self.drop_alternatives(base, &shape.fields, index);
            sorted &= self.found[base..].last().is_none_or(|(last, _)| *last <= index);
            self.found.push((index, raw));
        }
        if !sorted {
            self.found[base..].sort_by_key(|(index, _)| *index);
        }
        Ok(())
    }

    /// Of the fields of a `oneof` only the last on the wire stands.
    fn drop_alternatives(&mut self, base: usize, fields: &[Field], index: usize) {
        let Some(oneof) = fields[index].oneof else { return };
        let other = |(found, _): &(usize, Raw<'_>)| *found != index && fields[*found].oneof == Some(oneof);
        while let Some(position) = self.found[base..].iter().position(other) {
            self.found.remove(base + position);
        }
    }

    fn field(&mut self, field: &Field, from: usize, to: usize) -> Result<(), Malformed> {
        match &field.count {
            Count::One | Count::Optional => self.single(field, from, to),
            Count::List | Count::Packed => self.list(field, from, to),
            Count::Map(key) => self.map(field, key, from, to),
        }
    }

    fn single(&mut self, field: &Field, from: usize, to: usize) -> Result<(), Malformed> {
        match (&field.kind, to - from) {
            (Kind::Scalar(scalar), 0) => put_default(scalar, self.out),
            (Kind::Scalar(scalar), _) => put_scalar(scalar, self.found[to - 1].1, self.out)?,
            (Kind::Message(_), 0) => self.out.extend_from_slice(b"null"),
            (Kind::Message(id), 1) => self.message(*id, bytes_of(self.found[from].1)?)?,
            (Kind::Message(id), _) => {
                // Pieces of a message one after the other are the message.
                let mut whole = Vec::new();
                for (_, raw) in &self.found[from..to] {
                    whole.extend_from_slice(bytes_of(*raw)?);
                }
                let (shapes, depth) = (self.shapes, self.depth);
                Writer { shapes, out: self.out, found: Vec::new(), depth }.message(*id, &whole)?;
            }
        }
        Ok(())
    }

    fn list(&mut self, field: &Field, from: usize, to: usize) -> Result<(), Malformed> {
        self.out.push(b'[');
        let empty = self.out.len();
        for position in from..to {
            let raw = self.found[position].1;
            match &field.kind {
                Kind::Message(id) => {
                    comma(self.out, empty);
                    self.message(*id, bytes_of(raw)?)?;
                }
                Kind::Scalar(scalar) => match (raw, scalar) {
                    (Raw::Bytes(_), Scalar::String | Scalar::Bytes) => {
                        comma(self.out, empty);
                        put_scalar(scalar, raw, self.out)?;
                    }
                    (Raw::Bytes(packed), _) => put_packed(scalar, packed, empty, self.out)?,
                    _ => {
                        comma(self.out, empty);
                        put_scalar(scalar, raw, self.out)?;
                    }
                },
            }
        }
        self.out.push(b']');
        Ok(())
    }

    fn map(&mut self, field: &Field, key: &Scalar, from: usize, to: usize) -> Result<(), Malformed> {
        let mut entries = Vec::with_capacity(to - from);
        for (_, raw) in &self.found[from..to] {
            entries.push(entry(bytes_of(*raw)?)?);
        }
        entries.sort_by(|(a, _), (b, _)| order(*a).cmp(&order(*b)));
        self.out.push(b'{');
        let empty = self.out.len();
        for (name, value) in entries {
            comma(self.out, empty);
            put_key(key, name, self.out)?;
            self.out.push(b':');
            match (&field.kind, value) {
                (Kind::Scalar(scalar), None) => put_default(scalar, self.out),
                (Kind::Scalar(scalar), Some(raw)) => put_scalar(scalar, raw, self.out)?,
                (Kind::Message(id), None) => self.message(*id, &[])?,
                (Kind::Message(id), Some(raw)) => self.message(*id, bytes_of(raw)?)?,
            }
        }
        self.out.push(b'}');
        Ok(())
    }
}

type Entry<'p> = (Option<Raw<'p>>, Option<Raw<'p>>);

fn entry(payload: &[u8]) -> Result<Entry<'_>, Malformed> {
    let (mut key, mut value) = (None, None);
    let mut cursor = Cursor::new(payload);
    while !cursor.is_empty() {
        match cursor.field()? {
            (1, raw) => key = Some(raw),
            (2, raw) => value = Some(raw),
            _ => {}
        }
    }
    Ok((key, value))
}

fn order(key: Option<Raw<'_>>) -> (u64, &[u8]) {
    match key {
        None => (0, &[]),
        Some(Raw::Varint(number) | Raw::Fixed64(number)) => (number, &[]),
        Some(Raw::Fixed32(number)) => (number.into(), &[]),
        Some(Raw::Bytes(bytes)) => (0, bytes),
    }
}

/// A comma before every item but the first of what began at `empty`.
pub(super) fn comma(out: &mut Vec<u8>, empty: usize) {
    if out.len() > empty {
        out.push(b',');
    }
}

fn bytes_of(raw: Raw<'_>) -> Result<&[u8], Malformed> {
    match raw {
        Raw::Bytes(bytes) => Ok(bytes),
        _ => Err(Malformed),
    }
}

fn foreign(descriptor: &MessageDescriptor, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let message = DynamicMessage::decode(descriptor.clone(), payload).map_err(|_| Malformed)?;
    let options = SerializeOptions::new()
        .stringify_64_bit_integers(false)
        .use_proto_field_name(true)
        .skip_default_fields(false);
    let mut serializer = serde_json::Serializer::new(out);
    message.serialize_with_options(&mut serializer, &options).map_err(|_| Malformed)
}
