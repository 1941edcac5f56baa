//! What receives the traces of the measures that are traced: in this process, and it throws them away.

use anyhow::anyhow;
use micro::telemetry::{Identity, Named};
use micro::trace::{TraceConfig, Traces};
use otlp_receiver::Sink;
use skywalking_collector::Collector;

use crate::Measure;
use crate::run::Server;

/// The receivers.
pub struct Receivers {
    skywalking: Collector,
    otlp: Sink,
}

impl Receivers {
    /// Starts both, on the load generator's runtime.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn start() -> anyhow::Result<Self> {
        Ok(Self { skywalking: Collector::discarding().await?, otlp: Sink::start().await? })
    }

    /// Has the system make traces and send them as the measure wants it.
    ///
    /// # Errors
    /// Another measure than one that is traced.
    pub async fn begin(&self, server: &Server, measure: Measure) -> anyhow::Result<Traces> {
        let config = self.config(measure)?;
        let identity = Identity { part: "bench".to_owned(), version: env!("CARGO_PKG_VERSION") };
        let started = server.run(async move {
            let named = Named::new(&config, &identity);
            Traces::start(&config, &named).map_err(|error| anyhow!("{error}"))
        });
        started.await?.ok_or_else(|| anyhow!("traces did not start"))
    }

    fn config(&self, measure: Measure) -> anyhow::Result<TraceConfig> {
        let mut config = TraceConfig { rate: 1.0, ..TraceConfig::default() };
        match measure {
            Measure::BuyRecorded => {
                config.rate = 0.0;
                config.skywalking.address = self.skywalking.address();
            }
            Measure::BuySkywalking => config.skywalking.address = self.skywalking.address(),
            Measure::BuyOtlp => config.otlp.address = self.otlp.address(),
            other => return Err(anyhow!("{} is not traced", other.title())),
        }
        Ok(config)
    }

    /// How many segments and calls with spans have come.
    #[must_use]
    pub fn received(&self) -> (usize, usize) {
        (self.skywalking.received().segments_received, self.otlp.calls())
    }
}
