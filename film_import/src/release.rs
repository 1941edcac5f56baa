//! Release dates of records, in the forms they come in.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::mend::Mend;
use crate::reason::{DATE_NO_DAY, DATE_UNREADABLE, YEAR_TOO_LATE, YEAR_TWO_DIGITS};

/// Films are announced no longer ahead than this, years.
const ANNOUNCED_AHEAD: i16 = 10;
/// No film was shown to an audience earlier.
const FIRST_YEAR: i16 = 1890;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// How the years of a file are read: none is after the latest. Of two digits the last such
/// year is meant; where four say more, somebody read two with the wrong century, as 2046 for 1946.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Years {
    latest: i16,
}

impl Years {
    /// Of a file with films that may be announced by `now_ms`, milliseconds UTC: up to ten years after it.
    #[must_use]
    pub fn announced(now_ms: i64) -> Self {
        let now = Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        let this_year = now.to_zoned_datetime(TimeZone::UTC).year();
        Self::none_after(this_year.saturating_add(ANNOUNCED_AHEAD))
    }

    /// Of a file with no film after this year.
    #[must_use]
    pub fn none_after(latest: i16) -> Self {
        Self { latest }
    }

    fn right(self, year: Year) -> i16 {
        let year = match year {
            Year::TwoDigits(year) => 2000 + year,
            Year::FourDigits(year) => year,
        };
        if year > self.latest { year - 100 } else { year }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Year {
    TwoDigits(i16),
    FourDigits(i16),
}

/// The date as the contract writes it; empty where there is none to be read.
pub(crate) fn date(value: &Value, years: Years, mended: &mut Vec<Mend>) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    let Some((year, month, day)) = parts(&text) else {
        if !text.is_empty() {
            mended.push(Mend::new("release_date", value, &"", DATE_UNREADABLE));
        }
        return String::new();
    };
    let right_year = years.right(year);
    let date = Date::new(right_year, month, day).ok().filter(|_| right_year >= FIRST_YEAR);
    let Some(date) = date else {
        mended.push(Mend::new("release_date", value, &"", DATE_NO_DAY));
        return String::new();
    };
    match year {
        Year::TwoDigits(_) => {
            mended.push(Mend::new("release_date", value, &date, YEAR_TWO_DIGITS));
        }
        Year::FourDigits(year) if year != right_year => {
            mended.push(Mend::new("release_date", value, &date, YEAR_TOO_LATE));
        }
        Year::FourDigits(_) => {}
    }
    date.to_string()
}

/// Year, month, day of `Jun 12 1998`, `9-Mar-94`, `12 Jun 1998`, `1928-01-01` or
/// `1928` (its first day).
fn parts(text: &str) -> Option<(Year, i8, i8)> {
    let words: Vec<_> = text.split([' ', '-', ',', '/', '.']).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [year] if year.len() == 4 => Some((year_of(year)?, 1, 1)),
        [year, month, day] if year.len() == 4 => {
            Some((year_of(year)?, month_of(month).or_else(|| month.parse().ok())?, day.parse().ok()?))
        }
        [month, day, year] if month_of(month).is_some() => {
            Some((year_of(year)?, month_of(month)?, day.parse().ok()?))
        }
        [day, month, year] => Some((year_of(year)?, month_of(month)?, day.parse().ok()?)),
        _ => None,
    }
}

fn year_of(digits: &str) -> Option<Year> {
    let year = digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())??;
    match digits.len() {
        2 => Some(Year::TwoDigits(year)),
        4 => Some(Year::FourDigits(year)),
        _ => None,
    }
}

fn month_of(word: &str) -> Option<i8> {
    let start = word.get(..3)?.to_ascii_lowercase();
    let index = MONTHS.iter().position(|month| *month == start)?;
    i8::try_from(index + 1).ok()
}
