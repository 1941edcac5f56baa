//! What a collector has received.

use std::fmt;

use crate::v3::{InstancePingPkg, InstanceProperties, MeterData, SegmentObject, SpanObject};

/// Everything that has arrived, in its order.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// Segments.
    pub segments: Vec<SegmentObject>,
    /// How many there were, those among them that were thrown away.
    pub segments_received: usize,
    /// What instances say of themselves.
    pub properties: Vec<InstanceProperties>,
    /// Signs of life.
    pub pings: Vec<InstancePingPkg>,
    /// Meters. Only the first of a report says whose they are.
    pub meters: Vec<MeterData>,
    /// The header `Authentication` of each call; empty where there was none.
    pub authentications: Vec<String>,
}

impl Received {
    /// All spans of a trace, with the service of each.
    pub fn spans<'a>(&'a self, trace_id: &'a str) -> impl Iterator<Item = (&'a str, &'a SpanObject)> {
        let segments = self.segments.iter().filter(move |segment| segment.trace_id == trace_id);
        segments.flat_map(|segment| segment.spans.iter().map(|span| (segment.service.as_str(), span)))
    }
}

/// How much there is, and what the segments begin with.
impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { segments, properties, pings, meters, .. } = self;
        let names: Vec<_> = segments
            .iter()
            .map(|segment| {
                let first = segment.spans.first().map_or("", |span| span.operation_name.as_str());
                format!("{} {first}", segment.service)
            })
            .collect();
        write!(
            f,
            "segments {names:?}, {} properties, {} pings, {} meters",
            properties.len(),
            pings.len(),
            meters.len()
        )
    }
}

/// The value of a span's tag.
#[must_use]
pub fn tag<'a>(span: &'a SpanObject, key: &str) -> Option<&'a str> {
    span.tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str())
}
