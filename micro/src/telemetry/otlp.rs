//! What speaks OTLP, over gRPC or HTTP.

use std::time::Duration;

use http::Uri;
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
            check(config, key)?;
            let built = match config.protocol {
                OtlpProtocol::Grpc => $exporter::builder()
                    .with_tonic()
                    .with_endpoint(&config.address)
                    .with_timeout(PATIENCE)
                    .with_metadata(metadata(config, key)?)
                    .build(),
                OtlpProtocol::Http => $exporter::builder()
                    .with_http()
                    .with_http_client(client(key)?)
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

/// Goes where it is told and nowhere else: headers with an API key are for the receiver alone.
fn client(key: &str) -> Result<reqwest::blocking::Client, BoxError> {
    let build = || {
        let builder = reqwest::blocking::Client::builder();
        builder.redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE).build()
    };
    // It makes a runtime of its own, which cannot be done on a thread of ours.
    let built = std::thread::spawn(build).join().map_err(|_| format!("{key}: no client can be made"))?;
    Ok(built.map_err(|error| format!("{key}: {error}"))?)
}

/// Whether a receiver can be spoken to, as far as can be told without trying.
///
/// # Errors
/// A setting that cannot be used, named.
pub fn check(config: &OtlpConfig, key: &str) -> Result<(), BoxError> {
    address(&config.address, key)?;
    metadata(config, key).map(|_| ())
}

/// Whether there may be a receiver at an address. What stands in it is not repeated: there may be
/// a password in it, which belongs into a header, as addresses come into logs.
fn address(address: &str, key: &str) -> Result<(), BoxError> {
    let wrong = || BoxError::from(format!("{key}.address: must be like http://127.0.0.1:4317"));
    let uri: Uri = address.parse().map_err(|_| wrong())?;
    let authority = uri.authority().ok_or_else(wrong)?;
    // A port that is none is left out by what parses it.
    let has_port = authority.port_u16().is_some()
        || !authority.as_str().rsplit(']').next().unwrap_or_default().contains(':');
    if authority.as_str().contains('@') {
        return Err(format!("{key}.address: must have no account in it; use {key}.headers").into());
    }
    if matches!(uri.scheme_str(), Some("http" | "https")) && has_port { Ok(()) } else { Err(wrong()) }
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

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn headers_go_to_the_receiver_and_to_nobody_it_names() {
        let (receiver, other) =
            (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
        other.set_nonblocking(true).unwrap();
        let address = format!("http://{}", receiver.local_addr().unwrap());
        let elsewhere = other.local_addr().unwrap();
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = receiver.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]).unwrap();
            let head = "HTTP/1.1 307 Temporary Redirect\r\ncontent-length: 0\r\nconnection: close";
            write!(stream, "{head}\r\nlocation: http://{elsewhere}/stolen\r\n\r\n").unwrap();
        });
        let answer = client("traces.otlp").unwrap().post(address).header("x-api-key", "key").send().unwrap();
        assert_eq!(answer.status(), 307);
        assert!(other.accept().is_err(), "nobody else was asked");
        answering.join().unwrap();
    }

    #[test]
    fn an_address_is_one_where_a_receiver_can_be() {
        for good in
            ["http://127.0.0.1:4317", "https://otlp.example", "http://[::1]:4318/", "http://tempo:4317/x"]
        {
            assert!(address(good, "traces.otlp").is_ok(), "{good}");
        }
        for bad in [
            "nonsense",
            "127.0.0.1:4317",
            "ftp://127.0.0.1:4317",
            "http://127.0.0.1:99999",
            " ",
            "http://u:PW@h h:1",
        ] {
            let told = address(bad, "traces.otlp").unwrap_err().to_string();
            assert!(
                told.starts_with("traces.otlp.address: must be like") && !told.contains("PW"),
                "{bad}: {told}"
            );
        }
        let told = address("http://user:PW@127.0.0.1:4317", "log.otlp").unwrap_err().to_string();
        assert_eq!(told, "log.otlp.address: must have no account in it; use log.otlp.headers");
    }
}
