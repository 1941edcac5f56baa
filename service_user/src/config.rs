//! What an operator can set, and the limits of the service.

use argon2::Params;
use micro::StartError;
use micro::database::DatabaseConfig;
use serde::Deserialize;

use crate::domain::{attempts::AttemptRule, key_schedule::KeySchedule};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// The longest grace: the shortest life of an access token, so that nobody goes on with a
/// successor within it.
const MAX_REUSE_GRACE_SECONDS: u32 = 60;

/// Configuration of the user service.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where accounts are kept; `user.db` in the data folder where the URL is empty.
    pub database: DatabaseConfig,
    /// How passwords are hashed.
    pub passwords: PasswordConfig,
    /// How long tokens live.
    pub tokens: TokenConfig,
    /// When signing keys change.
    pub keys: KeyConfig,
    /// How often a password may be tried.
    pub attempts: AttemptConfig,
    /// When expired rows are removed.
    pub cleanup: CleanupConfig,
}

/// Argon2id parameters (OWASP's recommendation by default) and how many hashes run at a time.
///
/// Changed parameters take effect on an account at its next sign-in.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordConfig {
    /// Memory of one hash in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// Hashes at a time; half of the cores, at least one, where 0.
    pub concurrency: usize,
    /// Requests that may wait for a hash; more are answered `OVERLOADED`.
    pub queue: usize,
}

/// Lifetimes of tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenConfig {
    /// Minutes an access token lives.
    pub access_minutes: u32,
    /// Days a refresh token lives unspent.
    pub refresh_days: u32,
    /// Seconds in which a spent refresh token is answered again, with the same successor; 0 for never.
    pub reuse_grace_seconds: u32,
    /// Sign-ins of one account that can be open at a time; a new one ends the oldest.
    pub max_sign_ins: u32,
}

/// Rotation of signing keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyConfig {
    /// Hours a key signs.
    pub rotate_after_hours: u32,
    /// Minutes a new key is published before it signs.
    pub publish_ahead_minutes: u32,
    /// How often the stored keys are read again, in milliseconds.
    pub check_every_ms: u64,
}

/// Limits of attempts, kept in each process by itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AttemptConfig {
    /// Wrong passwords for one account from one client address before pauses begin.
    pub account_free: u32,
    /// Wrong passwords for one account from all addresses together before pauses begin; they
    /// hold up nobody at an address where the account has signed in before.
    pub account_anywhere_free: u32,
    /// Wrong passwords from one client address before pauses begin.
    pub address_free: u32,
    /// Registrations from one client address before pauses begin.
    pub registration_free: u32,
    /// The first pause in milliseconds; it doubles with each further attempt.
    pub first_pause_ms: i64,
    /// The longest pause in milliseconds.
    pub longest_pause_ms: i64,
    /// Milliseconds without an attempt after which all is forgotten.
    pub forget_after_ms: i64,
    /// Accounts and addresses remembered at a time, each.
    pub remembered: usize,
}

/// Removal of expired sign-ins and refresh tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CleanupConfig {
    /// Milliseconds between two rounds.
    pub every_ms: u64,
    /// Rows removed by one statement, so that none holds locks for long.
    pub batch: u32,
}

impl Default for PasswordConfig {
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1, concurrency: 0, queue: 256 }
    }
}

impl Default for TokenConfig {
    fn default() -> Self {
        Self { access_minutes: 15, refresh_days: 30, reuse_grace_seconds: 10, max_sign_ins: 50 }
    }
}

impl Default for KeyConfig {
    fn default() -> Self {
        Self { rotate_after_hours: 720, publish_ahead_minutes: 60, check_every_ms: 60_000 }
    }
}

impl Default for AttemptConfig {
    fn default() -> Self {
        Self {
            account_free: 5,
            // Far above what one guesser gets: reaching it takes many addresses.
            account_anywhere_free: 100,
            // Many people can share one address: a cinema's network, a mobile carrier.
            address_free: 50,
            registration_free: 50,
            first_pause_ms: 1_000,
            longest_pause_ms: 60_000,
            forget_after_ms: 15 * MINUTE_MS,
            remembered: 50_000,
        }
    }
}

impl Default for CleanupConfig {
    fn default() -> Self {
        Self { every_ms: 10 * 60_000, batch: 500 }
    }
}

impl Config {
    /// Checks what belongs together.
    ///
    /// # Errors
    /// The setting that cannot be used and why.
    pub fn check(&self) -> Result<(), StartError> {
        let keys = self.key_schedule();
        let check_every = i64::try_from(self.keys.check_every_ms).unwrap_or(i64::MAX);
        let attempts = &self.attempts;
        let rules = [
            (self.argon2().is_ok(), "user.passwords: Argon2 does not take these parameters"),
            (self.passwords.concurrency <= 1_000, "user.passwords.concurrency must not be over 1000"),
            (self.passwords.queue <= 100_000, "user.passwords.queue must not be over 100000"),
            (self.tokens.access_minutes > 0, "user.tokens.access_minutes must be 1 or more"),
            (self.tokens.refresh_days > 0, "user.tokens.refresh_days must be 1 or more"),
            (
                self.tokens.reuse_grace_seconds <= MAX_REUSE_GRACE_SECONDS,
                "user.tokens.reuse_grace_seconds must not be over 60",
            ),
            (self.tokens.max_sign_ins > 0, "user.tokens.max_sign_ins must be 1 or more"),
            (
                keys.publish_ahead_ms < keys.rotate_after_ms,
                "user.keys.publish_ahead_minutes must be less than rotate_after_hours",
            ),
            (
                (1..=keys.publish_ahead_ms / 2).contains(&check_every),
                "user.keys.check_every_ms must be 1 or more and at most half of publish_ahead_minutes",
            ),
            (
                0 < attempts.first_pause_ms && attempts.first_pause_ms <= attempts.longest_pause_ms,
                "user.attempts.first_pause_ms must be 1 or more and at most longest_pause_ms",
            ),
            (
                attempts.longest_pause_ms <= attempts.forget_after_ms,
                "user.attempts.forget_after_ms must not be less than longest_pause_ms",
            ),
            (
                (1..=10_000_000).contains(&attempts.remembered),
                "user.attempts.remembered must be 1 to 10000000",
            ),
            (self.cleanup.every_ms > 0, "user.cleanup.every_ms must be 1 or more"),
            ((1..=10_000).contains(&self.cleanup.batch), "user.cleanup.batch must be 1 to 10000"),
        ];
        match rules.iter().find(|(holds, _)| !holds) {
            Some((_, problem)) => Err(StartError::new(*problem)),
            None => Ok(()),
        }
    }

    pub(crate) fn argon2(&self) -> Result<Params, argon2::Error> {
        let PasswordConfig { memory_kib, iterations, parallelism, .. } = self.passwords;
        Params::new(memory_kib, iterations, parallelism, None)
    }

    pub(crate) fn key_schedule(&self) -> KeySchedule {
        KeySchedule {
            rotate_after_ms: i64::from(self.keys.rotate_after_hours) * HOUR_MS,
            publish_ahead_ms: i64::from(self.keys.publish_ahead_minutes) * MINUTE_MS,
            token_life_ms: self.tokens.access_life_ms(),
        }
    }
}

impl TokenConfig {
    pub(crate) fn access_life_ms(&self) -> i64 {
        i64::from(self.access_minutes) * MINUTE_MS
    }

    pub(crate) fn refresh_life_ms(&self) -> i64 {
        i64::from(self.refresh_days) * DAY_MS
    }

    pub(crate) fn reuse_grace_ms(&self) -> i64 {
        i64::from(self.reuse_grace_seconds) * 1_000
    }
}

impl AttemptConfig {
    pub(crate) fn rule(&self, free: u32) -> AttemptRule {
        AttemptRule {
            free,
            first_pause_ms: self.first_pause_ms,
            longest_pause_ms: self.longest_pause_ms,
            forget_after_ms: self.forget_after_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_consistent() {
        Config::default().check().unwrap();
    }

    #[test]
    fn a_setting_that_cannot_work_is_named() {
        let mut config = Config::default();
        config.keys.publish_ahead_minutes = 60 * 720;
        assert!(config.check().unwrap_err().to_string().contains("publish_ahead_minutes"));
        let mut config = Config::default();
        config.passwords.memory_kib = 1;
        assert!(config.check().unwrap_err().to_string().contains("Argon2"));
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let result: Result<Config, _> = serde_json::from_str(r#"{"tokens": {"access_minuts": 5}}"#);
        assert!(result.unwrap_err().to_string().contains("access_minuts"));
    }
}
