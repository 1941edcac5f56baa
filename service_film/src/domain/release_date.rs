//! Release dates as the contract writes them.

use jiff::civil::Date;

/// Whether a text is empty or a day of the calendar, `2026-11-23`.
#[must_use]
pub fn is_valid(text: &str) -> bool {
    // The parser takes more forms than we keep: writing it again shows which this was.
    text.is_empty() || text.parse::<Date>().is_ok_and(|date| date.year() > 1800 && date.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        assert!(is_valid("") && is_valid("2026-11-23") && is_valid("2024-02-29"));
        for text in ["2023-02-29", "2026-1-2", "20261123", "23.11.2026", "2026-11", "0001-01-01", "x"] {
            assert!(!is_valid(text), "{text}");
        }
    }
}
