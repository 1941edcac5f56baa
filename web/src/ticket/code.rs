//! What a ticket's code says: the format is in `docs/tickets.md`.

use data_encoding::BASE32_NOPAD;

/// Longest code that is looked at, characters: what the order service takes.
pub const CODE_MAX: usize = 512;

/// First characters of every code.
const PREFIX: &str = "MQ1.";
/// The only version there is.
const VERSION: u8 = 1;
/// Bytes of the signature, which is the last.
const SIGNATURE: usize = 64;

/// What a code says of its ticket. Nothing here proves that it was signed: it is for words and
/// for looking things up, both of which the services answer for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The order.
    pub order_id: i64,
    /// The screening.
    pub film_sid: i64,
    /// The seat.
    pub seat: String,
}

/// A code as it is written, of one that was typed in: without spaces, in capital letters.
pub fn tidy(typed: &str) -> String {
    let letters = typed.chars().filter(|letter| !letter.is_whitespace());
    // One character more tells the service that it is too long.
    letters.take(CODE_MAX + 1).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// What a tidy code says; nothing where it is none.
pub fn read(code: &str) -> Option<Claim> {
    if code.len() > CODE_MAX {
        return None;
    }
    let bytes = BASE32_NOPAD.decode(code.strip_prefix(PREFIX)?.as_bytes()).ok()?;
    let (payload, _) = bytes.split_last_chunk::<SIGNATURE>()?;
    let mut rest = payload;
    let [version] = take(&mut rest)?;
    let _key_id: [u8; 2] = take(&mut rest)?;
    let _ticket_id: [u8; 8] = take(&mut rest)?;
    let (order_id, film_sid) = (take(&mut rest)?, take(&mut rest)?);
    let _starts_at: [u8; 4] = take(&mut rest)?;
    let seat = String::from_utf8(rest.to_vec()).ok()?;
    let known = version == VERSION && !seat.is_empty();
    known.then(|| Claim {
        order_id: i64::from_be_bytes(order_id),
        film_sid: i64::from_be_bytes(film_sid),
        seat,
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, others) = rest.split_first_chunk::<N>()?;
    *rest = others;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code of `docs/tickets.md`.
    const CODE: &str = "MQ1.AEAAGAAAAAAAAAAABMAAAAAAAAAAADAAAAAAAAAAAAGQDSODQBDDCMWRAZPF4XQBGTTCHZZ2JHSFHFSODRORDNHJ\
                        KQBIXHGOOQPCLTZQDMVTQPO4GNICMY6F4LMLXYBHHTJEONTBFKVHK3JLEAR2DWQXABZQO";

    #[test]
    fn the_code_in_the_documents_says_what_they_say() {
        let claim = Claim { order_id: 12, film_sid: 13, seat: "F12".to_owned() };
        assert_eq!(read(CODE), Some(claim.clone()));
        let (first, second) = CODE.split_at(50);
        let typed = format!(" {}\n {} ", first.to_lowercase(), second);
        assert_eq!(read(&tidy(&typed)), Some(claim));
    }

    #[test]
    fn what_is_no_code_says_nothing() {
        for odd in ["", "MQ1.", "MQ2.AEAAG", &CODE[..100], &format!("{CODE}{}", "A".repeat(600)), "MQ1.ä"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
