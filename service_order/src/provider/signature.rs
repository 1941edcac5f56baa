//! The header `marquee-signature`: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`.

use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

/// The header's name.
pub const HEADER: &str = "marquee-signature";
/// How far a message's time may be from ours, both ways, seconds.
pub const TOLERANCE_SECONDS: i64 = 300;
/// Longest header that is read.
const MAX_HEADER: usize = 1024;
/// Most signatures in one header: while secrets change there are two.
const MAX_SIGNATURES: usize = 8;

/// A secret shared with a provider; never shown.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(from = "String")]
pub struct Secret(Vec<u8>);

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Secret {
    /// Whether there is nothing in it: then it believes nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The header is missing, malformed, too old, or made with another secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature is not good")]
pub struct SignatureInvalid;

/// The header for a body, with one `v1` for every secret.
#[must_use]
pub fn sign(secrets: &[Secret], unix_seconds: i64, body: &[u8]) -> String {
    let mut header = format!("t={unix_seconds}");
    for secret in secrets {
        header.push_str(",v1=");
        header.push_str(
            &HEXLOWER.encode(&mac(secret, &unix_seconds.to_string(), body).finalize().into_bytes()),
        );
    }
    header
}

/// Whether one of the header's signatures was made with one of the secrets, lately.
///
/// # Errors
/// [`SignatureInvalid`], which does not say why.
pub fn verify(secrets: &[Secret], header: &str, body: &[u8], now_ms: i64) -> Result<(), SignatureInvalid> {
    let (time, signatures) = parse(header).ok_or(SignatureInvalid)?;
    let seconds: i64 = time.parse().map_err(|_| SignatureInvalid)?;
    if now_ms.div_euclid(1000).saturating_sub(seconds).unsigned_abs() > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(SignatureInvalid);
    }
    // An empty secret is a configuration that was forgotten: it must not open the door.
    let good = secrets.iter().filter(|secret| !secret.is_empty()).any(|secret| {
        // `verify_slice` compares in constant time.
        signatures.iter().any(|signature| mac(secret, time, body).verify_slice(signature).is_ok())
    });
    if good { Ok(()) } else { Err(SignatureInvalid) }
}

fn mac(secret: &Secret, time: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("HMAC takes keys of any length");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

/// The time as it was written, because it is signed so, and the signatures' bytes.
fn parse(header: &str) -> Option<(&str, Vec<Vec<u8>>)> {
    if header.len() > MAX_HEADER {
        return None;
    }
    let mut time = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=')? {
            ("t", _) if time.is_some() => return None,
            ("t", value) => time = Some(value),
            ("v1", _) if signatures.len() == MAX_SIGNATURES => return None,
            ("v1", value) => signatures.push(HEXLOWER_PERMISSIVE.decode(value.as_bytes()).ok()?),
            // Schemes to come.
            _ => {}
        }
    }
    Some((time?, signatures))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn secret(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }

    fn check(secrets: &[Secret], header: &str, body: &[u8]) -> bool {
        verify(secrets, header, body, NOW * 1000).is_ok()
    }

    #[test]
    fn the_format_does_not_change() {
        let header = sign(&[secret("whsec")], NOW, b"{}");
        let expected = "t=1800000000,v1=77b7eef0d31630eb2979f9c5a7773983688ccf849f9d5a79d0a01c0a8bbaffa0";
        assert_eq!(header, expected);
    }

    #[test]
    fn five_minutes_either_way_and_no_more() {
        let secrets = [secret("a")];
        for (off, good) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
            assert_eq!(check(&secrets, &sign(&secrets, NOW + off, b"x"), b"x"), good, "{off}");
        }
    }

    #[test]
    fn secrets_can_change_on_either_side_first() {
        let (old, new) = (secret("old"), secret("new"));
        let both = sign(&[old.clone(), new.clone()], NOW, b"x");
        assert!(check(std::slice::from_ref(&old), &both, b"x"));
        assert!(check(std::slice::from_ref(&new), &both, b"x"));
        assert!(check(&[new, old.clone()], &sign(&[old], NOW, b"x"), b"x"));
        assert!(!check(&[secret("other")], &both, b"x"));
    }

    #[test]
    fn malformed_headers_are_refused() {
        let secrets = [secret("a")];
        let good = sign(&secrets, NOW, b"x");
        let digits = &good[good.find("v1=").unwrap()..];
        for header in [
            "",
            "t",
            "t=1800000000",
            digits,
            &format!("{good},t=1800000000"),
            &format!("t=99999999999999999999,{digits}"),
            &format!("t=-9223372036854775808,{digits}"),
            "t=1800000000,v1=",
            "t=1800000000,v1=zz",
            &format!("{good}{}", ",v1=00".repeat(8)),
            &format!("{good}{}", ",x=1".repeat(300)),
        ] {
            assert!(!check(&secrets, header, b"x"), "{header}");
        }
        assert!(check(&secrets, &format!("v0=1, {good}"), b"x"));
    }

    #[test]
    fn an_empty_secret_opens_nothing() {
        let empty = [secret("")];
        assert!(!check(&empty, &sign(&empty, NOW, b"x"), b"x"));
        assert!(!check(&[], &sign(&empty, NOW, b"x"), b"x"));
        assert_eq!(format!("{:?}", secret("hush")), "Secret(..)");
    }

    proptest! {
        #[test]
        fn only_the_body_that_was_signed(body: Vec<u8>, other: Vec<u8>) {
            let secrets = [secret("a")];
            let header = sign(&secrets, NOW, &body);
            prop_assert!(check(&secrets, &header, &body));
            prop_assert_eq!(check(&secrets, &header, &other), body == other);
        }

        #[test]
        fn noise_never_panics_and_is_refused(header in "[tv1=, 0-9a-f]{0,80}") {
            prop_assert!(!check(&[secret("a")], &header, b"x"));
        }
    }
}
