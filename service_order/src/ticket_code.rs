//! The signed codes people show at the door; the format is in `docs/tickets.md`.

use std::collections::BTreeMap;

use data_encoding::BASE32_NOPAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use thiserror::Error;

/// First characters of every code; part of what is signed.
const PREFIX: &str = "MQ1.";
/// First byte of the payload.
const VERSION: u8 = 1;
/// Bytes before the seat: version, key id, ticket, order, screening, start.
const FIXED: usize = 1 + 2 + 8 + 8 + 8 + 4;
const SIGNATURE: usize = 64;
/// Most bytes of a seat's name: 32 characters of four bytes.
pub const MAX_SEAT_BYTES: usize = 128;
/// Longest code, characters; anything longer is refused unread.
pub const MAX_CODE_LEN: usize = PREFIX.len() + ((FIXED + MAX_SEAT_BYTES + SIGNATURE) * 8).div_ceil(5);
const MS_PER_MINUTE: i64 = 60_000;

/// What a code says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketClaim {
    /// The ticket.
    pub ticket_id: i64,
    /// Its order.
    pub order_id: i64,
    /// The screening.
    pub film_sid: i64,
    /// Start of the screening, milliseconds; a code keeps whole minutes.
    pub starts_at: i64,
    /// The seat.
    pub seat: String,
}

/// Why there is no code, or a code is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TicketCodeError {
    /// A seat without a name or with too long a one, or a start outside the years 1970 to 10135.
    #[error("the ticket does not fit into a code")]
    DoesNotFit,
    /// Not a code of ours, or a damaged one.
    #[error("this is not a ticket code")]
    NotACode,
    /// Made by a later version of the system.
    #[error("ticket codes of version {0} are not known")]
    Version(u8),
    /// Signed with a key that is not among those given.
    #[error("the ticket was signed with the unknown key {0}")]
    KeyUnknown(u16),
    /// Forged or damaged.
    #[error("the ticket's signature is not good")]
    Signature,
}

/// A key codes are signed with.
#[derive(Debug, Clone)]
pub struct TicketSigner {
    key_id: u16,
    key: SigningKey,
}

impl TicketSigner {
    /// A signer from the key's number and its 32 secret bytes.
    #[must_use]
    pub fn new(key_id: u16, secret: &[u8; 32]) -> Self {
        Self { key_id, key: SigningKey::from_bytes(secret) }
    }

    /// The key's number.
    #[must_use]
    pub fn key_id(&self) -> u16 {
        self.key_id
    }

    /// The 32 bytes to verify with.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    /// The code of a ticket: always the same for the same ticket and key.
    ///
    /// # Errors
    /// [`TicketCodeError::DoesNotFit`].
    pub fn sign(&self, ticket: &TicketClaim) -> Result<String, TicketCodeError> {
        let minutes = u32::try_from(ticket.starts_at.div_euclid(MS_PER_MINUTE))
            .map_err(|_| TicketCodeError::DoesNotFit)?;
        if ticket.seat.is_empty() || ticket.seat.len() > MAX_SEAT_BYTES {
            return Err(TicketCodeError::DoesNotFit);
        }
        let mut message = Vec::with_capacity(PREFIX.len() + FIXED + ticket.seat.len() + SIGNATURE);
        message.extend_from_slice(PREFIX.as_bytes());
        message.push(VERSION);
        message.extend_from_slice(&self.key_id.to_be_bytes());
        message.extend_from_slice(&ticket.ticket_id.to_be_bytes());
        message.extend_from_slice(&ticket.order_id.to_be_bytes());
        message.extend_from_slice(&ticket.film_sid.to_be_bytes());
        message.extend_from_slice(&minutes.to_be_bytes());
        message.extend_from_slice(ticket.seat.as_bytes());
        let signature = self.key.sign(&message).to_bytes();
        message.extend_from_slice(&signature);
        let mut code = String::with_capacity(MAX_CODE_LEN);
        code.push_str(PREFIX);
        BASE32_NOPAD.encode_append(&message[PREFIX.len()..], &mut code);
        Ok(code)
    }
}

/// The keys codes are verified with, by number.
#[derive(Debug, Clone, Default)]
pub struct TicketKeys(BTreeMap<u16, VerifyingKey>);

impl TicketKeys {
    /// Adds a key.
    ///
    /// # Errors
    /// [`TicketCodeError::Signature`] where the bytes are not an Ed25519 key.
    pub fn add(&mut self, key_id: u16, public_key: &[u8; 32]) -> Result<(), TicketCodeError> {
        let key = VerifyingKey::from_bytes(public_key).map_err(|_| TicketCodeError::Signature)?;
        self.0.insert(key_id, key);
        Ok(())
    }

    /// Numbers and bytes of the keys, as `GetTicketKeys` tells them.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &[u8; 32])> {
        self.0.iter().map(|(key_id, key)| (*key_id, key.as_bytes()))
    }
}

/// Reads a code and proves that it was signed with one of the keys.
///
/// Whether the ticket still holds (not given back, not used) only the store can tell.
///
/// # Errors
/// Why the code is not good.
pub fn verify(code: &str, keys: &TicketKeys) -> Result<TicketClaim, TicketCodeError> {
    if code.len() > MAX_CODE_LEN {
        return Err(TicketCodeError::NotACode);
    }
    let text = code.strip_prefix(PREFIX).ok_or(TicketCodeError::NotACode)?;
    let bytes = BASE32_NOPAD.decode(text.as_bytes()).map_err(|_| TicketCodeError::NotACode)?;
    let (payload, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(TicketCodeError::NotACode)?;
    let mut rest = payload;
    let [version] = take(&mut rest)?;
    if version != VERSION {
        return Err(TicketCodeError::Version(version));
    }
    let key_id = u16::from_be_bytes(take(&mut rest)?);
    let key = keys.0.get(&key_id).ok_or(TicketCodeError::KeyUnknown(key_id))?;
    let message = [PREFIX.as_bytes(), payload].concat();
    key.verify_strict(&message, &Signature::from_bytes(signature)).map_err(|_| TicketCodeError::Signature)?;
    Ok(TicketClaim {
        ticket_id: i64::from_be_bytes(take(&mut rest)?),
        order_id: i64::from_be_bytes(take(&mut rest)?),
        film_sid: i64::from_be_bytes(take(&mut rest)?),
        starts_at: i64::from(u32::from_be_bytes(take(&mut rest)?)) * MS_PER_MINUTE,
        seat: String::from_utf8(rest.to_vec()).map_err(|_| TicketCodeError::NotACode)?,
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], TicketCodeError> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(TicketCodeError::NotACode)?;
    *rest = tail;
    Ok(*head)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn signer() -> TicketSigner {
        TicketSigner::new(3, &[7; 32])
    }

    fn keys() -> TicketKeys {
        let mut keys = TicketKeys::default();
        keys.add(3, &signer().public_key()).unwrap();
        keys
    }

    fn ticket(seat: &str) -> TicketClaim {
        TicketClaim {
            ticket_id: 11,
            order_id: 12,
            film_sid: 13,
            starts_at: 1_800_000_000_000,
            seat: seat.into(),
        }
    }

    #[test]
    fn the_format_does_not_change() {
        let code = signer().sign(&ticket("F12")).unwrap();
        // The example of `docs/tickets.md`.
        let expected = concat!(
            "MQ1.AEAAGAAAAAAAAAAABMAAAAAAAAAAADAAAAAAAAAAAAGQDSODQBDDCMWRAZPF4XQBGTTCHZZ2JHSFH",
            "FSODRORDNHJKQBIXHGOOQPCLTZQDMVTQPO4GNICMY6F4LMLXYBHHTJEONTBFKVHK3JLEAR2DWQXABZQO",
        );
        assert_eq!(code, expected);
        assert_eq!(code, signer().sign(&ticket("F12")).unwrap());
        assert!(code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'.'));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let code = signer().sign(&ticket("F12")).unwrap();
        assert_eq!(verify(&code, &TicketKeys::default()), Err(TicketCodeError::KeyUnknown(3)));
        let mut others = TicketKeys::default();
        others.add(3, &TicketSigner::new(3, &[8; 32]).public_key()).unwrap();
        assert_eq!(verify(&code, &others), Err(TicketCodeError::Signature));
        assert_eq!(verify("", &keys()), Err(TicketCodeError::NotACode));
        assert_eq!(verify("MQ1.AEAA", &keys()), Err(TicketCodeError::NotACode));
        assert_eq!(verify(&"M".repeat(MAX_CODE_LEN + 1), &keys()), Err(TicketCodeError::NotACode));
        assert_eq!(verify(&code.replace("MQ1.AE", "MQ1.AI"), &keys()), Err(TicketCodeError::Version(2)));
        assert_eq!(signer().sign(&ticket("")), Err(TicketCodeError::DoesNotFit));
        assert_eq!(signer().sign(&ticket(&"x".repeat(129))), Err(TicketCodeError::DoesNotFit));
        let early = TicketClaim { starts_at: -1, ..ticket("A1") };
        assert_eq!(signer().sign(&early), Err(TicketCodeError::DoesNotFit));
    }

    proptest! {
        #[test]
        fn what_was_signed_is_read_back(
            ticket_id: i64, order_id: i64, film_sid: i64, minutes: u32, seat in "\\PC{1,32}",
        ) {
            let starts_at = i64::from(minutes) * MS_PER_MINUTE;
            let ticket = TicketClaim { ticket_id, order_id, film_sid, starts_at, seat };
            let code = signer().sign(&ticket).unwrap();
            prop_assert!(code.len() <= MAX_CODE_LEN);
            prop_assert_eq!(verify(&code, &keys()), Ok(ticket));
        }

        /// One code per ticket: no changed character is accepted, wherever it stands.
        #[test]
        fn a_changed_code_is_refused(at: prop::sample::Index, to in "[A-Z2-7.a]") {
            let mut code = signer().sign(&ticket("F12")).unwrap();
            let at = at.index(code.len());
            prop_assume!(code[at..=at] != to);
            code.replace_range(at..=at, &to);
            prop_assert!(verify(&code, &keys()).is_err());
        }

        #[test]
        fn noise_is_refused(code in "(MQ1\\.)?[A-Z2-7]{0,300}") {
            prop_assert!(verify(&code, &keys()).is_err());
        }
    }
}
