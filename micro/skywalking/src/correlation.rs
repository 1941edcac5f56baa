//! The header `sw8-correlation`: a few values that travel with a trace.

use std::fmt;

use crate::{
    header::MAX_HEADER,
    text::{decode, encode},
};

/// Name of the header.
pub const SW8_CORRELATION: &str = "sw8-correlation";

/// Most values that travel: what agents take by default.
pub const MAX_ELEMENTS: usize = 3;
/// Longest value, in bytes: what agents take by default.
pub const MAX_VALUE: usize = 128;
/// Longest key, in bytes. Agents have no limit; a key is a name, so it needs no more than a value.
pub const MAX_KEY: usize = 128;

/// Values that travel along a trace, from process to process. Lives in a `Context`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correlation(Vec<(String, String)>);

impl Correlation {
    /// Reads a header. `None` where it is not one. Elements beyond the third and values too long are left
    /// out, as agents do.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        if header.is_empty() || header.len() > MAX_HEADER {
            return None;
        }
        let mut read = Self::default();
        for element in header.split(',') {
            let (key, value) = element.split_once(':')?;
            // No value is longer than the header, so only what is not text ends the reading.
            let (key, value) = (decode(key, MAX_HEADER)?, decode(value, MAX_HEADER)?);
            read.put(key, value);
        }
        (!read.is_empty()).then_some(read)
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str())
    }

    /// Sets a value, in the place of an earlier one. False where a limit forbids it.
    pub fn put(&mut self, key: impl Into<String>, value: impl Into<String>) -> bool {
        let (key, value) = (key.into(), value.into());
        if key.is_empty() || key.len() > MAX_KEY || value.len() > MAX_VALUE {
            return false;
        }
        if let Some((_, own)) = self.0.iter_mut().find(|(own, _)| *own == key) {
            *own = value;
            return true;
        }
        let room = self.0.len() < MAX_ELEMENTS;
        if room {
            self.0.push((key, value));
        }
        room
    }

    /// Keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether nothing travels.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Writes the header.
impl fmt::Display for Correlation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        for (key, value) in self.iter() {
            if !out.is_empty() {
                out.push(',');
            }
            encode(key, &mut out);
            out.push(':');
            encode(value, &mut out);
        }
        f.write_str(&out)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Correlation, MAX_VALUE};

    #[test]
    fn limits_are_the_agents() {
        let mut correlation = Correlation::default();
        assert!(correlation.put("a", "1"));
        assert!(correlation.put("b", ""));
        assert!(!correlation.put("", "no name"));
        assert!(!correlation.put("c", "x".repeat(MAX_VALUE + 1)));
        assert!(correlation.put("c", "x".repeat(MAX_VALUE)));
        assert!(!correlation.put("d", "one too many"));
        assert!(correlation.put("a", "2"), "the later one holds");
        assert_eq!((correlation.get("a"), correlation.get("d")), (Some("2"), None));
    }

    #[test]
    fn a_fourth_element_is_left_out_and_garbage_refused() {
        // a:1, b:2, c:3, d:4
        let read = Correlation::parse("YQ==:MQ==,Yg==:Mg==,Yw==:Mw==,ZA==:NA==").expect("three of four");
        assert_eq!(read.to_string(), "YQ==:MQ==,Yg==:Mg==,Yw==:Mw==");
        for garbage in ["", ",", "YQ==", "YQ==:*", "YQ==:MQ==,", ":MQ==", "YQ==:/w=="] {
            assert_eq!(Correlation::parse(garbage), None, "{garbage}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back(elements in proptest::collection::btree_map(".{1,30}", ".{0,30}", 1..=3)) {
            let mut correlation = Correlation::default();
            for (key, value) in elements {
                prop_assert!(correlation.put(key, value));
            }
            prop_assert_eq!(Correlation::parse(&correlation.to_string()), Some(correlation));
        }

        #[test]
        fn nothing_makes_it_panic(header in "[A-Za-z0-9=:,]*|\\PC*") {
            let _ = Correlation::parse(&header);
        }
    }
}
