//! Where kept segments go.

use std::{fmt::Debug, time::Duration};

use opentelemetry_sdk::{Resource, error::OTelSdkResult, trace::SpanProcessor};

use crate::segment::FinishedSegment;

/// Takes the segments that are kept. Called on the thread that ended the last span: it must not block.
pub trait SegmentSink: Debug + Send + Sync {
    /// Takes a segment.
    fn take(&self, segment: FinishedSegment);

    /// Sends on what is waiting.
    ///
    /// # Errors
    /// Says why it did not.
    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    /// Ends, after having sent what is waiting, within the time.
    ///
    /// # Errors
    /// Says why it did not.
    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }

    /// Learns whose spans they are.
    fn set_resource(&mut self, _resource: &Resource) {}
}

/// Gives each span of the segments that are kept to a span processor of the SDK, such as its `BatchSpanProcessor`. So
/// an OTLP exporter gets exactly the spans that SkyWalking gets. The processor's `on_start` is never called.
#[derive(Debug)]
pub struct SpansTo<P>(
    /// The processor.
    pub P,
);

impl<P: SpanProcessor> SegmentSink for SpansTo<P> {
    fn take(&self, segment: FinishedSegment) {
        for span in segment.into_spans() {
            self.0.on_end(span.data);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}
