//! The machine it was measured on, as far as it tells.

use std::fs;
use std::time::Duration;

use serde::Serialize;

/// Words of `/proc/self/stat` between the name and the time in user space.
const USER_TIME: usize = 11;
/// A tick of the times in `/proc`, on every Linux there is.
const TICK_MS: u64 = 10;

/// The machine.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// Processors this process may use.
    pub cores: usize,
    /// Name of the processor; empty where the system does not say.
    pub processor: String,
    /// Memory in MiB; 0 where the system does not say.
    pub memory_mib: u64,
    /// Operating system, and its version where it says.
    pub system: String,
    /// Processes that wanted a processor in the last minute before the run; the machine was not idle where this is not near 0.
    pub load_before: String,
}

impl Machine {
    /// This one.
    #[must_use]
    pub fn this() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            cores,
            processor: field("/proc/cpuinfo", "model name"),
            memory_mib: kib(&field("/proc/meminfo", "MemTotal")) / 1024,
            system: format!("{} {}", std::env::consts::OS, release.trim()).trim().to_owned(),
            load_before: load.split(' ').next().unwrap_or_default().to_owned(),
        }
    }
}

/// Resident memory of a process in KiB, where the system tells.
#[must_use]
pub fn resident_kib(pid: u32) -> Option<u64> {
    Some(kib(&field(&format!("/proc/{pid}/status"), "VmRSS"))).filter(|kib| *kib > 0)
}

/// Processor time this process has used, all threads together, where the system tells.
#[must_use]
pub fn cpu_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The name before the last bracket may hold anything; after it come single words.
    let mut words = text.rsplit_once(')')?.1.split_whitespace().skip(USER_TIME);
    let ticks: u64 = words.next()?.parse::<u64>().ok()? + words.next()?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * TICK_MS))
}

/// The first field of that name in a file of lines `name: value`.
fn field(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let value = text.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim() == name);
    value.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

fn kib(text: &str) -> u64 {
    text.strip_suffix(" kB").and_then(|number| number.trim().parse().ok()).unwrap_or_default()
}
