//! Single values: what JSON and texts may say, and how it goes on the wire.

use std::sync::Arc;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, GeneralPurpose as Base64};
use prost_reflect::EnumDescriptor;

use super::flaw::Flaw;
use super::wire::{WireType, put_bytes, put_varint};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: Base64 = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: Base64 = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// 2^63: every whole `f64` below it in size is exact as an `i128`.
const EXACT: f64 = 9_223_372_036_854_775_808.0;

/// Type of a single value.
#[derive(Debug, Clone)]
pub enum Scalar {
    /// `double`.
    Double,
    /// `float`.
    Float,
    /// `int32`.
    Int32,
    /// `int64`.
    Int64,
    /// `uint32`.
    Uint32,
    /// `uint64`.
    Uint64,
    /// `sint32`.
    Sint32,
    /// `sint64`.
    Sint64,
    /// `fixed32`.
    Fixed32,
    /// `fixed64`.
    Fixed64,
    /// `sfixed32`.
    Sfixed32,
    /// `sfixed64`.
    Sfixed64,
    /// `bool`.
    Bool,
    /// `string`.
    String,
    /// `bytes`.
    Bytes,
    /// An enumeration.
    Enum(Arc<Enumeration>),
}

/// Names and numbers of an enumeration.
#[derive(Debug)]
pub struct Enumeration {
    /// By number, the first name of each.
    names: Vec<(i32, String)>,
    /// All names.
    values: Vec<(String, i32)>,
}

impl Enumeration {
    /// Compiles a descriptor.
    #[must_use]
    pub fn new(descriptor: &EnumDescriptor) -> Arc<Self> {
        let values: Vec<_> =
            descriptor.values().map(|value| (value.name().to_owned(), value.number())).collect();
        let mut names: Vec<_> = values.iter().map(|(name, number)| (*number, name.clone())).collect();
        names.sort_by_key(|(number, _)| *number);
        names.dedup_by_key(|(number, _)| *number);
        Arc::new(Self { names, values })
    }

    /// The name of a number.
    #[must_use]
    pub fn name(&self, number: i32) -> Option<&str> {
        let index = self.names.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        Some(&self.names[index].1)
    }

    fn number(&self, name: &str) -> Option<i32> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
    }
}

/// A value as it was given.
#[derive(Debug, Clone, Copy)]
pub enum Given<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// Text in JSON.
    Text(&'a str),
    /// Text where everything is text: a path, a query, the key of a map.
    Bare(&'a str),
}

impl<'a> Given<'a> {
    fn text(self) -> Option<&'a str> {
        match self {
            Given::Text(text) | Given::Bare(text) => Some(text),
            _ => None,
        }
    }

    fn integer(self) -> Option<i128> {
        match self {
            Given::Integer(number) => Some(number),
            // Comparison first: it is false for NaN and the infinities.
            #[allow(clippy::cast_possible_truncation, reason = "whole and in range, so exact")]
            Given::Float(number) if number.abs() <= EXACT && number.fract() == 0.0 => Some(number as i128),
            Given::Text(text) | Given::Bare(text) => text.parse().ok(),
            Given::Float(_) | Given::Bool(_) => None,
        }
    }

    fn float(self) -> Option<f64> {
        match self {
            #[allow(clippy::cast_precision_loss, reason = "the nearest number is what is asked for")]
            Given::Integer(number) => Some(number as f64),
            Given::Float(number) => Some(number),
            Given::Text("NaN") | Given::Bare("NaN") => Some(f64::NAN),
            Given::Text("Infinity") | Given::Bare("Infinity") => Some(f64::INFINITY),
            Given::Text("-Infinity") | Given::Bare("-Infinity") => Some(f64::NEG_INFINITY),
            Given::Text(text) | Given::Bare(text) => {
                text.parse().ok().filter(|number: &f64| number.is_finite())
            }
            Given::Bool(_) => None,
        }
    }
}

impl Scalar {
    /// The type of a field that is neither message nor enumeration.
    #[must_use]
    pub fn of(kind: &prost_reflect::Kind) -> Option<Self> {
        use prost_reflect::Kind as K;
        Some(match kind {
            K::Double => Self::Double,
            K::Float => Self::Float,
            K::Int32 => Self::Int32,
            K::Int64 => Self::Int64,
            K::Uint32 => Self::Uint32,
            K::Uint64 => Self::Uint64,
            K::Sint32 => Self::Sint32,
            K::Sint64 => Self::Sint64,
            K::Fixed32 => Self::Fixed32,
            K::Fixed64 => Self::Fixed64,
            K::Sfixed32 => Self::Sfixed32,
            K::Sfixed64 => Self::Sfixed64,
            K::Bool => Self::Bool,
            K::String => Self::String,
            K::Bytes => Self::Bytes,
            K::Message(_) | K::Enum(_) => return None,
        })
    }

    /// How it stands on the wire.
    #[must_use]
    pub fn wire(&self) -> WireType {
        match self {
            Self::Double | Self::Fixed64 | Self::Sfixed64 => WireType::Fixed64,
            Self::Float | Self::Fixed32 | Self::Sfixed32 => WireType::Fixed32,
            Self::String | Self::Bytes => WireType::Bytes,
            _ => WireType::Varint,
        }
    }

    /// Appends a value. Says whether it is the default, which need not be sent.
    ///
    /// # Errors
    /// What is wrong with the value.
    pub fn put(&self, out: &mut Vec<u8>, given: Given<'_>) -> Result<bool, Flaw> {
        match self {
            Self::Bool => put_bool(out, given),
            Self::String => put_text(out, given),
            Self::Bytes => put_base64(out, given),
            Self::Double | Self::Float => self.put_float(out, given),
            Self::Enum(values) => put_enum(out, given, values),
            _ => self.put_integer(out, given),
        }
    }

    fn put_integer(&self, out: &mut Vec<u8>, given: Given<'_>) -> Result<bool, Flaw> {
        let number = given.integer().ok_or(Flaw::Integer)?;
        let small = || i32::try_from(number).map_err(|_| Flaw::OutOfRange);
        let wide = || i64::try_from(number).map_err(|_| Flaw::OutOfRange);
        match self {
            Self::Int32 => put_varint(out, i64::from(small()?).cast_unsigned()),
            Self::Sint32 => put_varint(out, zigzag(i64::from(small()?))),
            Self::Sfixed32 => out.extend_from_slice(&small()?.to_le_bytes()),
            Self::Sint64 => put_varint(out, zigzag(wide()?)),
            Self::Sfixed64 => out.extend_from_slice(&wide()?.to_le_bytes()),
            Self::Uint32 => put_varint(out, u32::try_from(number).map_err(|_| Flaw::OutOfRange)?.into()),
            Self::Fixed32 => {
                out.extend_from_slice(&u32::try_from(number).map_err(|_| Flaw::OutOfRange)?.to_le_bytes());
            }
            Self::Uint64 => put_varint(out, u64::try_from(number).map_err(|_| Flaw::OutOfRange)?),
            Self::Fixed64 => {
                out.extend_from_slice(&u64::try_from(number).map_err(|_| Flaw::OutOfRange)?.to_le_bytes());
            }
            _ => put_varint(out, wide()?.cast_unsigned()),
        }
        Ok(number == 0)
    }

    fn put_float(&self, out: &mut Vec<u8>, given: Given<'_>) -> Result<bool, Flaw> {
        let number = given.float().ok_or(Flaw::Number)?;
        if matches!(self, Self::Float) {
            #[allow(clippy::cast_possible_truncation, reason = "checked on the next line")]
            let narrow = number as f32;
            if narrow.is_infinite() && number.is_finite() {
                return Err(Flaw::OutOfRange);
            }
            out.extend_from_slice(&narrow.to_le_bytes());
            Ok(narrow.to_bits() == 0)
        } else {
            out.extend_from_slice(&number.to_le_bytes());
            Ok(number.to_bits() == 0)
        }
    }
}

/// Signed numbers so that small ones stay short.
fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn put_bool(out: &mut Vec<u8>, given: Given<'_>) -> Result<bool, Flaw> {
    let value = match given {
        Given::Bool(value) => value,
        Given::Bare("true") => true,
        Given::Bare("false") => false,
        _ => return Err(Flaw::Bool),
    };
    out.push(value.into());
    Ok(!value)
}

fn put_text(out: &mut Vec<u8>, given: Given<'_>) -> Result<bool, Flaw> {
    let text = given.text().ok_or(Flaw::Text)?;
    put_bytes(out, text.as_bytes());
    Ok(text.is_empty())
}

fn put_base64(out: &mut Vec<u8>, given: Given<'_>) -> Result<bool, Flaw> {
    let text = given.text().ok_or(Flaw::Base64)?;
    let engine = if text.contains(['-', '_']) { URL_SAFE } else { STANDARD };
    let bytes = engine.decode(text).map_err(|_| Flaw::Base64)?;
    put_bytes(out, &bytes);
    Ok(bytes.is_empty())
}

fn put_enum(out: &mut Vec<u8>, given: Given<'_>, values: &Enumeration) -> Result<bool, Flaw> {
    let named = given.text().and_then(|name| values.number(name));
    let number = match (named, given) {
        (Some(number), _) => number,
        (None, Given::Text(name)) => return Err(Flaw::UnknownValue(super::shortened(name))),
        _ => {
            let number = given.integer().ok_or(Flaw::Name)?;
            i32::try_from(number).map_err(|_| Flaw::OutOfRange)?
        }
    };
    put_varint(out, i64::from(number).cast_unsigned());
    Ok(number == 0)
}
