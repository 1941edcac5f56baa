//! Fields given by the path and the query.

use percent_encoding::percent_decode_str;

use super::fault::{Fault, shortened};
use super::flaw::Flaw;
use super::scalar::{Given, Scalar};
use super::shape::{Count, Field, Kind, ShapeId, Shapes};
use super::wire;

/// Most parameters of a query: the longest list of a request field has fewer items.
const MAX_PARAMETERS: usize = 1_024;

/// A field that a text can give: a single value, or an item of a list of them,
/// in the message itself or in messages it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The messages on the way and the index of the field in each, outermost first.
    steps: Vec<(ShapeId, usize)>,
}

impl Path {
    /// Finds the field that a dotted name means. Nothing where there is none or it takes no text.
    #[must_use]
    pub fn find(shapes: &Shapes, id: ShapeId, dotted: &str) -> Option<Self> {
        let mut steps = Vec::with_capacity(1);
        let mut id = id;
        let mut names = dotted.split('.').peekable();
        while let Some(name) = names.next() {
            let shape = shapes.get(id);
            let index = shape.field(name)?;
            steps.push((id, index));
            match (&shape.fields[index].kind, &shape.fields[index].count, names.peek()) {
                (_, Count::Map(_), _) => return None,
                (Kind::Scalar(_), _, None) => return Some(Self { steps }),
                (Kind::Message(inner), Count::One | Count::Optional, Some(_)) => id = *inner,
                _ => return None,
            }
        }
        None
    }

    /// Index of the field in the outermost message.
    #[must_use]
    pub fn top(&self) -> usize {
        self.steps.first().map_or(0, |(_, index)| *index)
    }

    fn leaf<'s>(&self, shapes: &'s Shapes) -> Option<(&'s Field, &'s Scalar)> {
        let (id, index) = self.steps.last()?;
        let field = &shapes.get(*id).fields[*index];
        let Kind::Scalar(scalar) = &field.kind else { return None };
        Some((field, scalar))
    }

    fn dotted(&self, shapes: &Shapes) -> String {
        let names = self.steps.iter().map(|(id, index)| shapes.get(*id).fields[*index].name.as_str());
        names.collect::<Vec<_>>().join(".")
    }

    /// Appends a value in the wire format.
    ///
    /// # Errors
    /// A text that the field does not take.
    pub fn put(&self, shapes: &Shapes, text: &str, out: &mut Vec<u8>) -> Result<(), Fault> {
        let Some((field, scalar)) = self.leaf(shapes) else { return Ok(()) };
        let start = out.len();
        // Lists in one piece may also come item by item.
        wire::put_varint(out, field.key());
        let is_default =
            scalar.put(out, Given::Bare(text)).map_err(|flaw| Fault::invalid(self.dotted(shapes), flaw))?;
        if is_default && matches!(field.count, Count::One) {
            out.truncate(start);
            return Ok(());
        }
        // A message that comes in pieces is the same as one in one piece.
        for (id, index) in self.steps.iter().rev().skip(1) {
            let inner = out.split_off(start);
            wire::put_varint(out, shapes.get(*id).fields[*index].bytes_key());
            wire::put_bytes(out, &inner);
        }
        Ok(())
    }
}

/// Appends what the parameters of a query give.
///
/// # Errors
/// A query that is not UTF-8; a parameter that is no field, is one of `taken` (given elsewhere), comes
/// twice where only one value is taken, or has a value that is not taken.
pub fn query(
    shapes: &Shapes,
    id: ShapeId,
    taken: impl Fn(usize) -> bool,
    query: &str,
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    // The parser below would put something else in the place of what is not.
    percent_decode_str(query).decode_utf8().map_err(|_| Fault::Query)?;
    let mut seen: Vec<Path> = Vec::new();
    for (count, (name, value)) in form_urlencoded::parse(query.as_bytes()).enumerate() {
        let Some(path) = Path::find(shapes, id, &name) else { return Err(Fault::Unknown(shortened(&name))) };
        if count >= MAX_PARAMETERS {
            return Err(Fault::invalid(shortened(&name), Flaw::ParametersTooMany));
        }
        if taken(path.top()) {
            return Err(Fault::invalid(shortened(&name), Flaw::GivenElsewhere));
        }
        if path.leaf(shapes).is_some_and(|(field, _)| field.is_single()) {
            if seen.contains(&path) {
                return Err(Fault::invalid(shortened(&name), Flaw::Repeated));
            }
            path.put(shapes, &value, out)?;
            seen.push(path);
        } else {
            path.put(shapes, &value, out)?;
        }
    }
    Ok(())
}
