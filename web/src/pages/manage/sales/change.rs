//! How much more or less something is than it was before.

use crate::format;
use crate::language::Language;

/// From here on per cents have no digits after the point, tenths of a per cent.
const WHOLE: i64 = 100;

/// How a number has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which way, for the style sheet: `up`, `down` or `same`.
    pub way: &'static str,
    pub words: String,
}

impl Change {
    /// From what it was, and how that is written, to what it is.
    pub fn of(language: Language, before: (i64, &str), now: i64) -> Self {
        let told = |way, name: &str, part: String| {
            let values = [("before", before.1.into()), ("part", part.into())];
            Self { way, words: language.text_with(name, &values) }
        };
        let Some(tenths) = tenths(before.0, now) else {
            return told("same", "sales-before", String::new());
        };
        match tenths {
            0 if now == before.0 => told("same", "sales-same", String::new()),
            0 => told("same", "sales-about-same", String::new()),
            1.. => told("up", "sales-more", per_cent(tenths)),
            _ => told("down", "sales-less", per_cent(-tenths)),
        }
    }
}

/// Tenths of a per cent more than before, rounded; nothing where there was nothing before.
fn tenths(before: i64, now: i64) -> Option<i64> {
    if before <= 0 {
        return None;
    }
    let (before, more) = (i128::from(before), i128::from(now) - i128::from(before));
    let rounded = (more * 2_000 + before * more.signum()) / (before * 2);
    i64::try_from(rounded).ok()
}

fn per_cent(tenths: i64) -> String {
    if tenths >= WHOLE || tenths % 10 == 0 {
        return format::number((tenths + 5) / 10);
    }
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(before: i64, now: i64) -> (&'static str, String) {
        let change = Change::of(Language::En, (before, &before.to_string()), now);
        (change.way, change.words)
    }

    #[test]
    fn what_is_more_or_less_is_told_in_per_cent_of_what_was() {
        for (before, now, way, told) in [
            (200, 224, "up", "12\u{a0}% more than 200"),
            (200, 150, "down", "25\u{a0}% less than 200"),
            (1_000, 1_004, "up", "0.4\u{a0}% more than 1000"),
            (300, 200, "down", "33\u{a0}% less than 300"),
            (3, 0, "down", "100\u{a0}% less than 3"),
            (1, 35, "up", "3,400\u{a0}% more than 1"),
            (200, 200, "same", "the same as before"),
            (1_000_000, 1_000_001, "same", "about the same as before"),
            (0, 12, "same", "before: 0"),
            (0, 0, "same", "before: 0"),
        ] {
            assert_eq!(words(before, now), (way, told.to_owned()), "{before} to {now}");
        }
        let chinese = Change::of(Language::Zh, (3_600, "¥36.00"), 1_800);
        assert_eq!(chinese.words, "比 ¥36.00 减少 50%");
    }

    #[test]
    fn the_largest_numbers_are_no_trouble() {
        assert_eq!(words(i64::MAX, 1).0, "down");
        assert_eq!(words(1, i64::MAX).1, "before: 1");
    }
}
