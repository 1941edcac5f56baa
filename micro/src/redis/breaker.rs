//! Which part of Redis is not asked for the time being.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Hash slots of a cluster.
const SLOTS: u16 = 16_384;
/// Parts a cluster is divided into: fine enough that the failure of one shard
/// does not keep anybody from the others for long.
const PARTS: u16 = 16;

/// An absence longer than this may have been a fail-over: no cluster decides on one sooner.
const FAIL_OVER: Duration = Duration::from_secs(1);

/// One switch for each part of the key space; one for all without a cluster.
pub struct Breakers {
    parts: Vec<Part>,
    cluster: bool,
}

#[derive(Default)]
struct Part {
    open: AtomicBool,
    failure: Mutex<Failed>,
}

/// How a part failed.
#[derive(Default)]
struct Failed {
    /// The key that failed: the one to probe with.
    key: String,
    /// When.
    at: Option<Instant>,
    /// A connection was lost: its server may have been restarted.
    disconnected: bool,
}

impl Breakers {
    pub fn new(cluster: bool) -> Self {
        let count = if cluster { PARTS } else { 1 };
        Self { parts: (0..count).map(|_| Part::default()).collect(), cluster }
    }

    /// Whether the part a key is in is not to be asked.
    pub fn is_open(&self, key: &str) -> bool {
        self.part(key).open.load(Ordering::Acquire)
    }

    /// Stops asking the part; says whether it was asked until now.
    pub fn open(&self, key: &str, disconnected: bool) -> bool {
        let part = self.part(key);
        let mut failure = part.failure.lock();
        let first = !part.open.swap(true, Ordering::AcqRel);
        if first {
            *failure = Failed { key: key.to_owned(), at: Some(Instant::now()), disconnected };
        }
        failure.disconnected |= disconnected;
        first
    }

    /// Begins to ask the part again; says whether it may be another server, or one
    /// that forgot, that answers now.
    pub fn close(&self, key: &str) -> bool {
        let part = self.part(key);
        let failure = part.failure.lock();
        part.open.store(false, Ordering::Release);
        failure.disconnected || failure.at.is_some_and(|at| at.elapsed() >= FAIL_OVER)
    }

    /// A key of each part that is not asked.
    pub fn open_keys(&self) -> Vec<String> {
        let open = self.parts.iter().filter(|part| part.open.load(Ordering::Acquire));
        open.map(|part| part.failure.lock().key.clone()).collect()
    }

    /// Whether every part is asked.
    pub fn all_closed(&self) -> bool {
        self.parts.iter().all(|part| !part.open.load(Ordering::Acquire))
    }

    fn part(&self, key: &str) -> &Part {
        let slot = if self.cluster { slot(key) } else { 0 };
        &self.parts[usize::from(slot / (SLOTS / PARTS))]
    }
}

/// The hash slot of a key: of what is in its first braces, else of all of it.
/// <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#key-distribution-model>
fn slot(key: &str) -> u16 {
    let tag = key.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|(tag, _)| tag);
    crc16(tag.filter(|tag| !tag.is_empty()).unwrap_or(key).as_bytes()) % SLOTS
}

/// CRC-16/XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_redis() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        // redis-cli cluster keyslot foo
        assert_eq!(slot("foo"), 12_182);
        assert_eq!(slot("marquee:gate:{foo}"), 12_182);
        assert_eq!(slot("{}foo"), crc16(b"{}foo") % SLOTS);
    }

    #[test]
    fn only_the_part_that_failed_is_not_asked() {
        let breakers = Breakers::new(true);
        assert!(breakers.open("foo", false));
        assert!(!breakers.open("{foo}more", false));
        assert!(breakers.is_open("x{foo}"));
        assert!(!breakers.is_open("bar"));
        assert_eq!(breakers.open_keys(), ["foo"]);
        assert!(!breakers.close("foo"));
        assert!(breakers.open_keys().is_empty());
    }

    #[test]
    fn a_server_whose_connection_was_lost_may_have_forgotten() {
        let breakers = Breakers::new(false);
        breakers.open("a", false);
        breakers.open("b", true);
        assert!(breakers.close("a"));
        breakers.open("a", false);
        assert!(!breakers.close("a"));
    }
}
