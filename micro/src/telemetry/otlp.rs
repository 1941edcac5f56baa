//! What speaks OTLP, over gRPC or HTTP.

use std::time::Duration;

use opentelemetry_otlp::{
    LogExporter, MetricExporter, Protocol, SpanExporter, WithExportConfig, WithHttpConfig, WithTonicConfig,
};
use tonic::metadata::{MetadataKey, MetadataMap};

use super::config::{OtlpConfig, OtlpProtocol};
use super::told::Told;
use crate::BoxError;

/// How long a receiver may take for a batch; after that it is lost.
const PATIENCE: Duration = Duration::from_secs(5);

/// A kind of what is sent: its key of the configuration, and its path over HTTP.
macro_rules! exporter {
    ($(#[$doc:meta])* $name:ident, $exporter:ident, $key:literal, $path:literal) => {
        $(#[$doc])*
        pub fn $name(config: &OtlpConfig) -> Result<Told<$exporter>, BoxError> {
            let key = concat!($key, ".otlp");
            let built = match config.protocol {
                OtlpProtocol::Grpc => $exporter::builder()
                    .with_tonic()
                    .with_endpoint(&config.address)
                    .with_timeout(PATIENCE)
                    .with_metadata(metadata(config, key)?)
                    .build(),
                OtlpProtocol::Http => $exporter::builder()
                    .with_http()
                    .with_protocol(Protocol::HttpBinary)
                    .with_endpoint(format!(concat!("{}/v1/", $path), config.address.trim_end_matches('/')))
                    .with_timeout(PATIENCE)
                    .with_headers(config.headers.clone().into_iter().collect())
                    .build(),
            };
            Ok(Told::new(built.map_err(|error| format!("{key}: {error}"))?, $path))
        }
    };
}

exporter! {
    /// Sends spans. On a runtime that lives as long as the process does, as the others.
    ///
    /// # Errors
    /// A setting that cannot be used, named.
    spans, SpanExporter, "traces", "traces"
}
exporter! {
    /// Sends metrics.
    ///
    /// # Errors
    /// A setting that cannot be used, named.
    metrics, MetricExporter, "metrics", "metrics"
}
exporter! {
    /// Sends lines of the log.
    ///
    /// # Errors
    /// A setting that cannot be used, named.
    logs, LogExporter, "log", "logs"
}

fn metadata(config: &OtlpConfig, key: &str) -> Result<MetadataMap, BoxError> {
    let mut metadata = MetadataMap::new();
    for (name, value) in &config.headers {
        let wrong = || format!("{key}.headers.{name}: not a header");
        let name = MetadataKey::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        metadata.insert(name, value.parse().map_err(|_| wrong())?);
    }
    Ok(metadata)
}
