//! The protobuf wire format, as far as transcoding needs it.
//!
//! <https://protobuf.dev/programming-guides/encoding/>

/// A payload that is not protobuf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message is not valid protobuf")]
pub struct Malformed;

/// Longest varint, bytes.
const MAX_VARINT: usize = 10;

/// How a value stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireType {
    /// A variable number of bytes.
    Varint = 0,
    /// Eight bytes.
    Fixed64 = 1,
    /// Length and bytes.
    Bytes = 2,
    /// Four bytes.
    Fixed32 = 5,
}

/// A value as it stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raw<'a> {
    /// Integers, booleans, enumerations.
    Varint(u64),
    /// `fixed64`, `sfixed64`, `double`.
    Fixed64(u64),
    /// `fixed32`, `sfixed32`, `float`.
    Fixed32(u32),
    /// Strings, bytes, messages, packed lists.
    Bytes(&'a [u8]),
}

/// Appends a varint.
pub fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(low_byte(value) | 0x80);
        value >>= 7;
    }
    out.push(low_byte(value));
}

fn low_byte(value: u64) -> u8 {
    (value & 0x7f).to_le_bytes()[0]
}

/// The key of a field: number and wire type.
pub fn key(number: u32, wire: WireType) -> u64 {
    u64::from(number) << 3 | wire as u64
}

/// Appends a length and bytes.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Puts the length of everything after `start` before it.
pub fn close_length(out: &mut Vec<u8>, start: usize) {
    let end = out.len();
    put_varint(out, (end - start) as u64);
    let added = out.len() - end;
    out[start..].rotate_right(added);
}

/// Reads fields of a payload one after the other.
pub struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    /// Reads from the beginning.
    pub fn new(payload: &'a [u8]) -> Self {
        Self(payload)
    }

    /// Whether all is read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next field's number and value.
    pub fn field(&mut self) -> Result<(u32, Raw<'a>), Malformed> {
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).map_err(|_| Malformed)?;
        let raw = match key & 7 {
            0 => Raw::Varint(self.varint()?),
            1 => Raw::Fixed64(self.fixed64()?),
            2 => Raw::Bytes(self.bytes()?),
            5 => Raw::Fixed32(self.fixed32()?),
            _ => return Err(Malformed),
        };
        Ok((number, raw))
    }

    /// A varint.
    pub fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0_u64;
        for (index, byte) in self.0.iter().take(MAX_VARINT).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.0 = &self.0[index + 1..];
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    /// Eight bytes, the lowest first.
    pub fn fixed64(&mut self) -> Result<u64, Malformed> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*bytes))
    }

    /// Four bytes, the lowest first.
    pub fn fixed32(&mut self) -> Result<u32, Malformed> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*bytes))
    }

    fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let length = usize::try_from(self.varint()?).map_err(|_| Malformed)?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_survive_there_and_back() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            put_varint(&mut out, value);
            assert_eq!(Cursor::new(&out).varint(), Ok(value));
        }
    }

    #[test]
    fn a_length_goes_before_what_it_measures() {
        let mut out = b"key".to_vec();
        out.extend_from_slice(&[b'x'; 200]);
        close_length(&mut out, 3);
        assert_eq!(&out[..5], [b'k', b'e', b'y', 0xc8, 0x01]);
        assert_eq!(out.len(), 205);
    }

    #[test]
    fn what_ends_too_early_is_malformed() {
        for payload in [&[0x80][..], &[0x0a, 0x05, 1], &[0x09, 1, 2], &[0x0d, 1], &[0x0b], &[0xff; 11]] {
            assert_eq!(Cursor::new(payload).field(), Err(Malformed), "{payload:?}");
        }
    }
}
