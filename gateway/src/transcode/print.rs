//! Single values of the wire format as JSON.

use std::io::Write;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;

use super::scalar::Scalar;
use super::to_json::comma;
use super::wire::{Cursor, Malformed, Raw, WireType};

/// The items of a list in one piece that began at `empty`.
pub fn put_packed(scalar: &Scalar, packed: &[u8], empty: usize, out: &mut Vec<u8>) -> Result<(), Malformed> {
    let mut cursor = Cursor::new(packed);
    while !cursor.is_empty() {
        let raw = match scalar.wire() {
            WireType::Varint => Raw::Varint(cursor.varint()?),
            WireType::Fixed64 => Raw::Fixed64(cursor.fixed64()?),
            WireType::Fixed32 => Raw::Fixed32(cursor.fixed32()?),
            WireType::Bytes => return Err(Malformed),
        };
        comma(out, empty);
        put_scalar(scalar, raw, out)?;
    }
    Ok(())
}

/// The key of a map's entry, which JSON wants as a text.
pub fn put_key(key: &Scalar, raw: Option<Raw<'_>>, out: &mut Vec<u8>) -> Result<(), Malformed> {
    if matches!(key, Scalar::String) {
        return match raw {
            Some(raw) => put_scalar(key, raw, out),
            None => {
                put_default(key, out);
                Ok(())
            }
        };
    }
    out.push(b'"');
    match raw {
        Some(raw) => put_scalar(key, raw, out)?,
        None => put_default(key, out),
    }
    out.push(b'"');
    Ok(())
}

/// The value a field has when it is not on the wire.
pub fn put_default(scalar: &Scalar, out: &mut Vec<u8>) {
    match scalar {
        Scalar::String | Scalar::Bytes => out.extend_from_slice(b"\"\""),
        Scalar::Bool => out.extend_from_slice(b"false"),
        Scalar::Double | Scalar::Float => out.extend_from_slice(b"0.0"),
        Scalar::Enum(values) => put_name(values.name(0), 0, out),
        _ => out.push(b'0'),
    }
}

/// A value.
pub fn put_scalar(scalar: &Scalar, raw: Raw<'_>, out: &mut Vec<u8>) -> Result<(), Malformed> {
    match (scalar, raw) {
        (Scalar::String, Raw::Bytes(bytes)) => {
            json(std::str::from_utf8(bytes).map_err(|_| Malformed)?, out);
        }
        (Scalar::Bytes, Raw::Bytes(bytes)) => {
            print(format_args!("\"{}\"", Base64Display::new(bytes, &STANDARD)), out);
        }
        (Scalar::Bool, Raw::Varint(value)) => json(&(value != 0), out),
        (Scalar::Int32 | Scalar::Int64, Raw::Varint(value)) => json(&signed(scalar, value), out),
        (Scalar::Uint32, Raw::Varint(value)) => json(&(value & u64::from(u32::MAX)), out),
        (Scalar::Uint64, Raw::Varint(value)) => json(&value, out),
        (Scalar::Sint32 | Scalar::Sint64, Raw::Varint(value)) => json(&unzigzag(value), out),
        (Scalar::Fixed64, Raw::Fixed64(value)) => json(&value, out),
        (Scalar::Sfixed64, Raw::Fixed64(value)) => json(&value.cast_signed(), out),
        (Scalar::Fixed32, Raw::Fixed32(value)) => json(&value, out),
        (Scalar::Sfixed32, Raw::Fixed32(value)) => json(&value.cast_signed(), out),
        (Scalar::Double, Raw::Fixed64(value)) => put_float(f64::from_bits(value), f64::from_bits(value), out),
        (Scalar::Float, Raw::Fixed32(value)) => {
            put_float(f32::from_bits(value).into(), f32::from_bits(value), out);
        }
        (Scalar::Enum(values), Raw::Varint(value)) => {
            let number = narrow(value);
            put_name(values.name(number), number, out);
        }
        _ => return Err(Malformed),
    }
    Ok(())
}

fn signed(scalar: &Scalar, value: u64) -> i64 {
    if matches!(scalar, Scalar::Int32) { narrow(value).into() } else { value.cast_signed() }
}

/// The low 32 bits: how protobuf reads a number that is too long.
#[allow(clippy::cast_possible_truncation, reason = "truncation is what the wire format asks for")]
fn narrow(value: u64) -> i32 {
    value as i32
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

fn put_name(name: Option<&str>, number: i32, out: &mut Vec<u8>) {
    match name {
        Some(name) => json(name, out),
        None => json(&number, out),
    }
}

fn put_float(wide: f64, number: impl serde::Serialize, out: &mut Vec<u8>) {
    if wide.is_finite() {
        json(&number, out);
    } else {
        let name = if wide.is_nan() {
            "NaN"
        } else if wide > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        json(name, out);
    }
}

fn json<T: serde::Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    // Numbers and texts always have a JSON form, and a vector takes all that is written.
    let _ = serde_json::to_writer(&mut *out, value);
}

fn print(text: std::fmt::Arguments<'_>, out: &mut Vec<u8>) {
    let _ = out.write_fmt(text);
}
