//! Hashing of passwords: Argon2id, a few at a time, away from the threads that answer requests.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use micro::Problem;
use tokio::sync::Semaphore;

use crate::config::Config;
use crate::domain::{Refusal, password::Password};

/// Hashes and verifies passwords.
///
/// Each hash takes tens of milliseconds and megabytes by intent, so their number
/// is bounded, and so is the number of requests that wait for one.
#[derive(Clone)]
pub struct Hasher {
    params: Params,
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    dummy: Arc<str>,
}

/// What verifying a password found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// Not the password, or no such account.
    Wrong,
    /// The password.
    Right,
    /// The password, hashed with other parameters than those now set.
    RightButOutdated,
}

impl Hasher {
    /// A hasher with the operator's parameters.
    ///
    /// # Errors
    /// Parameters Argon2 does not take.
    pub fn new(config: &Config) -> Result<Self, argon2::password_hash::Error> {
        let params = config.argon2().map_err(|_| argon2::password_hash::Error::ParamsInvalid)?;
        let passwords = &config.passwords;
        let concurrency = match passwords.concurrency {
            0 => std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1)),
            set => set,
        };
        Ok(Self {
            dummy: nobodys(&params).into(),
            params,
            running: Arc::new(Semaphore::new(concurrency)),
            admitted: Arc::new(Semaphore::new(concurrency.saturating_add(passwords.queue))),
        })
    }

    /// Hashes a password with a new salt, as a PHC string.
    ///
    /// # Errors
    /// `OVERLOADED` where too many wait already.
    pub async fn hash(&self, password: Password) -> Result<String, Problem> {
        let params = self.params.clone();
        let hash = move || argon2id(params).hash_password(password.as_bytes()).map(|hash| hash.to_string());
        self.run(hash).await?.map_err(Problem::internal)
    }

    /// Verifies a password against a stored hash. Without one it works just as
    /// long and finds [`Verified::Wrong`], so that time does not tell which names exist.
    ///
    /// # Errors
    /// `OVERLOADED` where too many wait already.
    pub async fn verify(&self, password: Password, stored: Option<String>) -> Result<Verified, Problem> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy.to_string());
        let params = self.params.clone();
        let found = self.run(move || verify(&params, &password, &stored)).await?;
        match found {
            Ok(found) if known => Ok(found),
            Ok(_) => Ok(Verified::Wrong),
            Err(error) => Err(Problem::internal(error)),
        }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let place = self.admitted.clone().try_acquire_owned().map_err(|_| Refusal::Overloaded)?;
        let turn = self.running.clone().acquire_owned().await.map_err(Problem::internal)?;
        // Both go with the work: a caller that gives up does not make room for another hash beside it.
        let work = move || {
            let result = work();
            drop((turn, place));
            result
        };
        tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
    }
}

fn argon2id(params: Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// A stored hash that no password has, its salt and output nothing but zeros.
/// Written, not computed: a hash at the start would leave its memory with the process.
fn nobodys(params: &Params) -> String {
    let (salt, output) = ("A".repeat(22), "A".repeat(43));
    format!(
        "$argon2id$v=19$m={},t={},p={}${salt}${output}",
        params.m_cost(),
        params.t_cost(),
        params.p_cost()
    )
}

pub(crate) fn verify(
    params: &Params,
    password: &Password,
    stored: &str,
) -> Result<Verified, argon2::password_hash::Error> {
    let hash = PasswordHash::new(stored)?;
    match argon2id(params.clone()).verify_password(password.as_bytes(), &hash) {
        Ok(()) if is_current(params, &hash) => Ok(Verified::Right),
        Ok(()) => Ok(Verified::RightButOutdated),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Verified::Wrong),
        Err(error) => Err(error),
    }
}

fn is_current(params: &Params, hash: &PasswordHash) -> bool {
    let costs = |p: &Params| (p.m_cost(), p.t_cost(), p.p_cost());
    let of_hash = Params::try_from(hash).ok().map(|p| costs(&p));
    hash.algorithm == Algorithm::Argon2id.ident() && of_hash == Some(costs(params))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(iterations: u32, concurrency: usize, queue: usize) -> Hasher {
        let mut config = Config::default();
        config.passwords.memory_kib = 8;
        config.passwords.iterations = iterations;
        config.passwords.concurrency = concurrency;
        config.passwords.queue = queue;
        Hasher::new(&config).unwrap()
    }

    fn password(text: &str) -> Password {
        Password::new(text)
    }

    #[tokio::test]
    async fn a_password_is_verified_and_outdated_parameters_are_noticed() {
        let old = hasher(1, 1, 8);
        let stored = old.hash(password("correct horse")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert_eq!(
            old.verify(password("correct horse"), Some(stored.clone())).await.unwrap(),
            Verified::Right
        );
        assert_eq!(old.verify(password("wrong horse"), Some(stored.clone())).await.unwrap(), Verified::Wrong);
        let new = hasher(2, 1, 8);
        let found = new.verify(password("correct horse"), Some(stored)).await.unwrap();
        assert_eq!(found, Verified::RightButOutdated);
    }

    #[tokio::test]
    async fn nobody_has_a_password() {
        let hasher = hasher(1, 1, 8);
        let found = hasher.verify(password("correct horse"), None).await.unwrap();
        assert_eq!(found, Verified::Wrong);
    }

    #[tokio::test]
    async fn an_unknown_name_takes_the_same_hash_as_a_known_one() {
        let hasher = hasher(3, 1, 8);
        let stored = hasher.hash(password("correct horse")).await.unwrap();
        let (known, unknown) =
            (PasswordHash::new(&stored).unwrap(), PasswordHash::new(&hasher.dummy).unwrap());
        assert_eq!((known.algorithm, known.version), (unknown.algorithm, unknown.version));
        assert_eq!(known.params, unknown.params);
        let lengths = |hash: &PasswordHash| (hash.salt.map(|s| s.as_ref().len()), hash.hash.map(|h| h.len()));
        assert_eq!(lengths(&known), lengths(&unknown));
    }

    #[tokio::test]
    async fn the_queue_is_bounded() {
        let hasher = hasher(1, 1, 1);
        let _running = hasher.running.clone().acquire_owned().await.unwrap();
        let _admitted = hasher.admitted.clone().acquire_many_owned(2).await.unwrap();
        assert_eq!(hasher.hash(password("correct horse")).await.unwrap_err().reason(), "OVERLOADED");
    }
}
