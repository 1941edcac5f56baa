//! Tokens that services show each other: short-lived, signed with the secret they share.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use http::HeaderValue;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};

use super::ISSUER;
use crate::{BoxError, Clock};

/// Audience, so that no access token passes for one of these.
const AUDIENCE: &str = "marquee-service";
/// How long one holds, milliseconds.
const LIFETIME_MS: i64 = 10 * 60 * 1000;
/// Tokens of other processes remembered.
const CACHED: usize = 1_000;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
}

struct Issued {
    header: HeaderValue,
    renew_at: i64,
}

struct Known {
    service: Arc<str>,
    expires_at: i64,
}

/// Issues this process's service token and verifies others'.
pub struct ServiceTokens {
    clock: Clock,
    name: Arc<str>,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    issued: ArcSwapOption<Issued>,
    known: Cache<Box<[u8]>, Arc<Known>>,
}

impl ServiceTokens {
    /// Tokens in the name of `name`, signed with `secret`.
    #[must_use]
    pub fn new(clock: Clock, name: &str, secret: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.validate_exp = false;
        Self {
            clock,
            name: name.into(),
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
            issued: ArcSwapOption::empty(),
            known: Cache::new(CACHED),
        }
    }

    /// The token to send, renewed at half of its life.
    ///
    /// # Errors
    /// Where signing fails, which HMAC does not.
    pub fn header(&self) -> Result<HeaderValue, BoxError> {
        let now = self.clock.now_ms();
        if let Some(issued) = self.issued.load().as_ref().filter(|issued| issued.renew_at > now) {
            return Ok(issued.header.clone());
        }
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: self.name.to_string(),
            exp: (now + LIFETIME_MS) / 1000,
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)?;
        let mut header = HeaderValue::from_str(&token)?;
        header.set_sensitive(true);
        self.issued.store(Some(Arc::new(Issued { header: header.clone(), renew_at: now + LIFETIME_MS / 2 })));
        Ok(header)
    }

    /// The service a token was issued to, if it is good.
    #[must_use]
    pub fn verify(&self, token: &HeaderValue) -> Option<Arc<str>> {
        let now = self.clock.now_ms();
        if let Some(known) = self.known.get(token.as_bytes()) {
            return (known.expires_at > now).then(|| known.service.clone());
        }
        let claims =
            jsonwebtoken::decode::<Claims>(token.as_bytes(), &self.decoding, &self.validation).ok()?.claims;
        let known = Known { service: claims.sub.into(), expires_at: claims.exp.saturating_mul(1000) };
        let service = (known.expires_at > now).then(|| known.service.clone());
        self.known.insert(token.as_bytes().into(), Arc::new(known));
        service
    }
}
