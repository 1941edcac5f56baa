//! What the machine gives: the port, and files open at a time.

use std::io::ErrorKind;
use std::net::{TcpListener, ToSocketAddrs};

use super::Finding;
use crate::config::Config;
use crate::{healthz, open_files};

const PORT: &str = "port";
const FILES: &str = "open files";
/// Files that are open besides connections: databases, logs, the program.
const OTHER_FILES: usize = 200;

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    vec![port(&config.gateway.listen).await, open_files(config.gateway.limits.max_connections)]
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
fn open_files(connections: usize) -> Finding {
    let limit = open_files::most().map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
    if limit >= connections + OTHER_FILES {
        let limit = if limit == usize::MAX { "any number".to_owned() } else { format!("up to {limit}") };
        return Finding::good(FILES, limit);
    }
    let advice = "raise it (ulimit -Hn, LimitNOFILE of systemd), or lower `gateway.limits.max_connections`";
    Finding::doubtful(FILES, format!("up to {limit}, but {connections} connections are allowed"), advice)
}
