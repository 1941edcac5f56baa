//! Who somebody is: access tokens of people and tokens between services.

mod service_token;
mod verifier;

use contract::user::Role;
use serde::{Deserialize, Serialize};

use crate::{Caller, Problem};

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
    /// The cinemas a manager answers for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cinemas: Vec<i64>,
    /// The sign-in it descends from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sid: String,
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
        Ok(Caller { user_id, roles, cinema_ids: self.cinemas, expires_at: self.exp.saturating_mul(1000) })
    }
}

pub(crate) fn token_invalid() -> Problem {
    Problem::unauthenticated("TOKEN_INVALID", "the access token is not one of ours; sign in again")
}

pub(crate) fn token_expired() -> Problem {
    Problem::unauthenticated("TOKEN_EXPIRED", "the access token has ended; refresh it or sign in again")
}
