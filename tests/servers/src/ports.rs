//! Ports that nobody uses.

use std::collections::HashSet;
use std::net::TcpListener;
use std::ops::Range;
use std::sync::{LazyLock, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

/// Below the ports that systems choose by themselves: a server that is down for a moment must
/// not find its port taken, nor its clients somebody else there. Redis Cluster speaks to itself
/// 10,000 above.
const PORTS: Range<u16> = 10_000..20_000;
/// Steps that come by all of them.
const STEP: u16 = 37;

static GIVEN: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);

/// A port on the loopback address that is free now and was not given to anybody in this process.
///
/// # Panics
/// Where the machine has no free port.
#[must_use]
pub fn free_port() -> u16 {
    let all = PORTS.end - PORTS.start;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    let mut place = u16::try_from(since % u32::from(all)).expect("less than all of them");
    for _ in 0..all {
        place = (place + STEP) % all;
        let port = PORTS.start + place;
        let is_free = TcpListener::bind(("127.0.0.1", port)).is_ok();
        if is_free && GIVEN.lock().expect("no test panics while it holds this").insert(port) {
            return port;
        }
    }
    panic!("no free port on 127.0.0.1");
}
