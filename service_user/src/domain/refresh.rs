//! Refresh tokens: each is spent once, and all that descend from one sign-in stand or fall together.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Random bytes of a token.
pub const TOKEN_BYTES: usize = 32;

/// A refresh token as its owner holds it. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken(String);

impl RefreshToken {
    /// A token of these random bytes.
    #[must_use]
    pub fn from_random(bytes: &[u8; TOKEN_BYTES]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A token as it came in a request, whatever it holds.
    #[must_use]
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// What is stored of it: SHA-256, base64url.
    #[must_use]
    pub fn digest(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes()))
    }

    /// The text for the reply.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(..)")
    }
}

/// What is known of a presented token and the sign-in it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenState {
    /// Whether the token bought a successor before.
    pub spent: bool,
    /// When it ends, in milliseconds since 1970.
    pub expires_at: i64,
    /// Whether the sign-in was ended.
    pub sign_in_ended: bool,
    /// Whether the account may not sign in.
    pub account_disabled: bool,
}

/// What presenting a token leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Spend it and give out its successor.
    Rotate,
    /// It was copied: end the sign-in.
    Reused,
    /// It is worth nothing.
    Invalid,
}

/// Judges a presented token at `now_ms`; `None` is a token nobody knows.
#[must_use]
pub fn judge(token: Option<TokenState>, now_ms: i64) -> Verdict {
    match token {
        Some(token) if token.sign_in_ended || token.expires_at <= now_ms => Verdict::Invalid,
        Some(token) if token.spent => Verdict::Reused,
        Some(token) if !token.account_disabled => Verdict::Rotate,
        _ => Verdict::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIVE: TokenState =
        TokenState { spent: false, expires_at: 100, sign_in_ended: false, account_disabled: false };

    #[test]
    fn only_a_live_unspent_token_rotates() {
        assert_eq!(judge(Some(LIVE), 99), Verdict::Rotate);
        assert_eq!(judge(Some(LIVE), 100), Verdict::Invalid);
        assert_eq!(judge(None, 0), Verdict::Invalid);
        assert_eq!(judge(Some(TokenState { spent: true, ..LIVE }), 99), Verdict::Reused);
        assert_eq!(
            judge(Some(TokenState { sign_in_ended: true, spent: true, ..LIVE }), 99),
            Verdict::Invalid
        );
        assert_eq!(judge(Some(TokenState { account_disabled: true, ..LIVE }), 99), Verdict::Invalid);
    }

    #[test]
    fn the_token_is_not_in_its_digest_or_debug_form() {
        let token = RefreshToken::from_random(&[7; TOKEN_BYTES]);
        let text = token.clone().into_text();
        assert_eq!(text.len(), 43);
        assert_ne!(token.digest(), text);
        assert_eq!(format!("{token:?}"), "RefreshToken(..)");
        assert_eq!(RefreshToken::presented(&text).digest(), token.digest());
    }

    proptest! {
        #[test]
        fn a_token_that_fails_any_condition_never_rotates(
            spent: bool, expires_at in 0i64..10, sign_in_ended: bool, account_disabled: bool, now in 0i64..10,
        ) {
            let token = TokenState { spent, expires_at, sign_in_ended, account_disabled };
            let good = !spent && !sign_in_ended && !account_disabled && now < expires_at;
            prop_assert_eq!(judge(Some(token), now) == Verdict::Rotate, good);
        }
    }
}
