//! Numbers of the process for SkyWalking, at each of its heartbeats.

use opentelemetry_skywalking::Meter;
use tokio::runtime::Handle;

use super::process;

/// What the process uses: named as agents of SkyWalking name it, after `instance_`.
///
/// Called in the runtime whose tasks are counted.
pub(crate) fn of_skywalking() -> Vec<Meter> {
    let mut meters = Vec::new();
    let mut tell = |name: &str, value: f64| {
        meters.push(Meter { name: format!("instance_marquee_{name}"), labels: Vec::new(), value });
    };
    if let Some(usage) = process::usage() {
        tell("process_cpu_seconds", usage.cpu_seconds);
        tell("resident_memory_bytes", usage.resident_bytes);
        tell("threads", usage.threads);
    }
    if let Some(open) = process::open_files() {
        tell("open_files", open);
    }
    if let Ok(handle) = Handle::try_current() {
        tell("tasks", u32::try_from(handle.metrics().num_alive_tasks()).map_or(f64::MAX, f64::from));
    }
    meters
}
