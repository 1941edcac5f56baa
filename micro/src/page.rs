//! Page tokens: where the next page begins, opaque to the caller.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Problem;

/// A token that holds the position.
pub fn encode(position: &impl Serialize) -> String {
    serde_json::to_vec(position).map(|json| URL_SAFE_NO_PAD.encode(json)).unwrap_or_default()
}

/// The position in a token.
///
/// # Errors
/// `PAGE_TOKEN_INVALID` for anything that [`encode`] did not make for this list.
pub fn decode<T: DeserializeOwned>(token: &str) -> Result<T, Problem> {
    URL_SAFE_NO_PAD.decode(token).ok().and_then(|json| serde_json::from_slice(&json).ok()).ok_or_else(|| {
        Problem::invalid("PAGE_TOKEN_INVALID", "page_token is not one this list gave; start again without it")
    })
}
