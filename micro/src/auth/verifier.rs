//! Verification of access tokens, in every service by itself.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use contract::user::GetKeysRequest;
use contract::user::user_service_client::UserServiceClient;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use quick_cache::sync::Cache;
use tokio::sync::Mutex;

use super::refusals::{Refusals, TokenSource};
use super::revoked::Revoked;
use super::{AUDIENCE, Claims, ISSUER, token_expired, token_invalid, token_revoked};
use crate::{Caller, Channel, Clock, Problem, Tasks};

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
    refusals: Refusals,
    revoked: Arc<Revoked>,
    validation: Validation,
}

impl Verifier {
    /// A verifier that gets its keys, and which tokens are revoked, through `users`, the user
    /// service's channel.
    #[must_use]
    pub fn new(clock: Clock, users: Channel, tasks: Tasks) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        // Compared with our own clock below, also for remembered tokens.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            refusals: Refusals::new(clock.clone()),
            revoked: Arc::new(Revoked::new(users.clone(), tasks)),
            clock,
            users,
            cache: Cache::new(CACHED_TOKENS),
            keys: ArcSwap::default(),
            asked_at: Mutex::new(i64::MIN),
            validation,
        }
    }

    /// Who the token was issued to; `source` is for the log of those that are refused.
    ///
    /// # Errors
    /// `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`; `KEYS_UNAVAILABLE` where
    /// the user service cannot be asked for an unknown key.
    pub async fn verify(&self, token: &str, source: TokenSource) -> Result<Arc<Caller>, Problem> {
        let caller = match self.cache.get(token) {
            Some(caller) => caller,
            // Boxed, as it is rarely needed: what every request carries along stays small.
            None => Box::pin(self.verify_anew(token, source)).await?,
        };
        if caller.expires_at <= self.clock.now_ms() {
            self.refusals.ended(caller.user_id, source);
            return Err(token_expired());
        }
        if self.revoked.has(&caller) {
            return Err(token_revoked());
        }
        Ok(caller)
    }

    /// Checks whose a token is, but not whether it still holds.
    async fn verify_anew(&self, token: &str, source: TokenSource) -> Result<Arc<Caller>, Problem> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(token_invalid());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| token_invalid())?;
        let kid = header.kid.ok_or_else(token_invalid)?;
        let key = self.key(&kid).await?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &self.validation)
            .map_err(|error| self.refused(&kid, &error, source))?
            .claims;
        let caller = Arc::new(claims.into_caller()?);
        self.revoked.follow().await;
        if caller.expires_at > self.clock.now_ms() {
            self.cache.insert(token.into(), caller.clone());
        }
        Ok(caller)
    }

    fn refused(&self, kid: &str, error: &jsonwebtoken::errors::Error, source: TokenSource) -> Problem {
        if matches!(error.kind(), ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm) {
            self.refusals.forged(kid, source);
        }
        token_invalid()
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
