//! Lines of the log on their way to a receiver of OTLP.

use std::time::Duration;

use opentelemetry::logs::LogRecord as _;
use opentelemetry::{InstrumentationScope, SpanId, TraceFlags, TraceId};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{
    BatchConfigBuilder, BatchLogProcessor, LogProcessor, SdkLogRecord, SdkLoggerProvider,
};

use super::config::OtlpConfig;
use super::identity::Named;
use super::{BATCH, QUEUE, otlp};
use crate::trace::TraceContext;
use crate::{BoxError, Current};

/// Lines wait so long for others.
const LINGER: Duration = Duration::from_secs(1);

/// What sends lines; nothing where nobody takes them.
///
/// # Errors
/// A setting that cannot be used, named.
pub fn provider(config: &OtlpConfig, named: &Named) -> Result<Option<SdkLoggerProvider>, BoxError> {
    if !config.is_on() {
        return Ok(None);
    }
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(LINGER)
        .build();
    let processor = BatchLogProcessor::builder(otlp::logs(config)?).with_batch_config(batches).build();
    let provider = SdkLoggerProvider::builder()
        .with_resource(named.resource())
        .with_log_processor(OfTrace(processor))
        .build();
    Ok(Some(provider))
}

/// Says of each line which trace it belongs to: that of the request its task works for.
#[derive(Debug)]
struct OfTrace(BatchLogProcessor);

impl LogProcessor for OfTrace {
    fn emit(&self, line: &mut SdkLogRecord, scope: &InstrumentationScope) {
        if let Some(TraceContext { trace_id, span_id, sampled }) =
            Current::look(|current| current.trace).flatten()
        {
            let flags = if sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
            line.set_trace_context(TraceId::from(trace_id), SpanId::from(span_id), Some(flags));
        }
        self.0.emit(line, scope);
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
