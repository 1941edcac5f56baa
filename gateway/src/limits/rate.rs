//! How often one client may call.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use micro::server::network;
use quick_cache::sync::Cache;

use crate::config::RateConfig;

/// A limit for each client address: a steady rate and a burst after a pause.
///
/// For a client one number is kept: when its bucket will be full again
/// (the "generic cell rate algorithm").
pub struct Rate {
    began: Instant,
    /// Nanoseconds one request is worth; no limit where 0.
    each: u64,
    /// Nanoseconds the requests of a whole burst are worth.
    burst: u64,
    full_at: Cache<u128, Arc<AtomicU64>>,
}

impl Rate {
    /// The limit an operator has set.
    #[must_use]
    pub fn new(config: &RateConfig) -> Self {
        let each = 1_000_000_000_u64.checked_div(config.per_second.into()).unwrap_or(0);
        Self {
            began: Instant::now(),
            each,
            burst: each.saturating_mul(config.burst.into()),
            full_at: Cache::new(config.remembered),
        }
    }

    /// Takes one request of a client.
    ///
    /// # Errors
    /// How long the client should wait.
    pub fn take(&self, client: IpAddr) -> Result<(), Duration> {
        if self.each == 0 {
            return Ok(());
        }
        let now = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.take_at(client, now)
    }

    fn take_at(&self, client: IpAddr, now: u64) -> Result<(), Duration> {
        let client = network(client);
        let full_at = self.full_at.get(&client).unwrap_or_else(|| {
            let new = Arc::new(AtomicU64::new(0));
            self.full_at.insert(client, new.clone());
            new
        });
        let take = |full_at: u64| {
            let after = full_at.max(now).saturating_add(self.each);
            (after - now <= self.burst).then_some(after)
        };
        match full_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => Ok(()),
            Err(full_at) => {
                let after = full_at.max(now).saturating_add(self.each);
                Err(Duration::from_nanos((after - now).saturating_sub(self.burst)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn rate(per_second: u32, burst: u32) -> Rate {
        Rate::new(&RateConfig { per_second, burst, remembered: 100 })
    }

    #[test]
    fn a_burst_passes_and_then_the_steady_rate() {
        let rate = rate(10, 3);
        let client = "192.0.2.1".parse().unwrap();
        for _ in 0..3 {
            assert!(rate.take_at(client, SECOND).is_ok());
        }
        assert_eq!(rate.take_at(client, SECOND), Err(Duration::from_millis(100)));
        assert!(rate.take_at(client, SECOND + SECOND / 10).is_ok());
        assert!(rate.take_at(client, SECOND + SECOND / 10).is_err());
        assert!(rate.take_at("192.0.2.2".parse().unwrap(), SECOND).is_ok());
    }

    #[test]
    fn neighbours_in_one_network_share_a_limit() {
        let rate = rate(1, 1);
        assert!(rate.take_at("2001:db8::1".parse().unwrap(), 0).is_ok());
        assert!(rate.take_at("2001:db8::2".parse().unwrap(), 0).is_err());
        assert!(rate.take_at("2001:db8:0:1::1".parse().unwrap(), 0).is_ok());
        assert!(rate.take_at("::ffff:192.0.2.1".parse().unwrap(), 0).is_ok());
        assert!(rate.take_at("192.0.2.1".parse().unwrap(), 0).is_err());
    }

    #[test]
    fn zero_is_no_limit() {
        let rate = rate(0, 0);
        assert!((0..1000).all(|_| rate.take("192.0.2.1".parse().unwrap()).is_ok()));
    }
}
