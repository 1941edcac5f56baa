//! How long a caller waits, from the headers of a request.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};

/// A caller that names no deadline gets this one, where there is one answer.
pub(crate) const LONGEST: Duration = Duration::from_secs(30);

/// Time left, from `grpc-timeout` or go-micro's `timeout` (nanoseconds); the shorter where both are there.
pub fn time_left(headers: &HeaderMap) -> Option<Duration> {
    let grpc = headers.get("grpc-timeout").and_then(parse_grpc);
    let go_micro =
        headers.get("timeout").and_then(|value| value.to_str().ok()?.parse().ok()).map(Duration::from_nanos);
    match (grpc, go_micro) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// At most eight digits and a unit: <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>.
fn parse_grpc(value: &HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

/// `grpc-timeout` for a duration, in the finest unit that fits eight digits.
pub fn to_header(left: Duration) -> HeaderValue {
    let micros = left.as_micros();
    let text = if micros < 100_000_000 {
        format!("{micros}u")
    } else {
        format!("{}m", left.as_millis().min(99_999_999))
    };
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("0u"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn the_shorter_of_both_headers_counts() {
        let both = headers(&[("grpc-timeout", "2S"), ("timeout", "1500000000")]);
        assert_eq!(time_left(&both), Some(Duration::from_millis(1500)));
    }

    #[test]
    fn nonsense_is_no_deadline() {
        for value in ["", "S", "1", "123456789S", "1x", "-1S"] {
            assert_eq!(time_left(&headers(&[("grpc-timeout", value)])), None, "{value}");
        }
    }

    #[test]
    fn a_duration_survives_the_header() {
        for left in [Duration::from_micros(5), Duration::from_secs(30), Duration::from_secs(4000)] {
            let header = to_header(left);
            assert_eq!(parse_grpc(&header), Some(left));
        }
    }
}
