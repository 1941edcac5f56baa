//! A request's path, query and body as one message.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use super::Failure;
use crate::directory::{Binding, Body, Params};
use crate::transcode::{self, Bound, Fault, Kind};

/// The message, framed for gRPC.
///
/// # Errors
/// What is wrong with the request.
pub fn message(binding: &Binding, params: &Params, parts: &Parts, body: &[u8]) -> Result<Bytes, Failure> {
    let method = &binding.method;
    let shapes = &method.shapes;
    let mut frame = transcode::frame(body.len() + 64);
    let bound = bound(binding, params)?;
    match binding.body {
        Body::Whole if is_blank(body) => {}
        Body::Whole => transcode::read(shapes, method.input, &bound, body, &mut frame)?,
        Body::Field(index) => field(binding, index, parts, body, &mut frame)?,
        Body::None => {}
    }
    if let Some(query) = parts.uri.query() {
        let taken = |index| match binding.body {
            Body::Whole => true,
            Body::Field(field) if field == index => true,
            _ => bound.iter().any(|(bound, _)| *bound == index),
        };
        transcode::query(shapes, method.input, taken, query, &mut frame)?;
    }
    for (_, value) in &bound {
        frame.extend_from_slice(value);
    }
    transcode::close_frame(&mut frame).map_err(|_| Failure::internal("a request over 4 GiB"))?;
    Ok(frame.into())
}

/// Whether the body is the one field the binding names, as the bytes it is.
#[must_use]
pub fn is_raw(binding: &Binding) -> bool {
    let Body::Field(index) = binding.body else { return false };
    let shapes = &binding.method.shapes;
    match shapes.get(binding.method.input).fields[index].kind {
        Kind::Message(id) => shapes.get(id).http_body,
        Kind::Scalar(_) => false,
    }
}

fn field(
    binding: &Binding,
    index: usize,
    parts: &Parts,
    body: &[u8],
    frame: &mut Vec<u8>,
) -> Result<(), Failure> {
    let shapes = &binding.method.shapes;
    let field = &shapes.get(binding.method.input).fields[index];
    if is_raw(binding) {
        let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        transcode::put_http_body(field, content_type.unwrap_or_default(), body, frame);
    } else if !is_blank(body) {
        transcode::read_field(shapes, field, body, frame)?;
    }
    Ok(())
}

fn bound(binding: &Binding, params: &Params) -> Result<Vec<Bound>, Failure> {
    let mut bound = Vec::with_capacity(params.len());
    for (path, text) in binding.params.iter().zip(params) {
        let Ok(text) = percent_decode_str(text).decode_utf8() else {
            return Err(Fault::Path.into());
        };
        let mut value = Vec::with_capacity(16);
        path.put(&binding.method.shapes, &text, &mut value)?;
        bound.push((path.top(), value));
    }
    Ok(bound)
}

fn is_blank(body: &[u8]) -> bool {
    body.iter().all(u8::is_ascii_whitespace)
}
