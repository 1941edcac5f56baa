//! Ids of the two worlds: SkyWalking's are texts, OpenTelemetry's numbers.

use opentelemetry::trace::{SpanId, TraceId};

/// Where a UUID has its dashes.
const DASHES: [usize; 4] = [8, 13, 18, 23];

/// The OpenTelemetry trace id of a SkyWalking one: the number itself where the text is 32 hexadecimal digits or
/// a UUID, otherwise a hash, the same in every process.
pub(crate) fn trace_id(text: &str) -> TraceId {
    let number = hexadecimal(text).filter(|&number| number != 0);
    TraceId::from(number.unwrap_or_else(|| fnv_128(text.as_bytes()).max(1)))
}

/// The OpenTelemetry id of a span that SkyWalking knows as a number in a segment.
pub(crate) fn span_id(segment: &str, number: i32) -> SpanId {
    let mut hash = fnv_128(segment.as_bytes());
    for byte in number.to_be_bytes() {
        hash = fnv_step(hash, byte);
    }
    let [high, low] = halves(hash);
    SpanId::from((high ^ low).max(1))
}

/// A SkyWalking segment id: the trace and the first span, which no other segment shares.
pub(crate) fn segment_id(trace: TraceId, root: SpanId) -> String {
    format!("{trace}.{root}")
}

/// A span id as the number it is.
pub(crate) fn span_number(id: SpanId) -> u64 {
    u64::from_be_bytes(id.to_bytes())
}

/// A number that is spread evenly over all trace ids, whatever their form: a UUID has fixed digits, an id made by
/// a clock has slow ones.
pub(crate) fn spread(trace: TraceId) -> u64 {
    let [high, low] = halves(u128::from_be_bytes(trace.to_bytes()));
    let mut hash = high.rotate_left(32) ^ low;
    // The finishing steps of splitmix64.
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^ (hash >> 31)
}

fn halves(number: u128) -> [u64; 2] {
    let bytes = number.to_be_bytes();
    let half =
        |from: usize| bytes[from..from + 8].iter().fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
    [half(0), half(8)]
}

fn hexadecimal(text: &str) -> Option<u128> {
    let digits: String = match text.len() {
        32 => text.to_owned(),
        36 if DASHES.iter().all(|&at| text.as_bytes()[at] == b'-') => text.replace('-', ""),
        _ => return None,
    };
    let whole = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if whole { u128::from_str_radix(&digits, 16).ok() } else { None }
}

/// FNV-1a of 128 bits.
fn fnv_128(bytes: &[u8]) -> u128 {
    const START: u128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D;
    bytes.iter().fold(START, |hash, &byte| fnv_step(hash, byte))
}

fn fnv_step(hash: u128, byte: u8) -> u128 {
    const PRIME: u128 = (1 << 88) + 0x13B;
    (hash ^ u128::from(byte)).wrapping_mul(PRIME)
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanId, TraceId};

    use super::{fnv_128, segment_id, span_id, trace_id};

    #[test]
    fn hexadecimal_trace_ids_are_taken_as_they_are() {
        let number = TraceId::from(0x5a3c_0000_1111_4222_8333_4444_5555_6666);
        assert_eq!(trace_id("5a3c0000111142228333444455556666"), number);
        assert_eq!(trace_id("5A3C0000-1111-4222-8333-444455556666"), number);
    }

    #[test]
    fn others_are_hashed_the_same_way_everywhere() {
        assert_eq!(fnv_128(b""), 0x6c62272e07bb014262b821756295c58d);
        assert_eq!(fnv_128(b"a"), 0xd228cb696f1a8caf78912b704e4a8964);
        let agent = "5a3c0000111142228333444455556666.1.16000000000000001";
        assert_eq!(trace_id(agent), TraceId::from(fnv_128(agent.as_bytes())));
        for text in ["", "0", "00000000000000000000000000000000", "zz3c0000111142228333444455556666"] {
            assert_ne!(trace_id(text), TraceId::INVALID, "{text}");
        }
    }

    #[test]
    fn spans_of_a_segment_differ() {
        assert_ne!(span_id("segment", 0), span_id("segment", 1));
        assert_ne!(span_id("segment", 0), span_id("other", 0));
        assert_eq!(
            segment_id(TraceId::from(0x1f), SpanId::from(2)),
            "0000000000000000000000000000001f.0000000000000002"
        );
    }
}
