//! Ports that nobody uses.

use std::collections::HashSet;
use std::net::TcpListener;
use std::sync::{LazyLock, Mutex};

static GIVEN: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);

/// A port on the loopback address that is free now and was not given to anybody in this process.
///
/// # Panics
/// Where the machine has no free port.
#[must_use]
pub fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port on 127.0.0.1");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        // Redis Cluster speaks to itself 10,000 above.
        if port < 50_000 && GIVEN.lock().expect("no test panics while it holds this").insert(port) {
            return port;
        }
    }
}
