//! What the machine gives: the port, and files open at a time.

use std::io::ErrorKind;
use std::net::{TcpListener, ToSocketAddrs};

use super::Finding;
use crate::config::Config;
use crate::healthz::{self, Answer};
use crate::open_files;

const PORT: &str = "port";
const ADMIN: &str = "admin port";
const FILES: &str = "open files";
/// Files that are open besides connections: databases, logs, the program.
const OTHER_FILES: usize = 200;

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![port(&config.gateway.listen).await];
    findings.extend(admin_port(&config.admin.listen).await);
    findings.push(open_files(config.gateway.limits.max_connections));
    findings
}

/// Without the gateway's port nothing starts.
async fn port(listen: &str) -> Finding {
    let advice = "set `gateway.listen` (MARQUEE__GATEWAY__LISTEN) to another address and port";
    match look(listen, "/healthz").await {
        Ok(found) => Finding::good(PORT, found),
        Err(found) => Finding::bad(PORT, found, advice),
    }
}

/// Without the admin port all goes on, unseen.
async fn admin_port(listen: &str) -> Option<Finding> {
    if listen.is_empty() {
        return None;
    }
    let advice = "without it there are no metrics and no /livez and /readyz of the process: set `admin.listen` \
                  (MARQUEE__ADMIN__LISTEN) to another address and port";
    Some(match look(listen, "/livez").await {
        Ok(found) => Finding::good(ADMIN, found),
        Err(found) => Finding::doubtful(ADMIN, found, advice),
    })
}

/// What is at an address that is to be listened on, or why that cannot be done.
async fn look(listen: &str, path: &str) -> Result<String, String> {
    let Err(error) = TcpListener::bind(listen) else { return Ok(format!("{listen} is free")) };
    match error.kind() {
        ErrorKind::AddrInUse => {}
        ErrorKind::PermissionDenied => {
            return Err(format!("this user may not listen on {listen}; ports over 1023 are for everybody"));
        }
        _ => return Err(format!("cannot listen on {listen}: {error}")),
    }
    let address = listen.to_socket_addrs().ok().and_then(|mut found| found.next());
    let Some(address) = address else { return Err(format!("something else uses {listen}")) };
    match healthz::ask(address, path).await {
        Answer::Well => Ok(format!("a healthy server answers at {listen}")),
        Answer::Silent => {
            Err(format!("what listens on {listen} does not answer: a server that hangs, or something else"))
        }
        Answer::Other | Answer::Nothing => Err(format!("something else uses {listen}")),
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
