//! The keys that sign access tokens, as this process knows them.

use std::sync::{Arc, PoisonError, RwLock};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::user::get_keys_response::Key;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use micro::auth::Claims;
use micro::{Clock, Problem};

use crate::domain::key_schedule::{KeySchedule, KeyTerm};
use crate::store::{Store, StoredKey};

/// Bytes of an Ed25519 private key.
const SEED_BYTES: usize = 32;
/// What precedes the seed in a PKCS #8 document of an Ed25519 key (RFC 8410, section 7).
const PKCS8_PREFIX: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// A signing key ready for use.
struct SigningKey {
    term: KeyTerm,
    encoding: EncodingKey,
    public: Key,
}

/// Signs access tokens and publishes the keys to verify them.
pub struct KeyRing {
    clock: Clock,
    schedule: KeySchedule,
    keys: RwLock<Arc<[SigningKey]>>,
}

impl KeyRing {
    /// The stored keys, with a first one made where there is none.
    ///
    /// # Errors
    /// The database's; a stored key that is damaged.
    pub async fn open(clock: Clock, schedule: KeySchedule, store: &Store) -> Result<Self, Problem> {
        let ring = Self { clock, schedule, keys: RwLock::new(Arc::from([])) };
        ring.maintain(store).await?;
        Ok(ring)
    }

    /// Reads the stored keys again, makes the next one where it is due, and removes those that are done.
    ///
    /// # Errors
    /// The database's; a stored key that is damaged. The keys known so far stay in use.
    pub async fn maintain(&self, store: &Store) -> Result<(), Problem> {
        let now = self.clock.now_ms();
        let mut stored = store.signing_keys().await?;
        if let Some(due) = self.schedule.due(&terms(&stored), now) {
            store.add_signing_key(&generate(due), now).await?;
            // Another process may have been faster; what is stored counts.
            stored = store.signing_keys().await?;
            tracing::info!(serial = due.serial, sign_from = due.sign_from, "a signing key was made");
        }
        let retired = self.schedule.retired_up_to(&terms(&stored), now);
        if retired > 0 {
            store.remove_signing_keys(retired).await?;
            stored.retain(|key| key.serial > retired);
        }
        let keys = stored.iter().map(load).collect::<Result<Arc<[_]>, _>>()?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// Signs the claims with the key whose turn it is.
    ///
    /// # Errors
    /// `INTERNAL` where there is no key, which [`open`](Self::open) rules out.
    pub fn sign(&self, claims: &Claims) -> Result<String, Problem> {
        let keys = self.keys();
        let key =
            keys.get(self.signing(&keys)).ok_or_else(|| Problem::internal("no signing key is loaded"))?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(key.public.kid.clone());
        jsonwebtoken::encode(&header, claims, &key.encoding).map_err(Problem::internal)
    }

    /// The public keys, the one in use first, then the newest.
    #[must_use]
    pub fn published(&self) -> Vec<Key> {
        let keys = self.keys();
        let signing = self.signing(&keys);
        let others = (0..keys.len()).rev().filter(|index| *index != signing);
        let order = Some(signing).into_iter().chain(others);
        order.filter_map(|index| keys.get(index)).map(|key| key.public.clone()).collect()
    }

    fn keys(&self) -> Arc<[SigningKey]> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn signing(&self, keys: &[SigningKey]) -> usize {
        let terms: Vec<KeyTerm> = keys.iter().map(|key| key.term).collect();
        self.schedule.signing(&terms, self.clock.now_ms()).unwrap_or_default()
    }
}

fn terms(stored: &[StoredKey]) -> Vec<KeyTerm> {
    stored.iter().map(StoredKey::term).collect()
}

fn generate(term: KeyTerm) -> StoredKey {
    let seed: [u8; SEED_BYTES] = rand::random();
    StoredKey { serial: term.serial, seed: URL_SAFE_NO_PAD.encode(seed), sign_from: term.sign_from }
}

fn load(stored: &StoredKey) -> Result<SigningKey, Problem> {
    let damaged = || Problem::internal(format!("signing key {} is damaged", stored.serial));
    let seed = URL_SAFE_NO_PAD.decode(&stored.seed).map_err(|_| damaged())?;
    if seed.len() != SEED_BYTES {
        return Err(damaged());
    }
    let encoding = EncodingKey::from_ed_der(&[PKCS8_PREFIX.as_slice(), &seed].concat());
    let jwk = Jwk::from_encoding_key(&encoding, Algorithm::EdDSA).map_err(|_| damaged())?;
    let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| damaged())?;
    let AlgorithmParameters::OctetKeyPair(pair) = jwk.algorithm else { return Err(damaged()) };
    let public = Key {
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        kid,
        r#use: "sig".to_owned(),
        alg: "EdDSA".to_owned(),
        x: pair.x,
    };
    Ok(SigningKey { term: stored.term(), encoding, public })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key pair of RFC 8037, appendix A.
    #[test]
    fn a_key_is_published_as_the_standard_says() {
        let seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A".to_owned();
        let key = load(&StoredKey { serial: 1, seed, sign_from: 0 }).unwrap();
        assert_eq!(key.public.x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(key.public.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_damaged_key_is_refused_without_showing_it() {
        for seed in ["", "c2hvcnQ", "!!"] {
            let error = load(&StoredKey { serial: 7, seed: seed.to_owned(), sign_from: 0 }).err().unwrap();
            assert_eq!(error.reason(), "INTERNAL");
        }
        let key = generate(KeyTerm { serial: 1, sign_from: 0 });
        assert!(!format!("{key:?}").contains(&key.seed));
    }
}
