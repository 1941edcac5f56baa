//! What is remembered of attempts to sign in and to register, in bounded memory.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Arc;

use micro::Clock;
use micro::server::network;
use quick_cache::sync::Cache;

use crate::config::AttemptConfig;
use crate::domain::Refusal;
use crate::hasher::Verified;
use crate::limiter::{Limiter, Turn};

/// The limits of the service.
///
/// Wrong passwords count strictly for an account together with the address they come from, so
/// that whoever guesses does not lock out the owner, who is elsewhere; for the address with all
/// its accounts; and, far more loosely, for the account with all addresses.
pub struct AttemptLimits {
    account_here: Arc<Limiter>,
    account: Arc<Limiter>,
    address: Arc<Limiter>,
    registration: Arc<Limiter>,
    familiar: Arc<Familiar>,
}

/// Accounts and addresses that go together: the right password came from there. What others
/// guess elsewhere does not hold up who signs in from such a place.
struct Familiar {
    known: Cache<u64, ()>,
    hash: RandomState,
}

/// One try of a password that is under way. It counts when it has turned out to be wrong.
#[must_use]
pub struct PasswordAttempt {
    here: String,
    familiar: Arc<Familiar>,
    account_here: Turn,
    /// Nothing at a place that is familiar to the account.
    account: Option<Turn>,
    address: Option<Turn>,
}

impl AttemptLimits {
    /// The limits an operator set.
    #[must_use]
    pub fn new(config: &AttemptConfig, clock: &Clock) -> Self {
        let limiter = |free| Arc::new(Limiter::new(config.rule(free), config.remembered, clock.clone()));
        Self {
            account_here: limiter(config.account_free),
            account: limiter(config.account_anywhere_free),
            address: limiter(config.address_free),
            registration: limiter(config.registration_free),
            familiar: Arc::new(Familiar::new(config.remembered)),
        }
    }

    /// Begins a try of a password for the account known by `account` (any text
    /// that is the same for the same account), from a client's address. Waits
    /// while others are under way that would use up what may still be tried.
    ///
    /// # Errors
    /// [`Refusal::TooManyAttempts`] where one of them has been tried too often.
    pub async fn password(&self, account: &str, address: Option<IpAddr>) -> Result<PasswordAttempt, Refusal> {
        let network = address.map(|address| network(address).to_string());
        let here = format!("{account} from {}", network.as_deref().unwrap_or("an unknown place"));
        // The address first: who waits for their own address holds up no account.
        let address = match network {
            Some(network) => Some(self.address.begin(&network).await?),
            None => None,
        };
        let account_here = self.account_here.begin(&here).await?;
        let account =
            if self.familiar.knows(&here) { None } else { Some(self.account.begin(account).await?) };
        Ok(PasswordAttempt { familiar: self.familiar.clone(), here, account_here, account, address })
    }

    /// Counts a registration from a client's address.
    ///
    /// # Errors
    /// [`Refusal::TooManyAttempts`].
    pub fn registration(&self, address: Option<IpAddr>) -> Result<(), Refusal> {
        address.map_or(Ok(()), |address| self.registration.attempt(&network(address).to_string()))
    }
}

impl Familiar {
    fn new(remembered: usize) -> Self {
        Self { known: Cache::new(remembered), hash: RandomState::new() }
    }

    fn knows(&self, here: &str) -> bool {
        self.known.get(&self.hash.hash_one(here)).is_some()
    }

    fn learn(&self, here: &str) {
        self.known.insert(self.hash.hash_one(here), ());
    }
}

impl PasswordAttempt {
    /// Counts it by what came of it: right, wrong, or not checked for a reason of ours.
    ///
    /// The right one makes the wrong ones of this account from this address forgotten. Account
    /// and address alone keep their own: somebody with one account could try all others, and a
    /// guesser would begin anew each time the owner signs in. Gives back the pause that follows,
    /// milliseconds.
    pub fn end<E>(self, verified: &Result<Verified, E>) -> i64 {
        match verified {
            Ok(Verified::Wrong) => {
                let others = [self.account, self.address].map(|turn| turn.map_or(0, Turn::count));
                others.into_iter().fold(self.account_here.count(), i64::max)
            }
            Ok(Verified::Right | Verified::RightButOutdated) => {
                self.account_here.forget();
                self.familiar.learn(&self.here);
                0
            }
            Err(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> AttemptLimits {
        let config = AttemptConfig { account_free: 2, address_free: 4, ..AttemptConfig::default() };
        AttemptLimits::new(&config, &Clock::simulated(1_000_000))
    }

    const ADDRESS: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

    fn place(number: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, number]))
    }

    async fn try_at(limits: &AttemptLimits, address: Option<IpAddr>, found: Verified) -> Result<(), Refusal> {
        limits.password("ann", address).await.map(|attempt| {
            attempt.end(&Ok::<_, ()>(found));
        })
    }
    const TOO_MANY: Result<(), Refusal> = Err(Refusal::TooManyAttempts { retry_after_ms: 1_000 });

    async fn try_and_find(
        limits: &AttemptLimits,
        account: &str,
        found: Result<Verified, ()>,
    ) -> Result<(), Refusal> {
        limits.password(account, ADDRESS).await.map(|attempt| {
            attempt.end(&found);
        })
    }

    async fn try_wrong(limits: &AttemptLimits, account: &str) -> Result<(), Refusal> {
        try_and_find(limits, account, Ok(Verified::Wrong)).await
    }

    #[tokio::test]
    async fn wrong_passwords_count_by_account_and_by_address() {
        let limits = limits();
        assert_eq!(try_wrong(&limits, "ann").await, Ok(()));
        assert_eq!(try_wrong(&limits, "ann").await, Ok(()));
        assert_eq!(try_wrong(&limits, "ann").await, TOO_MANY);
        assert_eq!(try_wrong(&limits, "bob").await, Ok(()));
        assert_eq!(try_wrong(&limits, "cid").await, Ok(()));
        assert_eq!(try_wrong(&limits, "dan").await, TOO_MANY);
    }

    #[tokio::test]
    async fn a_right_password_clears_the_account_but_not_the_address() {
        let limits = limits();
        for account in ["bob", "cid", "dan"] {
            try_wrong(&limits, account).await.unwrap();
        }
        for _ in 0..10 {
            try_and_find(&limits, "ann", Ok(Verified::Right)).await.unwrap();
        }
        try_wrong(&limits, "ann").await.unwrap();
        assert_eq!(try_wrong(&limits, "ann").await, TOO_MANY);
    }

    #[tokio::test]
    async fn an_account_has_its_limit_at_each_address_and_a_looser_one_in_all() {
        let config = AttemptConfig { account_free: 2, account_anywhere_free: 6, ..AttemptConfig::default() };
        let limits = AttemptLimits::new(&config, &Clock::simulated(1_000_000));
        try_at(&limits, place(9), Verified::Right).await.unwrap();
        for number in 1..=3 {
            try_at(&limits, place(number), Verified::Wrong).await.unwrap();
            try_at(&limits, place(number), Verified::Wrong).await.unwrap();
            assert_eq!(try_at(&limits, place(number), Verified::Wrong).await, TOO_MANY, "{number}");
        }
        // Six in all: nobody else gets a try, but who was there before does.
        assert_eq!(try_at(&limits, place(4), Verified::Wrong).await, TOO_MANY);
        for _ in 0..3 {
            try_at(&limits, place(9), Verified::Right).await.unwrap();
        }
        assert_eq!(try_at(&limits, place(4), Verified::Wrong).await, TOO_MANY);
        try_at(&limits, place(9), Verified::Wrong).await.unwrap();
        try_at(&limits, place(9), Verified::Wrong).await.unwrap();
        assert_eq!(try_at(&limits, place(9), Verified::Wrong).await, TOO_MANY);
    }

    #[tokio::test]
    async fn what_we_could_not_check_does_not_count() {
        let limits = limits();
        for _ in 0..10 {
            try_and_find(&limits, "ann", Err(())).await.unwrap();
        }
        assert_eq!(try_wrong(&limits, "ann").await, Ok(()));
    }
}
