//! What the machine gives: the port, and files open at a time.

use std::io::ErrorKind;
use std::net::{TcpListener, ToSocketAddrs};

use super::Finding;
use crate::config::Config;
use crate::healthz;

const PORT: &str = "port";
#[cfg(target_os = "linux")]
const FILES: &str = "open files";
/// Files that are open besides connections: databases, logs, the program.
#[cfg(target_os = "linux")]
const OTHER_FILES: usize = 200;

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![port(&config.gateway.listen).await];
    findings.extend(open_files(config.gateway.limits.max_connections));
    findings
}

async fn port(listen: &str) -> Finding {
    let advice = "set `gateway.listen` (MARQUEE__GATEWAY__LISTEN) to another address and port";
    let Err(error) = TcpListener::bind(listen) else {
        return Finding::good(PORT, format!("{listen} is free"));
    };
    match error.kind() {
        ErrorKind::AddrInUse => match listen.to_socket_addrs().ok().and_then(|mut found| found.next()) {
            Some(address) if healthz::is_healthy(address).await => {
                Finding::good(PORT, format!("a healthy server answers at {listen}"))
            }
            _ => Finding::bad(PORT, format!("something else uses {listen}"), format!("stop it, or {advice}")),
        },
        ErrorKind::PermissionDenied => {
            Finding::bad(PORT, format!("this user may not listen on {listen}"), format!("{advice} over 1023"))
        }
        _ => Finding::bad(PORT, format!("cannot listen on {listen}: {error}"), advice),
    }
}

/// Every connection is an open file, and the system limits those.
#[cfg(target_os = "linux")]
fn open_files(connections: usize) -> Option<Finding> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let limit = line.split_whitespace().next()?.parse::<usize>().ok()?;
    let wanted = connections + OTHER_FILES;
    Some(if limit >= wanted {
        Finding::good(FILES, format!("up to {limit}"))
    } else {
        let advice =
            "raise it (ulimit -n, LimitNOFILE of systemd), or lower `gateway.limits.max_connections`";
        Finding::doubtful(FILES, format!("up to {limit}, but {connections} connections are allowed"), advice)
    })
}

#[cfg(not(target_os = "linux"))]
fn open_files(_: usize) -> Option<Finding> {
    None
}
