//! The process: the standard metrics `process_*`, and what was built.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::KeyValue;

use super::{gauge, meter};

/// What the system says of this process.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Usage {
    pub cpu_seconds: f64,
    pub resident_bytes: f64,
    pub virtual_bytes: f64,
    pub threads: f64,
}

pub(super) use system::{open_files, usage};

pub(super) fn register(roles: &str) {
    crate::telemetry::show_losses();
    let build =
        vec![KeyValue::new("version", env!("CARGO_PKG_VERSION")), KeyValue::new("parts", roles.to_owned())];
    gauge("marquee_build_info", "1; its labels say what runs", move || vec![(1.0, build.clone())]);
    let started = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64());
    let one = |value: f64| vec![(value, Vec::new())];
    gauge("process_start_time_seconds", "When the process was started, seconds since 1970", move || {
        one(started)
    });
    if system::usage().is_none() {
        return;
    }
    let now = |pick: fn(Usage) -> f64| {
        move || system::usage().map(|usage| (pick(usage), Vec::new())).into_iter().collect()
    };
    gauge("process_resident_memory_bytes", "Memory in use", now(|usage| usage.resident_bytes));
    gauge("process_virtual_memory_bytes", "Addresses in use", now(|usage| usage.virtual_bytes));
    gauge("process_threads", "Threads", now(|usage| usage.threads));
    gauge("process_open_fds", "Open files, connections among them", || {
        system::open_files().map(|open| (open, Vec::new())).into_iter().collect()
    });
    gauge("process_max_fds", "Most files that may be open", || {
        system::most_files().map(|most| (most, Vec::new())).into_iter().collect()
    });
    meter()
        .f64_observable_counter("process_cpu_seconds_total")
        .with_description("Processor time used, of programs and of the system for them")
        .with_callback(|observer| {
            if let Some(usage) = system::usage() {
                observer.observe(usage.cpu_seconds, &[] as &[KeyValue]);
            }
        })
        .build();
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;

    use super::Usage;

    /// What `/proc/self/stat` says; its fields are counted from 1, see proc_pid_stat(5).
    pub fn usage() -> Option<Usage> {
        read(&fs::read_to_string("/proc/self/stat").ok()?, ticks(), page())
    }

    pub fn open_files() -> Option<f64> {
        // The one that is open to count them does not count.
        let open = fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1);
        u32::try_from(open).ok().map(f64::from)
    }

    #[allow(clippy::cast_precision_loss, reason = "no limit of files comes near 2^53")]
    pub fn most_files() -> Option<f64> {
        rustix::process::getrlimit(rustix::process::Resource::Nofile).current.map(|most| most as f64)
    }

    #[allow(clippy::cast_precision_loss, reason = "100 on every system")]
    fn ticks() -> f64 {
        rustix::param::clock_ticks_per_second() as f64
    }

    fn page() -> f64 {
        u32::try_from(rustix::param::page_size()).map_or(4_096.0, f64::from)
    }

    pub(super) fn read(stat: &str, ticks: f64, page: f64) -> Option<Usage> {
        // The name, in brackets, may contain anything; what follows begins with field 3.
        let rest: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let field = |number: usize| rest.get(number - 3)?.parse::<f64>().ok();
        Some(Usage {
            cpu_seconds: (field(14)? + field(15)?) / ticks,
            threads: field(20)?,
            virtual_bytes: field(23)?,
            resident_bytes: field(24)? * page,
        })
    }
}

/// Elsewhere the system's own tools tell.
#[cfg(not(target_os = "linux"))]
mod system {
    use super::Usage;

    pub fn usage() -> Option<Usage> {
        None
    }

    pub fn open_files() -> Option<f64> {
        None
    }

    pub fn most_files() -> Option<f64> {
        None
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_system_is_understood_whatever_the_name() {
        let stat = "7 (a ) b) S 1 1 1 0 -1 0 0 0 0 0 150 50 0 0 20 0 9 0 100 4096000 25 0";
        let usage = system::read(stat, 100.0, 4_096.0).unwrap();
        let expected =
            Usage { cpu_seconds: 2.0, resident_bytes: 102_400.0, virtual_bytes: 4_096_000.0, threads: 9.0 };
        assert_eq!(usage, expected);
        assert!(system::usage().unwrap().resident_bytes > 100_000.0 && system::open_files().unwrap() > 2.0);
    }
}
