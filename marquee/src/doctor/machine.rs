//! What the machine gives: the port, and files open at a time.

use std::io::ErrorKind;
use std::net::{TcpListener, ToSocketAddrs};

use micro::registry::RegistryKind;

use super::Finding;
use crate::config::Config;
use crate::healthz::{self, Answer};
use crate::open_files;
use crate::role::Role;

const PORT: &str = "port";
const ADMIN: &str = "admin port";
const FILES: &str = "open files";
/// Files that are open besides connections: databases, logs, the program.
const OTHER_FILES: usize = 200;

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let gateway = look(&config.gateway.listen, "/healthz").await;
    // Parts may run without a gateway here.
    let runs = matches!(gateway, At::Server) || config.registry.kind == RegistryKind::Consul;
    let mut findings = vec![port(&config.gateway.listen, gateway)];
    for listen in admin_ports(config) {
        let found = look(&listen, "/livez").await;
        findings.push(admin_port(&listen, found, runs));
    }
    findings.push(open_files(config.gateway.limits.max_connections));
    findings
}

/// The admin ports of what may run here: of one process, or of parts that find each other elsewhere.
fn admin_ports(config: &Config) -> Vec<String> {
    let roles = match config.registry.kind {
        RegistryKind::Embedded => vec![None],
        RegistryKind::Consul => [Role::Gateway, Role::User, Role::Film, Role::Order].map(Some).to_vec(),
    };
    let mut ports: Vec<_> = roles.into_iter().map(|role| config.admin.address(role)).collect();
    ports.retain(|listen| !listen.is_empty());
    // In containers all have the same.
    ports.dedup();
    ports
}

/// Without the gateway's port nothing starts.
fn port(listen: &str, found: At) -> Finding {
    let other = "set `gateway.listen` (MARQUEE__GATEWAY__LISTEN) to another address and port";
    match found {
        At::Free => Finding::good(PORT, format!("{listen} is free")),
        At::Server => Finding::good(PORT, format!("a healthy server answers at {listen}")),
        At::Silent => {
            let advice = format!("where it is Marquee, look at its log, or end it; else {other}");
            Finding::bad(PORT, format!("what listens on {listen} does not answer"), advice)
        }
        At::Wrong(found) => Finding::bad(PORT, found, other),
    }
}

/// Without the admin port all goes on, unseen. `ours`: whether a server of these settings may run.
fn admin_port(listen: &str, found: At, ours: bool) -> Finding {
    let advice = "without it there are no metrics and no /livez and /readyz of the process; see `admin`";
    let found = match found {
        At::Free => return Finding::good(ADMIN, format!("{listen} is free")),
        At::Server if ours => return Finding::good(ADMIN, format!("a healthy server answers at {listen}")),
        At::Server => format!("another server answers at {listen}"),
        At::Silent => format!("what listens on {listen} does not answer"),
        At::Wrong(found) => found,
    };
    Finding::doubtful(ADMIN, found, advice)
}

/// What is at an address that is to be listened on.
enum At {
    /// Nothing.
    Free,
    /// A server that is well.
    Server,
    /// Something that takes connections and says nothing.
    Silent,
    /// It cannot be listened on, and why.
    Wrong(String),
}

async fn look(listen: &str, path: &str) -> At {
    let Err(error) = TcpListener::bind(listen) else { return At::Free };
    let taken = || At::Wrong(format!("something else uses {listen}"));
    match error.kind() {
        ErrorKind::AddrInUse => {}
        ErrorKind::PermissionDenied => {
            return At::Wrong(format!(
                "this user may not listen on {listen}; ports over 1023 are for everybody"
            ));
        }
        _ => return At::Wrong(format!("cannot listen on {listen}: {error}")),
    }
    let Some(address) = listen.to_socket_addrs().ok().and_then(|mut found| found.next()) else {
        return taken();
    };
    match healthz::ask(address, path).await {
        Answer::Well => At::Server,
        Answer::Silent => At::Silent,
        Answer::Other => taken(),
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
