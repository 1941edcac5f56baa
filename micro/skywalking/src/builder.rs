//! Puts the parts together.

use std::{fmt, sync::Arc};

use tonic::{
    metadata::{Ascii, MetadataValue},
    transport::{ClientTlsConfig, Endpoint},
};

use crate::{
    header::MAX_NAME,
    meter::Meter,
    propagator::{Identity, Sw8Propagator},
    queue::{ReportSink, queue},
    reporter::{LinkState, Meters, Reporter, Timing, Watcher, link::Link},
    tracker::{MAX_TRACKED, Tracker},
};

/// Segments that wait for the reporter, by default. At some 5 KB each they take 25 MB at most.
pub const QUEUE: usize = 5_000;

/// The parts that report to SkyWalking.
#[derive(Debug)]
pub struct SkyWalking {
    /// For the headers.
    pub propagator: Sw8Propagator,
    /// For the [`SegmentProcessor`](crate::SegmentProcessor), with the sink.
    pub tracker: Tracker,
    /// Takes what is to be reported.
    pub sink: ReportSink,
    /// Reports it; to be run.
    pub reporter: Reporter,
}

/// Why the parts could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A name is needed, of at most 255 bytes.
    #[error("{what} must have 1 to {MAX_NAME} bytes")]
    Name {
        /// Which one: `service` or `instance`.
        what: &'static str,
    },
    /// Not an address.
    #[error("the collector's address must be like http://127.0.0.1:11800 or https://collector.example:11800")]
    Address,
    /// Not fit for a header. The token itself is not told.
    #[error("the authentication token must consist of visible ASCII characters")]
    Authentication,
    /// TLS cannot be had.
    #[error("TLS to the collector is not possible: {0}")]
    Tls(#[source] tonic::transport::Error),
    /// Outside of a runtime there is nowhere to make the connection.
    #[error("there is no tokio runtime")]
    Runtime,
}

/// Settings of what reports to SkyWalking.
pub struct Builder {
    identity: Identity,
    address: String,
    authentication: Option<String>,
    properties: Vec<(String, String)>,
    meters: Option<Meters>,
    watcher: Option<Watcher>,
    timing: Timing,
    queue: usize,
    tracked: usize,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("identity", &self.identity)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl SkyWalking {
    /// Reports as this instance of this service to the collector at this address, such as `http://127.0.0.1:11800`.
    pub fn builder(
        service: impl Into<String>,
        instance: impl Into<String>,
        address: impl Into<String>,
    ) -> Builder {
        Builder {
            identity: Identity { service: service.into(), instance: instance.into() },
            address: address.into(),
            authentication: None,
            properties: Vec::new(),
            meters: None,
            watcher: None,
            timing: Timing::default(),
            queue: QUEUE,
            tracked: MAX_TRACKED,
        }
    }
}

impl Builder {
    /// The token the collector wants, sent as `Authentication`.
    #[must_use]
    pub fn authentication(mut self, token: impl Into<String>) -> Self {
        self.authentication = Some(token.into());
        self
    }

    /// What is said of the instance, such as `language` and `hostname`.
    #[must_use]
    pub fn properties<K: Into<String>, V: Into<String>>(
        mut self,
        properties: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.properties.extend(properties.into_iter().map(|(key, value)| (key.into(), value.into())));
        self
    }

    /// Numbers to report at each heartbeat; at most 1,000. Read on the reporter's task, so it must be quick.
    #[must_use]
    pub fn meters(mut self, read: impl Fn() -> Vec<Meter> + Send + Sync + 'static) -> Self {
        self.meters = Some(Box::new(read));
        self
    }

    /// Learns when the collector first answers, goes away and comes back, once each: for a log.
    #[must_use]
    pub fn on_link(mut self, watcher: impl Fn(LinkState) + Send + Sync + 'static) -> Self {
        self.watcher = Some(Box::new(watcher));
        self
    }

    /// How long things take.
    #[must_use]
    pub fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// Segments that wait for the reporter; further ones are lost.
    #[must_use]
    pub fn queue(mut self, segments: usize) -> Self {
        self.queue = segments;
        self
    }

    /// Spans followed at a time; further ones are not reported.
    #[must_use]
    pub fn tracked(mut self, spans: usize) -> Self {
        self.tracked = spans;
        self
    }

    /// The parts. Nothing is connected yet, so the collector need not be there; a tokio runtime must be.
    ///
    /// # Errors
    /// Where a setting cannot be used.
    pub fn build(self) -> Result<SkyWalking, BuildError> {
        for (what, name) in [("service", &self.identity.service), ("instance", &self.identity.instance)] {
            if name.is_empty() || name.len() > MAX_NAME {
                return Err(BuildError::Name { what });
            }
        }
        let endpoint = endpoint(self.address, &self.timing)?;
        let authentication = self.authentication.map(token).transpose()?;
        tokio::runtime::Handle::try_current().map_err(|_| BuildError::Runtime)?;

        let identity = Arc::new(self.identity);
        let tracker = Tracker::new(self.tracked);
        let (sink, queue) = queue(self.queue);
        let link = Link {
            channel: endpoint.connect_lazy(),
            identity: Arc::clone(&identity),
            authentication,
            properties: self.properties,
            limit: self.timing.call,
        };
        let reporter = Reporter {
            link,
            queue,
            counters: sink.counters(),
            timing: self.timing,
            meters: self.meters,
            watcher: self.watcher,
            told: None,
        };
        Ok(SkyWalking { propagator: Sw8Propagator::new(tracker.clone(), identity), tracker, sink, reporter })
    }
}

fn endpoint(address: String, timing: &Timing) -> Result<Endpoint, BuildError> {
    let tls = address.starts_with("https://");
    if !tls && !address.starts_with("http://") {
        return Err(BuildError::Address);
    }
    let endpoint = Endpoint::from_shared(address).map_err(|_| BuildError::Address)?;
    let endpoint = endpoint.connect_timeout(timing.call);
    if tls {
        endpoint.tls_config(ClientTlsConfig::new().with_native_roots()).map_err(BuildError::Tls)
    } else {
        Ok(endpoint)
    }
}

fn token(text: String) -> Result<MetadataValue<Ascii>, BuildError> {
    let mut token = MetadataValue::try_from(text).map_err(|_| BuildError::Authentication)?;
    // So that no layer between here and the wire writes it to a log.
    token.set_sensitive(true);
    Ok(token)
}
