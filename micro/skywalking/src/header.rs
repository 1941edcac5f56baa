//! The header `sw8`: which span of which segment calls.

use std::fmt;

use crate::text::{decode, encode};

/// Name of the header.
pub const SW8: &str = "sw8";

/// Longest header read, in bytes. The protocol says 2 KiB; some agents have names that go beyond it.
pub const MAX_HEADER: usize = 4_096;
/// Longest trace or segment id, in bytes: agents use at most some 100. It travels on in every further header.
pub const MAX_ID: usize = 256;
/// Longest service, instance or address, in bytes. The protocol says 50 characters, which agents do not keep to.
pub const MAX_NAME: usize = 255;
/// Longest endpoint, in bytes: the protocol's 150 characters.
pub const MAX_ENDPOINT: usize = 600;

/// What the header `sw8` says of the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sw8 {
    /// Whether the trace is recorded.
    pub sampled: bool,
    /// The trace, in the words of whoever began it.
    pub trace_id: String,
    /// The caller's segment.
    pub segment_id: String,
    /// Number of the calling span in its segment; never negative.
    pub span_id: i32,
    /// The calling service.
    pub service: String,
    /// The calling instance.
    pub instance: String,
    /// Name of the first span of the caller's segment.
    pub endpoint: String,
    /// The address the caller used.
    pub address: String,
}

impl Sw8 {
    /// Reads a header. `None` for anything that is not one, or longer than the limits.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        if header.len() > MAX_HEADER {
            return None;
        }
        let mut fields = header.split('-');
        let mut field = || fields.next();
        let read = Self {
            sampled: flag(field()?)?,
            trace_id: decode(field()?, MAX_ID)?,
            segment_id: decode(field()?, MAX_ID)?,
            span_id: number(field()?)?,
            service: decode(field()?, MAX_NAME)?,
            instance: decode(field()?, MAX_NAME)?,
            endpoint: decode(field()?, MAX_ENDPOINT)?,
            address: decode(field()?, MAX_NAME)?,
        };
        if field().is_some() { None } else { Some(read).filter(Self::names_its_caller) }
    }

    /// Without these there is nothing to refer to.
    fn names_its_caller(&self) -> bool {
        !self.trace_id.is_empty() && !self.segment_id.is_empty() && !self.service.is_empty()
    }
}

/// Writes the header.
impl fmt::Display for Sw8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = Fields {
            sampled: self.sampled,
            trace_id: &self.trace_id,
            segment_id: &self.segment_id,
            span_id: self.span_id,
            service: &self.service,
            instance: &self.instance,
            endpoint: &self.endpoint,
            address: &self.address,
        };
        f.write_str(&fields.write())
    }
}

/// The fields of a header to be written, borrowed from where they are.
pub(crate) struct Fields<'a> {
    pub sampled: bool,
    pub trace_id: &'a str,
    pub segment_id: &'a str,
    pub span_id: i32,
    pub service: &'a str,
    pub instance: &'a str,
    pub endpoint: &'a str,
    pub address: &'a str,
}

impl Fields<'_> {
    /// The header, in one allocation.
    pub(crate) fn write(&self) -> String {
        let mut out = String::with_capacity(self.length());
        out.push(if self.sampled { '1' } else { '0' });
        for text in [self.trace_id, self.segment_id] {
            out.push('-');
            encode(text, &mut out);
        }
        out.push('-');
        out.push_str(&self.span_id.to_string());
        for text in [self.service, self.instance, self.endpoint, self.address] {
            out.push('-');
            encode(text, &mut out);
        }
        out
    }

    /// An upper bound of the header's length: base64 makes four of three, and numbers have up to 11 digits.
    fn length(&self) -> usize {
        let texts =
            [self.trace_id, self.segment_id, self.service, self.instance, self.endpoint, self.address];
        texts.iter().map(|text| text.len().div_ceil(3) * 4).sum::<usize>() + 1 + 11 + 7
    }
}

fn flag(field: &str) -> Option<bool> {
    match field {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

/// Digits alone: `parse` would take a plus sign too.
fn number(field: &str) -> Option<i32> {
    if field.bytes().all(|byte| byte.is_ascii_digit()) { field.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MAX_HEADER, Sw8};

    /// The protocol's own example: trace, segment, span 3, service, instance, endpoint, address.
    const EXAMPLE: &str = "1-VFJBQ0VJRA==-U0VHTUVOVElE-3-UEFSRU5UX1NFUlZJQ0U=-UEFSRU5UX0lOU1RBTkNF-UEFSRU5UX0VORFBPSU5U-SVBQT1JU";

    #[test]
    fn the_example_is_read_and_written() {
        let read = Sw8::parse(EXAMPLE).expect("the example");
        assert_eq!(
            (read.sampled, read.trace_id.as_str(), read.segment_id.as_str(), read.span_id),
            (true, "TRACEID", "SEGMENTID", 3)
        );
        assert_eq!((read.service.as_str(), read.instance.as_str()), ("PARENT_SERVICE", "PARENT_INSTANCE"));
        assert_eq!((read.endpoint.as_str(), read.address.as_str()), ("PARENT_ENDPOINT", "IPPORT"));
        assert_eq!(read.to_string(), EXAMPLE);
    }

    #[test]
    fn what_is_not_the_header_is_nothing() {
        let fields: Vec<&str> = EXAMPLE.split('-').collect();
        let with = |at: usize, value: &str| {
            let mut fields = fields.clone();
            fields[at] = value;
            fields.join("-")
        };
        let long = format!("{EXAMPLE}{}", "A".repeat(MAX_HEADER));
        let broken = [
            String::new(),
            "1".into(),
            fields[..7].join("-"),
            format!("{EXAMPLE}-"),
            with(0, "2"),
            with(1, ""),
            with(1, "*"),
            with(1, "/w=="),
            with(2, ""),
            with(3, ""),
            with(3, "+3"),
            with(3, "3000000000"),
            with(4, ""),
            with(5, &"QUFB".repeat(100)),
            long,
        ];
        for header in broken {
            assert_eq!(Sw8::parse(&header), None, "{header}");
        }
    }

    prop_compose! {
        fn any_sw8()(
            sampled: bool, trace_id in ".{1,60}", segment_id in ".{1,60}", span_id in 0..=i32::MAX,
            service in ".{1,50}", instance in ".{0,50}", endpoint in ".{0,150}", address in ".{0,50}",
        ) -> Sw8 {
            Sw8 { sampled, trace_id, segment_id, span_id, service, instance, endpoint, address }
        }
    }

    proptest! {
        #[test]
        fn there_and_back(sw8 in any_sw8()) {
            let header = sw8.to_string();
            prop_assert!(header.is_ascii());
            prop_assert_eq!(Sw8::parse(&header), Some(sw8));
        }

        #[test]
        fn nothing_makes_it_panic(header in "\\PC*", at in 0..200_usize, byte in any::<char>()) {
            let _ = Sw8::parse(&header);
            let mut bent: Vec<char> = EXAMPLE.chars().collect();
            let at = at % bent.len();
            bent[at] = byte;
            if let Some(read) = Sw8::parse(&bent.iter().collect::<String>()) {
                prop_assert_eq!(Sw8::parse(&read.to_string()), Some(read));
            }
        }
    }
}
