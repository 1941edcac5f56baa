//! JSON to protobuf and back, by descriptors and without an object tree between.
//!
//! Requests are read by a streaming JSON parser that writes the wire format as
//! it goes; answers are written as JSON straight from the wire format. Only
//! Google's well-known types and proto2 messages go through `prost-reflect`.

mod fault;
mod flaw;
mod from_json;
mod http_body;
mod params;
mod print;
mod scalar;
mod shape;
mod to_json;
mod value;
mod wire;

pub use fault::{Fault, shortened};
pub use from_json::{Bound, read, read_field};
pub use http_body::{put_http_body, take_http_body};
pub use params::{Path, query};
pub use shape::{Kind, ShapeId, Shapes};
pub use to_json::write;
pub use wire::{Cursor, Malformed, Raw};

/// Bytes before a message in a gRPC body: a flag and the length.
pub const FRAME_HEADER: usize = 5;

/// An empty gRPC body to append one message to.
#[must_use]
pub fn frame(capacity: usize) -> Vec<u8> {
    let mut frame = Vec::with_capacity(FRAME_HEADER + capacity);
    frame.extend_from_slice(&[0; FRAME_HEADER]);
    frame
}

/// Fills in the header of a body that [`frame`] began.
///
/// # Errors
/// A message of 4 GiB or more.
pub fn close_frame(frame: &mut [u8]) -> Result<(), Malformed> {
    let length = u32::try_from(frame.len() - FRAME_HEADER).map_err(|_| Malformed)?;
    frame[1..FRAME_HEADER].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

#[cfg(test)]
mod kind_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
