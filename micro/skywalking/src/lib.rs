//! Reports traces of the [OpenTelemetry SDK](opentelemetry_sdk) to [Apache SkyWalking](https://skywalking.apache.org) by
//! its native protocol, version 3, and passes traces on by its headers `sw8` and `sw8-correlation`. So a program that is
//! instrumented for OpenTelemetry appears in SkyWalking as one with an agent does: services, instances, endpoints,
//! topology, databases and caches.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use opentelemetry::{KeyValue, global, trace::{Tracer, TracerProvider}};
//! use opentelemetry_sdk::trace::SdkTracerProvider;
//! use opentelemetry_skywalking::{Keep, SegmentProcessor, SkyWalking};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let parts = SkyWalking::builder("shop", "shop-1", "http://127.0.0.1:11800")
//!     .properties([("language", "rust")])
//!     .build()?;
//!
//! // Of the traces that go well, a tenth is enough.
//! let keep = Keep { rate: 0.1, slow: Duration::from_millis(500) };
//! let processor = SegmentProcessor::new(parts.tracker, keep).with_sink(parts.sink);
//! let provider = SdkTracerProvider::builder().with_span_processor(processor).build();
//! global::set_text_map_propagator(parts.propagator);
//!
//! let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
//! let reporting = tokio::spawn(parts.reporter.run(async { drop(stopped.await) }));
//!
//! let tracer = provider.tracer("shop");
//! tracer.in_span("GET /films", |_cx| { /* ... */ });
//!
//! drop(stop);
//! reporting.await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Segments
//!
//! SkyWalking reports the spans of one request in one process together, as a *segment*. [`SegmentProcessor`] builds them:
//! a span whose parent runs in this process belongs to its parent's segment; any other one begins a segment. When the
//! first span and all others have ended, the segment is kept or not ([`Keep`]), and if so given to sinks: [`ReportSink`]
//! for SkyWalking, [`SpansTo`] for any span processor of the SDK, such as the one of an OTLP exporter. Since the choice is
//! made at the end, the sampler of the provider should take everything.
//!
//! # Calls between processes
//!
//! [`Sw8Propagator`] writes the headers of the active span and reads those of a caller. Read into a fresh context. Before
//! a call, put [`Peer`] into the context and the same address as attribute `peer` on the calling span, whose kind is
//! `Client`: SkyWalking draws its map from that. Beside another standard, put this propagator last.
//!
//! # What a missing collector costs
//!
//! Nothing but segments, which are counted ([`Counters`]). The queue is bounded, and where the collector does not answer,
//! nothing is queued until it does.

mod builder;
mod convert;
mod correlation;
mod header;
mod ids;
mod keep;
mod meter;
mod processor;
mod propagator;
mod queue;
mod reporter;
mod segment;
mod sink;
mod text;
mod tracker;
mod wire;

pub use builder::{BuildError, Builder, QUEUE, SkyWalking};
pub use correlation::{Correlation, SW8_CORRELATION};
pub use header::{SW8, Sw8};
pub use keep::Keep;
pub use meter::{MAX_METERS, Meter};
pub use processor::SegmentProcessor;
pub use propagator::{Endpoint, Peer, Sw8Propagator, Upstream};
pub use queue::{Counters, ReportSink};
pub use reporter::{LinkState, Reporter, Timing};
pub use segment::{FinishedSegment, MAX_SPANS, SegmentSpan};
pub use sink::{SegmentSink, SpansTo};
pub use tracker::{MAX_TRACKED, Tracker};

/// Limits on what is read and reported.
pub mod limits {
    pub use crate::{
        convert::{MAX_KEY, MAX_OPERATION, MAX_STACK, MAX_VALUE},
        correlation::{
            MAX_ELEMENTS as MAX_CORRELATION_ELEMENTS, MAX_KEY as MAX_CORRELATION_KEY,
            MAX_VALUE as MAX_CORRELATION_VALUE,
        },
        header::{MAX_ENDPOINT, MAX_HEADER, MAX_ID, MAX_NAME},
    };
}
