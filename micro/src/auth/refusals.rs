//! What refused tokens leave in the log: where they came from, never what they were.

use std::net::IpAddr;

use parking_lot::Mutex;

use crate::Clock;
use crate::trace::TraceContext;

/// Refused tokens of a kind are logged at most this often, milliseconds: who sends them must
/// not fill the disk.
const EVERY_MS: i64 = 1_000;

/// Where a token came from.
#[derive(Debug, Clone, Copy)]
pub struct TokenSource {
    /// The client, as far as it is known.
    pub client_address: Option<IpAddr>,
    /// The trace of its request.
    pub trace: TraceContext,
}

/// Counts refused tokens between two lines of the log.
pub(super) struct Refusals {
    clock: Clock,
    forged: Mutex<Counted>,
    ended: Mutex<Counted>,
}

#[derive(Clone, Copy)]
struct Counted {
    logged_at: i64,
    since: u64,
}

impl Refusals {
    pub(super) fn new(clock: Clock) -> Self {
        let none = || Mutex::new(Counted { logged_at: i64::MIN, since: 0 });
        Self { clock, forged: none(), ended: none() }
    }

    /// A token that names a key of ours but was not signed with it: somebody else made it.
    pub(super) fn forged(&self, kid: &str, source: TokenSource) {
        if let Some(forged) = self.to_log(&self.forged) {
            let (client_address, trace_id) = (client(source), source.trace);
            tracing::warn!(kid, forged, client_address, %trace_id, "forged access tokens were refused");
        }
    }

    /// A token of ours that has ended: most often of somebody who has been away.
    pub(super) fn ended(&self, user_id: i64, source: TokenSource) {
        if let Some(ended) = self.to_log(&self.ended) {
            let (client_address, trace_id) = (client(source), source.trace);
            tracing::info!(user_id, ended, client_address, %trace_id, "ended access tokens were refused");
        }
    }

    /// How many there were since the last line, where it is time for the next one.
    fn to_log(&self, counted: &Mutex<Counted>) -> Option<u64> {
        let (mut counted, now) = (counted.lock(), self.clock.now_ms());
        counted.since += 1;
        if now.saturating_sub(counted.logged_at) < EVERY_MS {
            return None;
        }
        let since = counted.since;
        *counted = Counted { logged_at: now, since: 0 };
        Some(since)
    }
}

fn client(source: TokenSource) -> Option<String> {
    source.client_address.map(|address| address.to_string())
}
