//! `google.api.HttpBody`: content passed on as the bytes it is.

use super::shape::Field;
use super::wire::{self, Cursor, Malformed, Raw, WireType};

/// Number of `content_type`.
const CONTENT_TYPE: u32 = 1;
/// Number of `data`.
const DATA: u32 = 2;

/// Appends a field of this type.
pub fn put_http_body(field: &Field, content_type: &str, data: &[u8], out: &mut Vec<u8>) {
    wire::put_varint(out, field.bytes_key());
    let start = out.len();
    for (number, bytes) in [(CONTENT_TYPE, content_type.as_bytes()), (DATA, data)] {
        wire::put_varint(out, wire::key(number, WireType::Bytes));
        wire::put_bytes(out, bytes);
    }
    wire::close_length(out, start);
}

/// Media type and data of a message of this type.
///
/// # Errors
/// A payload that is not protobuf.
pub fn take_http_body(payload: &[u8]) -> Result<(&str, &[u8]), Malformed> {
    let (mut content_type, mut data) = ("", &[][..]);
    let mut cursor = Cursor::new(payload);
    while !cursor.is_empty() {
        match cursor.field()? {
            (CONTENT_TYPE, Raw::Bytes(bytes)) => {
                content_type = std::str::from_utf8(bytes).map_err(|_| Malformed)?;
            }
            (DATA, Raw::Bytes(bytes)) => data = bytes,
            _ => {}
        }
    }
    Ok((content_type, data))
}
