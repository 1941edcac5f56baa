//! Refresh tokens: each is spent once, and all that descend from one sign-in stand or fall together.
//!
//! A spent token that is presented again means that two have it, and the sign-in ends: that is
//! how a stolen one is noticed (RFC 9700, section 4.14.2). But an honest browser presents one twice
//! too, when it asks two gateways at once or never got the first answer. So for a few seconds
//! the answer is given again, as it was: the *same* successor, which is made of the token itself
//! and of a salt that is stored when the token is spent. There is never more than one token of a
//! sign-in to go on with, so a thief who is quick enough to get it too is noticed at its next use.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Random bytes of a token, and of a salt.
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

    /// The token that follows this one. Neither who has only the token nor who has only the salt
    /// can tell it.
    #[must_use]
    pub fn successor(&self, salt: &Salt) -> Self {
        let mac = Hmac::<Sha256>::new_from_slice(salt.0.as_bytes()).expect("HMAC takes keys of any length");
        Self(URL_SAFE_NO_PAD.encode(mac.chain_update(self.0.as_bytes()).finalize().into_bytes()))
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

/// What makes a token's successor of it. Never shown by `Debug`.
#[derive(Clone)]
pub struct Salt(String);

impl Salt {
    /// A salt of these random bytes.
    #[must_use]
    pub fn from_random(bytes: &[u8; TOKEN_BYTES]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A salt as it is stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// As it is stored.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// What is known of a presented token and the sign-in it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenState {
    /// When the token bought a successor, in milliseconds since 1970.
    pub spent_at: Option<i64>,
    /// Whether its successor is known and has not been spent itself.
    pub successor_unspent: bool,
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
    /// It was spent just now: give out the same successor again.
    Repeat,
    /// It was copied: end the sign-in.
    Reused,
    /// It is worth nothing.
    Invalid,
}

/// Judges a presented token at `now_ms`; `None` is a token nobody knows. Less than `grace_ms` after
/// it was spent it gets its answer again, unless somebody has gone on with that already.
#[must_use]
pub fn judge(token: Option<TokenState>, now_ms: i64, grace_ms: i64) -> Verdict {
    let Some(token) = token.filter(|token| !token.sign_in_ended && token.expires_at > now_ms) else {
        return Verdict::Invalid;
    };
    // Clocks differ: to another process the time it was spent may be still to come.
    let repeats =
        |spent_at: i64| grace_ms > 0 && now_ms.saturating_sub(spent_at) < grace_ms && token.successor_unspent;
    match token.spent_at {
        Some(spent_at) if !repeats(spent_at) => Verdict::Reused,
        _ if token.account_disabled => Verdict::Invalid,
        Some(_) => Verdict::Repeat,
        None => Verdict::Rotate,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIVE: TokenState = TokenState {
        spent_at: None,
        successor_unspent: false,
        expires_at: 100,
        sign_in_ended: false,
        account_disabled: false,
    };
    const SPENT: TokenState = TokenState { spent_at: Some(50), successor_unspent: true, ..LIVE };

    #[test]
    fn only_a_live_unspent_token_rotates() {
        assert_eq!(judge(Some(LIVE), 99, 0), Verdict::Rotate);
        assert_eq!(judge(Some(LIVE), 100, 0), Verdict::Invalid);
        assert_eq!(judge(None, 0, 10), Verdict::Invalid);
        assert_eq!(judge(Some(TokenState { spent_at: Some(9), ..LIVE }), 99, 0), Verdict::Reused);
        assert_eq!(
            judge(Some(TokenState { sign_in_ended: true, spent_at: Some(9), ..LIVE }), 99, 0),
            Verdict::Invalid
        );
        assert_eq!(judge(Some(TokenState { account_disabled: true, ..LIVE }), 99, 0), Verdict::Invalid);
    }

    #[test]
    fn a_token_is_answered_again_for_the_grace_and_while_nobody_has_gone_on() {
        assert_eq!(judge(Some(SPENT), 59, 10), Verdict::Repeat);
        assert_eq!(judge(Some(SPENT), 60, 10), Verdict::Reused);
        assert_eq!(judge(Some(SPENT), 49, 10), Verdict::Repeat, "spent by a clock that is ahead");
        assert_eq!(judge(Some(TokenState { successor_unspent: false, ..SPENT }), 51, 10), Verdict::Reused);
        assert_eq!(judge(Some(TokenState { account_disabled: true, ..SPENT }), 51, 10), Verdict::Invalid);
        assert_eq!(judge(Some(TokenState { sign_in_ended: true, ..SPENT }), 51, 10), Verdict::Invalid);
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

    #[test]
    fn a_successor_takes_the_token_and_the_salt() {
        let token = RefreshToken::from_random(&[7; TOKEN_BYTES]);
        let salt = Salt::from_random(&[1; TOKEN_BYTES]);
        assert_eq!(format!("{salt:?}"), "Salt(..)");
        let successor = token.successor(&salt);
        assert_eq!(successor, token.successor(&Salt::stored(salt.text().to_owned())));
        assert_eq!(successor.clone().into_text().len(), 43);
        assert_ne!(successor, token.successor(&Salt::from_random(&[2; TOKEN_BYTES])));
        assert_ne!(successor, RefreshToken::from_random(&[8; TOKEN_BYTES]).successor(&salt));
    }

    proptest! {
        #[test]
        fn a_token_that_fails_any_condition_never_rotates(
            spent_at in proptest::option::of(0i64..10), successor_unspent: bool, expires_at in 0i64..10,
            sign_in_ended: bool, account_disabled: bool, now in 0i64..10, grace in 0i64..5,
        ) {
            let token = TokenState { spent_at, successor_unspent, expires_at, sign_in_ended, account_disabled };
            let good = !sign_in_ended && !account_disabled && now < expires_at;
            prop_assert_eq!(judge(Some(token), now, grace) == Verdict::Rotate, good && spent_at.is_none());
        }

        #[test]
        fn without_grace_a_spent_token_of_a_live_sign_in_is_always_reused(
            spent_at in 0i64..10, successor_unspent: bool, now in 0i64..10, account_disabled: bool,
        ) {
            let token = TokenState { spent_at: Some(spent_at), successor_unspent, account_disabled, ..LIVE };
            prop_assert_eq!(judge(Some(token), now, 0), Verdict::Reused);
        }
    }
}
