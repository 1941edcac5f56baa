//! The days of a report, and how they are chosen.

use jiff::Span;
use jiff::civil::Date;
use micro::Problem;

use super::super::local;

/// Most days of a report: what the service adds up.
pub const MOST_DAYS: i64 = 400;
/// Years there can be sales in; others are slips of the hand.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2099;

/// Days from the first to the last, both of them included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub first: Date,
    pub last: Date,
}

/// Ranges that one need not type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    Today,
    Week,
    ThirtyDays,
    Month,
    /// Any other.
    Typed,
}

impl Range {
    /// Those that are offered.
    pub const OFFERED: [Self; 4] = [Self::Today, Self::Week, Self::ThirtyDays, Self::Month];

    /// What addresses and texts call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Week => "week",
            Self::ThirtyDays => "30-days",
            Self::Month => "month",
            Self::Typed => "days",
        }
    }

    /// Its days; nothing where they are typed.
    fn days(self, today: Date) -> Option<Days> {
        let first = match self {
            Self::Today => today,
            Self::Week => local::days_on(today, -6),
            Self::ThirtyDays => local::days_on(today, -29),
            Self::Month => today.first_of_month(),
            Self::Typed => return None,
        };
        Some(Days { first, last: today })
    }
}

impl Days {
    /// Which range was chosen: that of a name, unless other days were typed.
    ///
    /// # Errors
    /// `REPORT_RANGE_INVALID` where what was typed is no range, or too long a one.
    pub fn chosen(name: &str, first: &str, last: &str, today: Date) -> Result<(Range, Self), Problem> {
        let named = Range::OFFERED.into_iter().find(|range| range.name() == name);
        let (first, last) = (first.trim(), last.trim());
        if first.is_empty() && last.is_empty() {
            let range = named.unwrap_or(Range::Today);
            let days = range.days(today).unwrap_or(Self { first: today, last: today });
            return Ok((range, days));
        }
        let typed = Self::typed(first, last).ok_or_else(range_invalid)?;
        let mut offered = named.into_iter().chain(Range::OFFERED);
        let range = offered.find(|range| range.days(today) == Some(typed));
        Ok((range.unwrap_or(Range::Typed), typed))
    }

    /// One of the two alone is a day alone.
    fn typed(first: &str, last: &str) -> Option<Self> {
        let first: Date = if first.is_empty() { last } else { first }.parse().ok()?;
        let last: Date = if last.is_empty() { first } else { last.parse().ok()? };
        let days = Self { first, last };
        let years = YEARS.contains(&first.year()) && YEARS.contains(&last.year());
        (years && (1..=MOST_DAYS).contains(&days.count())).then_some(days)
    }

    /// As many days before them.
    pub fn before(self) -> Self {
        Self { first: local::days_on(self.first, -self.count()), last: local::days_on(self.first, -1) }
    }

    /// How many they are; less than 1 where the last is before the first.
    pub fn count(self) -> i64 {
        let between = self.first.until(self.last).map_or(-1, |between| between.get_days());
        i64::from(between) + 1
    }

    /// Whether there is one alone.
    pub fn is_one(self) -> bool {
        self.first == self.last
    }

    /// Each of them.
    pub fn each(self) -> impl Iterator<Item = Date> {
        (0..self.count()).filter_map(move |ahead| self.first.checked_add(Span::new().days(ahead)).ok())
    }
}

fn range_invalid() -> Problem {
    Problem::invalid("REPORT_RANGE_INVALID", "these days are no range of a report").with("limit", MOST_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: &str = "2026-11-24";

    fn chosen(name: &str, first: &str, last: &str) -> Option<(Range, String, String)> {
        let (range, days) = Days::chosen(name, first, last, TODAY.parse().unwrap()).ok()?;
        Some((range, days.first.to_string(), days.last.to_string()))
    }

    #[test]
    fn ranges_end_today() {
        for (name, range, first) in [
            ("", Range::Today, TODAY),
            ("nonsense", Range::Today, TODAY),
            ("week", Range::Week, "2026-11-18"),
            ("30-days", Range::ThirtyDays, "2026-10-26"),
            ("month", Range::Month, "2026-11-01"),
        ] {
            assert_eq!(chosen(name, "", ""), Some((range, first.to_owned(), TODAY.to_owned())), "{name}");
        }
    }

    #[test]
    fn typed_days_win_over_a_name() {
        let days = |first: &str, last: &str| chosen("today", first, last);
        assert_eq!(days(TODAY, TODAY).map(|found| found.0), Some(Range::Today));
        assert_eq!(days("2026-11-18", TODAY).map(|found| found.0), Some(Range::Week));
        let typed = Some((Range::Typed, "2026-11-02".to_owned(), "2026-11-03".to_owned()));
        assert_eq!(days("2026-11-02", "2026-11-03"), typed);
        let alone = Some((Range::Typed, "2026-11-02".to_owned(), "2026-11-02".to_owned()));
        assert_eq!(days("2026-11-02", ""), alone);
        assert_eq!(days("", "2026-11-02"), alone);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for (first, last) in [
            ("yesterday", ""),
            ("2026-11-03", "2026-11-02"),
            ("2025-01-01", "2026-02-05"),
            ("1999-12-31", "2000-01-02"),
            ("2099-12-31", "2100-01-01"),
            ("-9999-01-01", "9999-12-31"),
        ] {
            assert_eq!(chosen("", first, last), None, "{first} {last}");
        }
        assert!(chosen("", "2025-01-01", "2026-02-04").is_some(), "400 days are not too many");
    }

    #[test]
    fn as_many_days_are_before() {
        let days =
            |first: &str, last: &str| Days { first: first.parse().unwrap(), last: last.parse().unwrap() };
        assert_eq!(days(TODAY, TODAY).before(), days("2026-11-23", "2026-11-23"));
        assert_eq!(days("2026-03-01", "2026-03-07").before(), days("2026-02-22", "2026-02-28"));
    }

    #[test]
    fn each_day_is_there_once() {
        let days = Days { first: "2026-02-27".parse().unwrap(), last: "2026-03-02".parse().unwrap() };
        let each: Vec<String> = days.each().map(|day| day.to_string()).collect();
        assert_eq!(each, ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]);
        assert_eq!(days.count(), 4);
    }
}
