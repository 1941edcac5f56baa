//! Money, days and durations as people read them.

use fluent_bundle::FluentValue;
use jiff::civil::Date;

use crate::language::Language;

/// An amount of money for programs: `12.50`.
pub fn decimal(amount: i64, currency: &str) -> String {
    let digits = minor_digits(currency);
    let unit = 10_u64.pow(digits);
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, part) = (amount.unsigned_abs() / unit, amount.unsigned_abs() % unit);
    match digits {
        0 => format!("{sign}{whole}"),
        digits => format!("{sign}{whole}.{part:0width$}", width = digits as usize),
    }
}

/// An amount of money: minor units of an ISO 4217 currency.
pub fn money(amount: i64, currency: &str) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let plain = decimal(amount, currency);
    let plain = plain.trim_start_matches('-');
    let (whole, part) = plain.split_once('.').map_or((plain, None), |(whole, part)| (whole, Some(part)));
    let number = match part {
        None => grouped(whole),
        Some(part) => format!("{}.{part}", grouped(whole)),
    };
    match symbol(currency) {
        Some(symbol) => format!("{sign}{symbol}{number}"),
        // A space that does not break.
        None => format!("{sign}{currency}\u{a0}{number}"),
    }
}

/// Digits after the point (ISO 4217, list one).
pub fn minor_digits(currency: &str) -> u32 {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "XAF" | "XOF" | "PYG" | "UGX" => 0,
        "BHD" | "KWD" | "OMR" | "JOD" | "TND" | "IQD" | "LYD" => 3,
        _ => 2,
    }
}

fn symbol(currency: &str) -> Option<&'static str> {
    Some(match currency {
        "CNY" | "JPY" => "¥",
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        "KRW" => "₩",
        "INR" => "₹",
        _ => return None,
    })
}

fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A day: `Tue 24 Nov`.
pub fn day(language: Language, date: Date) -> String {
    let weekday = language.text(&format!("weekday-{}", date.weekday().to_monday_one_offset()));
    let month = language.text(&format!("month-{}", date.month()));
    let values = [
        ("weekday", FluentValue::from(weekday)),
        ("day", FluentValue::from(date.day())),
        ("month", FluentValue::from(month)),
    ];
    language.text_with("day", &values)
}

/// A duration: `2 h 46 min`.
pub fn minutes(language: Language, minutes: i32) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    let name = if hours > 0 { "duration" } else { "duration-minutes" };
    language.text_with(name, &[("hours", hours.into()), ("minutes", rest.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_as_many_digits_as_its_currency() {
        assert_eq!(money(123_456_789, "EUR"), "€1,234,567.89");
        assert_eq!(money(1_500, "JPY"), "¥1,500");
        assert_eq!(money(-5, "CNY"), "-¥0.05");
        assert_eq!(money(12_345, "KWD"), "KWD\u{a0}12.345");
    }

    #[test]
    fn days_are_read_in_both_languages() {
        let date = jiff::civil::date(2026, 11, 24);
        assert_eq!(day(Language::En, date), "Tue 24 Nov");
        assert_eq!(day(Language::Zh, date), "11月24日 周二");
        assert_eq!(minutes(Language::En, 166), "2 h 46 min");
        assert_eq!(minutes(Language::Zh, 45), "45 分钟");
    }
}
