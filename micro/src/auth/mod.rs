//! Who somebody is: access tokens of people and tokens between services.

mod refusals;
mod revoked;
mod service_token;
mod verifier;

use contract::user::Role;
use http::HeaderValue;
use serde::{Deserialize, Serialize};

use crate::{Caller, Problem};

pub use refusals::TokenSource;
pub use service_token::ServiceTokens;
pub use verifier::Verifier;

/// Issuer of every token.
pub const ISSUER: &str = "marquee";
/// Audience of access tokens.
pub const AUDIENCE: &str = "marquee";

/// What an access token says (RFC 7519); the user service signs it with EdDSA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// [`ISSUER`].
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// The account's id, decimal.
    pub sub: String,
    /// Names of roles, lower case.
    pub roles: Vec<String>,
    /// The cinemas a manager answers for, or staff work at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cinemas: Vec<i64>,
    /// The sign-in it descends from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sid: String,
    /// How often the account's roles had been set.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub ver: i64,
    /// Issued, seconds UTC.
    pub iat: i64,
    /// Ends, seconds UTC.
    pub exp: i64,
}

impl Claims {
    fn into_caller(self) -> Result<Caller, Problem> {
        let user_id = self.sub.parse().map_err(|_| token_invalid())?;
        let roles =
            self.roles.iter().filter_map(|name| Role::from_str_name(&name.to_ascii_uppercase())).collect();
        Ok(Caller {
            user_id,
            roles,
            cinema_ids: self.cinemas,
            expires_at: self.exp.saturating_mul(1000),
            sign_in_id: self.sid.parse().unwrap_or(0),
            standing_version: self.ver,
        })
    }
}

// `serde` hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// The token in an `authorization` header; the scheme's letters may be large or small (RFC 9110).
///
/// # Errors
/// `TOKEN_INVALID` for another scheme.
pub fn bearer(header: &HeaderValue) -> Result<&str, Problem> {
    let parts = header.to_str().ok().and_then(|text| text.split_once(' '));
    let token = parts.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token.map(|(_, token)| token.trim_start_matches(' ')).ok_or_else(token_invalid)
}

pub(crate) fn token_invalid() -> Problem {
    Problem::unauthenticated("TOKEN_INVALID", "the access token is not one of ours; sign in again")
}

pub(crate) fn token_expired() -> Problem {
    Problem::unauthenticated("TOKEN_EXPIRED", "the access token has ended; refresh it or sign in again")
}

pub(crate) fn token_revoked() -> Problem {
    let message = "the access token was taken back; refresh it or sign in again";
    Problem::unauthenticated("TOKEN_REVOKED", message)
}
