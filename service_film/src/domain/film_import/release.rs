//! Release dates of records, in the forms they come in.

use jiff::civil::Date;
use serde_json::Value;

use super::Mend;

/// The records were put together in 2010 and announce films up to this year. A
/// later year comes from two digits read with the wrong century: 2046 is 1946.
pub(super) const LAST_YEAR: i16 = 2011;
/// No film was shown to an audience earlier.
const FIRST_YEAR: i16 = 1890;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The date as the contract writes it; empty where there is none to be read.
pub(super) fn date(value: &Value, mended: &mut Vec<Mend>) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    let Some((year, month, day)) = parts(&text) else {
        if !text.is_empty() {
            mended.push(Mend::new("release_date", value, &"", "not a date; left out"));
        }
        return String::new();
    };
    let right_year = if year > LAST_YEAR { year - 100 } else { year };
    let date = Date::new(right_year, month, day).ok().filter(|_| right_year >= FIRST_YEAR);
    let Some(date) = date else {
        mended.push(Mend::new("release_date", value, &"", "no day of the calendar; left out"));
        return String::new();
    };
    if right_year != year {
        let rule = "a year after 2011 is a century too late";
        mended.push(Mend::new("release_date", value, &date, rule));
    }
    date.to_string()
}

/// Year, month, day of `Jun 12 1998`, `9-Mar-94`, `12 Jun 1998`, `1928-01-01` or
/// `1928` (its first day). Two digits are read as this century's.
fn parts(text: &str) -> Option<(i16, i8, i8)> {
    let words: Vec<_> = text.split([' ', '-', ',', '/', '.']).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [year] if year.len() == 4 => Some((year.parse().ok()?, 1, 1)),
        [year, month, day] if year.len() == 4 => {
            Some((year.parse().ok()?, month_of(month).or_else(|| month.parse().ok())?, day.parse().ok()?))
        }
        [month, day, year] if month_of(month).is_some() => {
            Some((full_year(year)?, month_of(month)?, day.parse().ok()?))
        }
        [day, month, year] => Some((full_year(year)?, month_of(month)?, day.parse().ok()?)),
        _ => None,
    }
}

fn full_year(digits: &str) -> Option<i16> {
    let year: i16 = digits.parse().ok()?;
    match digits.len() {
        2 => Some(2000 + year),
        4 => Some(year),
        _ => None,
    }
}

fn month_of(word: &str) -> Option<i8> {
    let start = word.get(..3)?.to_ascii_lowercase();
    let index = MONTHS.iter().position(|month| *month == start)?;
    i8::try_from(index + 1).ok()
}
