//! Numbers reported beside the traces.

use std::time::SystemTime;

use crate::{convert::milliseconds, propagator::Identity, wire};

/// Most meters reported at a time: one message, well under a collector's 4 MiB.
pub const MAX_METERS: usize = 1_000;

/// A number with a name, reported at each heartbeat. The back end needs a rule for it (`meter-analyzer-config`).
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// Its name, such as `orders_open`.
    pub name: String,
    /// Names and values that tell it from others of its name.
    pub labels: Vec<(String, String)>,
    /// How much it is now.
    pub value: f64,
}

/// The meters as one message: who reports, and when, is said in the first.
pub(crate) fn collection(meters: Vec<Meter>, identity: &Identity) -> wire::MeterDataCollection {
    let mut meter_data: Vec<_> = meters.into_iter().take(MAX_METERS).map(data).collect();
    if let Some(first) = meter_data.first_mut() {
        first.service.clone_from(&identity.service);
        first.service_instance.clone_from(&identity.instance);
        first.timestamp = milliseconds(SystemTime::now());
    }
    wire::MeterDataCollection { meter_data }
}

fn data(meter: Meter) -> wire::MeterData {
    let labels = meter.labels.into_iter().map(|(name, value)| wire::Label { name, value }).collect();
    let single = wire::MeterSingleValue { name: meter.name, labels, value: meter.value };
    wire::MeterData { metric: Some(wire::meter_data::Metric::SingleValue(single)), ..Default::default() }
}
