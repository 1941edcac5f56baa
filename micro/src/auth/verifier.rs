//! Verification of access tokens, in every service by itself.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use contract::user::GetKeysRequest;
use contract::user::user_service_client::UserServiceClient;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use quick_cache::sync::Cache;
use tokio::sync::Mutex;

use super::{AUDIENCE, Claims, ISSUER, token_expired, token_invalid};
use crate::{Caller, Channel, Clock, Problem};

/// Verified tokens remembered, so that a signature is checked once for a token.
const CACHED_TOKENS: usize = 100_000;
/// An unknown key id makes us ask for keys at most this often, milliseconds:
/// forged tokens must not become load on the user service.
const KEYS_EVERY_MS: i64 = 1_000;
/// No token of ours is longer.
const MAX_TOKEN_LEN: usize = 4_096;

type Keys = HashMap<String, DecodingKey>;

/// Verifies access tokens with the user service's published keys.
pub struct Verifier {
    clock: Clock,
    users: Channel,
    cache: Cache<Box<str>, Arc<Caller>>,
    keys: ArcSwap<Keys>,
    asked_at: Mutex<i64>,
    validation: Validation,
}

impl Verifier {
    /// A verifier that gets its keys through `users`, the user service's channel.
    #[must_use]
    pub fn new(clock: Clock, users: Channel) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        // Compared with our own clock below, also for remembered tokens.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            clock,
            users,
            cache: Cache::new(CACHED_TOKENS),
            keys: ArcSwap::default(),
            asked_at: Mutex::new(i64::MIN),
            validation,
        }
    }

    /// Who the token was issued to, if it was verified before and still holds.
    #[must_use]
    pub fn remembered(&self, token: &str) -> Option<Arc<Caller>> {
        self.cache.get(token).filter(|caller| caller.expires_at > self.clock.now_ms())
    }

    /// Who the token was issued to.
    ///
    /// # Errors
    /// `TOKEN_INVALID`, `TOKEN_EXPIRED`; `KEYS_UNAVAILABLE` where the user
    /// service cannot be asked for an unknown key.
    pub async fn verify(&self, token: &str) -> Result<Arc<Caller>, Problem> {
        if let Some(caller) = self.cache.get(token) {
            return if caller.expires_at > self.clock.now_ms() { Ok(caller) } else { Err(token_expired()) };
        }
        // Boxed, as it is rarely needed: what every request carries along stays small.
        Box::pin(self.verify_anew(token)).await
    }

    async fn verify_anew(&self, token: &str) -> Result<Arc<Caller>, Problem> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(token_invalid());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| token_invalid())?;
        let kid = header.kid.ok_or_else(token_invalid)?;
        let key = self.key(&kid).await?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &self.validation)
            .map_err(|_| token_invalid())?
            .claims;
        let caller = Arc::new(claims.into_caller()?);
        if caller.expires_at <= self.clock.now_ms() {
            return Err(token_expired());
        }
        self.cache.insert(token.into(), caller.clone());
        Ok(caller)
    }

    async fn key(&self, kid: &str) -> Result<DecodingKey, Problem> {
        if let Some(key) = self.keys.load().get(kid) {
            return Ok(key.clone());
        }
        let mut asked_at = self.asked_at.lock().await;
        // Somebody may have asked while this request waited for its turn.
        if !self.keys.load().contains_key(kid)
            && self.clock.now_ms().saturating_sub(*asked_at) >= KEYS_EVERY_MS
        {
            self.keys.store(Arc::new(self.fetch().await?));
            *asked_at = self.clock.now_ms();
        }
        self.keys.load().get(kid).cloned().ok_or_else(token_invalid)
    }

    async fn fetch(&self) -> Result<Keys, Problem> {
        let mut client = UserServiceClient::new(self.users.clone());
        let answer = client.get_keys(GetKeysRequest {}).await.map_err(|status| {
            Problem::unavailable("KEYS_UNAVAILABLE", "tokens cannot be verified at the moment; try again")
                .caused_by(status)
        })?;
        let keys = answer.into_inner().keys.into_iter();
        Ok(keys.filter_map(|key| Some((key.kid, DecodingKey::from_ed_components(&key.x).ok()?))).collect())
    }
}
