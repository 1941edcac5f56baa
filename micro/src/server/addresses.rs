//! How many connections one address has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// An operator is told of refusals at most so often: they come in thousands.
const TOLD_EVERY: Duration = Duration::from_secs(60);

/// Connections of each address.
pub struct Addresses {
    /// Of one address at most; no limit where 0.
    most: usize,
    counts: Mutex<HashMap<u128, usize>>,
    told: Mutex<Option<Instant>>,
}

impl Addresses {
    /// None yet.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, counts: Mutex::default(), told: Mutex::default() })
    }

    /// Counts a connection until what is given back is dropped; nothing where it is one too many.
    pub fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Counted> {
        if self.most == 0 {
            return Some(Counted(None));
        }
        let network = network(peer);
        let mut counts = self.counts.lock();
        let count = counts.entry(network).or_default();
        if *count >= self.most {
            drop(counts);
            self.tell(peer);
            return None;
        }
        *count += 1;
        Some(Counted(Some((self.clone(), network))))
    }

    fn tell(&self, peer: IpAddr) {
        let mut told = self.told.lock();
        if told.is_none_or(|told| told.elapsed() >= TOLD_EVERY) {
            *told = Some(Instant::now());
            tracing::warn!(
                %peer,
                max_connections_per_address = self.most,
                "connections of one address are refused; behind a proxy there must be no such limit"
            );
        }
    }
}

/// A connection that is counted.
pub struct Counted(Option<(Arc<Addresses>, u128)>);

impl Drop for Counted {
    fn drop(&mut self) {
        let Some((addresses, network)) = self.0.take() else { return };
        let mut counts = addresses.counts.lock();
        if let Some(count) = counts.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&network);
            }
        }
    }
}

/// What counts as one address: of IPv6, where one customer has at least a /64, that.
#[must_use]
pub fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits() & (u128::MAX << 64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_one_network_share_a_limit() {
        let addresses = Addresses::new(1);
        let first = addresses.take("2001:db8::1".parse().unwrap());
        assert!(first.is_some());
        assert!(addresses.take("2001:db8::2".parse().unwrap()).is_none());
        assert!(addresses.take("2001:db8:0:1::1".parse().unwrap()).is_some());
        drop(first);
        assert!(addresses.take("2001:db8::2".parse().unwrap()).is_some());
        assert!(addresses.counts.lock().is_empty(), "what is gone is forgotten");
    }

    #[test]
    fn zero_is_no_limit() {
        let addresses = Addresses::new(0);
        let all: Vec<_> = (0..1000).filter_map(|_| addresses.take("192.0.2.1".parse().unwrap())).collect();
        assert_eq!(all.len(), 1000);
    }
}
