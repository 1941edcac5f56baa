//! The service's parts and what its handlers share.

use std::sync::Arc;

use contract::user::{Profile, Session};
use micro::auth::{AUDIENCE, Claims, ISSUER, Verifier};
use micro::{Clock, Problem};

use crate::attempts::AttemptLimits;
use crate::cinemas::Cinemas;
use crate::config::TokenConfig;
use crate::domain::refresh::{RefreshToken, Salt, TOKEN_BYTES};
use crate::domain::roles::role_name;
use crate::hasher::Hasher;
use crate::key_ring::KeyRing;
use crate::revocations::Revocations;
use crate::store::{Account, NewSignIn, Store};

/// What every handler works with.
pub struct Users {
    /// What time it is.
    pub clock: Clock,
    /// The database.
    pub store: Store,
    /// Hashes and verifies passwords.
    pub hasher: Hasher,
    /// Signs access tokens.
    pub keys: Arc<KeyRing>,
    /// Verifies access tokens.
    pub verifier: Arc<Verifier>,
    /// Access tokens that are refused.
    pub revocations: Arc<Revocations>,
    /// The catalogue's cinemas.
    pub cinemas: Cinemas,
    /// Counts attempts.
    pub attempts: AttemptLimits,
    /// Lifetimes of tokens.
    pub tokens: TokenConfig,
}

impl Users {
    /// A sign-in to store and the refresh token for its owner.
    ///
    /// # Errors
    /// The database's, where a block of ids is leased.
    pub async fn new_sign_in(&self) -> Result<(NewSignIn, RefreshToken), Problem> {
        let token = new_refresh_token();
        let now = self.clock.now_ms();
        let sign_in = NewSignIn {
            id: self.store.next_sign_in_id().await?,
            digest: token.digest(),
            created_at: now,
            expires_at: now + self.tokens.refresh_life_ms(),
            open_at_most: i64::from(self.tokens.max_sign_ins),
        };
        Ok((sign_in, token))
    }

    /// The reply to who has signed in: profile, a new access token, and the refresh token.
    ///
    /// # Errors
    /// `INTERNAL` where signing fails.
    pub fn session(
        &self,
        account: &Account,
        sign_in_id: i64,
        refresh_token: RefreshToken,
        refresh_expires_at: i64,
    ) -> Result<Session, Problem> {
        let issued = self.clock.now_ms().div_euclid(1000);
        let expires = issued + self.tokens.access_life_ms() / 1000;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: account.id.to_string(),
            roles: account.standing.roles().map(|role| role_name(role).to_owned()).collect(),
            cinemas: account.standing.cinemas().collect(),
            sid: sign_in_id.to_string(),
            ver: account.standing_version,
            iat: issued,
            exp: expires,
        };
        Ok(Session {
            profile: Some(profile(account)),
            access_token: self.keys.sign(&claims)?,
            access_expires_at: expires * 1000,
            refresh_token: refresh_token.into_text(),
            refresh_expires_at,
        })
    }
}

/// A new refresh token of the system's randomness.
#[must_use]
pub fn new_refresh_token() -> RefreshToken {
    RefreshToken::from_random(&rand::random::<[u8; TOKEN_BYTES]>())
}

/// A new salt of the system's randomness.
#[must_use]
pub fn new_salt() -> Salt {
    Salt::from_random(&rand::random::<[u8; TOKEN_BYTES]>())
}

/// An account as its owner or an admin sees it.
#[must_use]
pub fn profile(account: &Account) -> Profile {
    let text = |name: &Option<crate::domain::login_name::Name>| {
        name.as_ref().map(|name| name.text.clone()).unwrap_or_default()
    };
    Profile {
        user_id: account.id,
        user_name: text(&account.names.user_name),
        email: text(&account.names.email),
        phone: text(&account.names.phone),
        display_name: account.display_name.clone(),
        locale: account.locale.clone(),
        roles: account.standing.roles().map(i32::from).collect(),
        cinema_ids: account.standing.cinemas().collect(),
        disabled: account.standing.disabled,
        created_at: account.created_at,
    }
}
