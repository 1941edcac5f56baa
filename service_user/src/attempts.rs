//! What is remembered of attempts to sign in and to register, in bounded memory.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use quick_cache::sync::{Cache, EntryAction, EntryResult};

use crate::config::AttemptConfig;
use crate::domain::Refusal;
use crate::domain::attempts::{AttemptRule, Attempts};
use crate::hasher::Verified;

/// Attempts counted by some key. Keys are kept as 64-bit hashes under a secret
/// of the process, so an entry's size does not depend on what callers send.
pub struct Limiter {
    rule: AttemptRule,
    counted: Cache<u64, Attempts>,
    hash: RandomState,
}

impl Limiter {
    /// Remembers so many keys; the least used go first.
    #[must_use]
    pub fn new(rule: AttemptRule, remembered: usize) -> Self {
        Self { rule, counted: Cache::new(remembered), hash: RandomState::new() }
    }

    /// Counts an attempt.
    ///
    /// # Errors
    /// [`Refusal::TooManyAttempts`] where it comes too early.
    pub fn attempt(&self, key: &str, now_ms: i64) -> Result<(), Refusal> {
        let outcome = self.counted.entry(&self.hash.hash_one(key), None, |_, attempts| {
            EntryAction::<Result<(), i64>>::Retain(
                self.rule.attempt(*attempts, now_ms).map(|next| *attempts = next),
            )
        });
        match outcome {
            EntryResult::Retained(counted) => {
                counted.map_err(|retry_after_ms| Refusal::TooManyAttempts { retry_after_ms })
            }
            EntryResult::Vacant(place) => {
                // Losing the place to an eviction only forgets one attempt.
                let _ = place.insert(Attempts { counted: 1, last_at: now_ms });
                Ok(())
            }
            // Neither is asked for above.
            EntryResult::Removed(..) | EntryResult::Replaced(..) | EntryResult::Timeout => Ok(()),
        }
    }

    /// Takes one attempt back.
    pub fn forgive(&self, key: &str) {
        let outcome = self.counted.entry(&self.hash.hash_one(key), None, |_, attempts| {
            *attempts = attempts.forgive_one();
            EntryAction::Retain(())
        });
        drop(outcome);
    }

    /// Forgets all attempts.
    pub fn clear(&self, key: &str) {
        self.counted.remove(&self.hash.hash_one(key));
    }
}

/// The limits of the service.
pub struct AttemptLimits {
    account: Limiter,
    address: Limiter,
    registration: Limiter,
}

/// One try of a password. It counts as wrong unless said otherwise.
#[must_use]
pub struct PasswordAttempt<'a> {
    limits: &'a AttemptLimits,
    account: String,
    address: Option<String>,
}

impl AttemptLimits {
    /// The limits an operator set.
    #[must_use]
    pub fn new(config: &AttemptConfig) -> Self {
        let limiter = |free| Limiter::new(config.rule(free), config.remembered);
        Self {
            account: limiter(config.account_free),
            address: limiter(config.address_free),
            registration: limiter(config.registration_free),
        }
    }

    /// Counts a try of a password for the account known by `account` (any text
    /// that is the same for the same account), from a client's address.
    ///
    /// # Errors
    /// [`Refusal::TooManyAttempts`] where either has been tried too often.
    pub fn password(
        &self,
        account: &str,
        address: Option<IpAddr>,
        now_ms: i64,
    ) -> Result<PasswordAttempt<'_>, Refusal> {
        let address = address.map(network);
        if let Some(address) = &address {
            self.address.attempt(address, now_ms)?;
        }
        let attempt = PasswordAttempt { limits: self, account: account.to_owned(), address };
        if let Err(refusal) = self.account.attempt(account, now_ms) {
            attempt.forgive_address();
            return Err(refusal);
        }
        Ok(attempt)
    }

    /// Counts a registration from a client's address.
    ///
    /// # Errors
    /// [`Refusal::TooManyAttempts`].
    pub fn registration(&self, address: Option<IpAddr>, now_ms: i64) -> Result<(), Refusal> {
        address.map_or(Ok(()), |address| self.registration.attempt(&network(address), now_ms))
    }
}

impl PasswordAttempt<'_> {
    /// Counts it by what came of it: right, wrong, or not checked for a reason of ours.
    pub fn end<E>(self, verified: &Result<Verified, E>) {
        match verified {
            Ok(Verified::Wrong) => {}
            Ok(Verified::Right | Verified::RightButOutdated) => self.succeeded(),
            Err(_) => self.not_checked(),
        }
    }

    /// The password was right: the account's wrong ones are forgotten. The
    /// address keeps its own, or somebody with one account could try all others.
    fn succeeded(self) {
        self.limits.account.clear(&self.account);
        self.forgive_address();
    }

    /// It could not be checked, for a reason of ours.
    fn not_checked(self) {
        self.limits.account.forgive(&self.account);
        self.forgive_address();
    }

    fn forgive_address(&self) {
        if let Some(address) = &self.address {
            self.limits.address.forgive(address);
        }
    }
}

/// What one subscriber has: an IPv4 address, or the /64 network of an IPv6 address.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> AttemptLimits {
        AttemptLimits::new(&AttemptConfig { account_free: 2, address_free: 4, ..AttemptConfig::default() })
    }

    const ADDRESS: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

    fn try_wrong(limits: &AttemptLimits, account: &str) -> Result<(), Refusal> {
        limits.password(account, ADDRESS, 1_000_000).map(drop)
    }

    #[test]
    fn wrong_passwords_count_by_account_and_by_address() {
        let limits = limits();
        assert_eq!(try_wrong(&limits, "ann"), Ok(()));
        assert_eq!(try_wrong(&limits, "ann"), Ok(()));
        assert_eq!(try_wrong(&limits, "ann"), Err(Refusal::TooManyAttempts { retry_after_ms: 1_000 }));
        assert_eq!(try_wrong(&limits, "bob"), Ok(()));
        assert_eq!(try_wrong(&limits, "cid"), Ok(()));
        assert_eq!(try_wrong(&limits, "dan"), Err(Refusal::TooManyAttempts { retry_after_ms: 1_000 }));
    }

    #[test]
    fn a_right_password_clears_the_account_but_not_the_address() {
        let limits = limits();
        for account in ["bob", "cid", "dan"] {
            try_wrong(&limits, account).unwrap();
        }
        for _ in 0..10 {
            limits.password("ann", ADDRESS, 1_000_000).unwrap().succeeded();
        }
        try_wrong(&limits, "ann").unwrap();
        assert!(try_wrong(&limits, "ann").is_err());
    }

    #[test]
    fn what_we_could_not_check_does_not_count() {
        let limits = limits();
        for _ in 0..10 {
            limits.password("ann", ADDRESS, 1_000_000).unwrap().not_checked();
        }
        assert_eq!(try_wrong(&limits, "ann"), Ok(()));
    }

    #[test]
    fn one_ipv6_subscriber_is_one_address() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }

    #[test]
    fn memory_is_bounded() {
        let limiter = Limiter::new(AttemptConfig::default().rule(1), 100);
        for number in 0..10_000 {
            let _ = limiter.attempt(&format!("name {number}"), 1);
        }
        assert!(limiter.counted.len() <= 100);
    }
}
