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
pub fn money(language: Language, amount: i64, currency: &str) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let plain = decimal(amount, currency);
    let plain = plain.trim_start_matches('-');
    let (whole, part) = plain.split_once('.').map_or((plain, None), |(whole, part)| (whole, Some(part)));
    let number = match part {
        None => grouped(whole),
        Some(part) => format!("{}.{part}", grouped(whole)),
    };
    match symbol(language, currency) {
        Some(symbol) => format!("{sign}{symbol}{number}"),
        // A space that does not break.
        None => format!("{sign}{currency}\u{a0}{number}"),
    }
}

/// A whole number: `12,345`.
pub fn number(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(&number.unsigned_abs().to_string()))
}

/// A whole number in little room: `12.5k`, in Chinese `1.25万`.
pub fn short_number(language: Language, number: i64) -> String {
    let units: [(i64, &str); 2] = match language {
        Language::En => [(1_000_000, "M"), (1_000, "k")],
        Language::Zh => [(100_000_000, "亿"), (10_000, "万")],
    };
    let unit = units.into_iter().find(|(unit, _)| number >= SHORTENED && number >= *unit);
    let Some((unit, sign)) = unit else { return self::number(number) };
    let hundredths = number / (unit / 100);
    let digits = decimal(hundredths, "").trim_end_matches('0').trim_end_matches('.').to_owned();
    format!("{digits}{sign}")
}

/// An amount of money in little room, not negative: minor units of an ISO 4217 currency.
pub fn short_money(language: Language, amount: i64, currency: &str) -> String {
    let major = amount / 10_i64.pow(minor_digits(currency));
    if major >= SHORTENED {
        let number = short_number(language, major);
        return match symbol(language, currency) {
            Some(symbol) => format!("{symbol}{number}"),
            None => format!("{currency}\u{a0}{number}"),
        };
    }
    let money = money(language, amount, currency);
    let whole = money.rsplit_once('.').filter(|(_, part)| part.bytes().all(|digit| digit == b'0'));
    whole.map_or_else(|| money.clone(), |(whole, _)| whole.to_owned())
}

/// From here on numbers are shortened, where there is little room.
const SHORTENED: i64 = 10_000;

/// Digits after the point (ISO 4217, list one).
pub fn minor_digits(currency: &str) -> u32 {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "XAF" | "XOF" | "PYG" | "UGX" => 0,
        "BHD" | "KWD" | "OMR" | "JOD" | "TND" | "IQD" | "LYD" => 3,
        _ => 2,
    }
}

/// As readers of the language know it (CLDR). Two that share a sign are told apart: figures of a
/// chain may have both.
fn symbol(language: Language, currency: &str) -> Option<&'static str> {
    let is_chinese = language == Language::Zh;
    Some(match currency {
        "CNY" if is_chinese => "¥",
        "CNY" => "CN¥",
        "JPY" if is_chinese => "JP¥",
        "JPY" => "¥",
        "USD" if is_chinese => "US$",
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
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

/// A day in little room: `24 Nov`, in Chinese `11/24`.
pub fn short_day(language: Language, date: Date) -> String {
    match language {
        Language::En => format!("{} {}", date.day(), language.text(&format!("month-{}", date.month()))),
        Language::Zh => format!("{}/{}", date.month(), date.day()),
    }
}

/// A duration: `2 h 46 min`.
pub fn minutes(language: Language, minutes: i32) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    let name = match (hours, rest) {
        (0, _) => "duration-minutes",
        (_, 0) => "duration-hours",
        _ => "duration",
    };
    language.text_with(name, &[("hours", hours.into()), ("minutes", rest.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_as_many_digits_as_its_currency() {
        assert_eq!(money(Language::En, 123_456_789, "EUR"), "€1,234,567.89");
        assert_eq!(money(Language::En, 1_500, "JPY"), "¥1,500");
        assert_eq!(money(Language::Zh, -5, "CNY"), "-¥0.05");
        assert_eq!(money(Language::En, 12_345, "KWD"), "KWD\u{a0}12.345");
    }

    #[test]
    fn no_two_currencies_are_written_alike() {
        let all = ["CNY", "JPY", "EUR", "GBP", "USD", "KRW", "INR", "AUD", "HKD"];
        for language in Language::ALL {
            let signs: std::collections::BTreeSet<String> =
                all.iter().map(|currency| money(language, 0, currency).replace(['0', '.'], "")).collect();
            assert_eq!(signs.len(), all.len(), "{signs:?}");
        }
        assert_eq!(money(Language::En, 4_500, "CNY"), "CN¥45.00");
        assert_eq!(money(Language::Zh, 4_500, "CNY"), "¥45.00");
        assert_eq!(money(Language::Zh, 2_000, "JPY"), "JP¥2,000");
    }

    #[test]
    fn where_there_is_little_room_numbers_are_short() {
        for (number, english, chinese) in [
            (0, "0", "0"),
            (9_999, "9,999", "9,999"),
            (10_000, "10k", "1万"),
            (12_500, "12.5k", "1.25万"),
            (2_000_000, "2M", "200万"),
            (150_000_000, "150M", "1.5亿"),
        ] {
            assert_eq!(short_number(Language::En, number), english);
            assert_eq!(short_number(Language::Zh, number), chinese);
        }
        assert_eq!(short_money(Language::En, 150_000, "EUR"), "€1,500");
        assert_eq!(short_money(Language::En, 50, "EUR"), "€0.50");
        assert_eq!(short_money(Language::Zh, 2_000_000, "JPY"), "JP¥200万");
        assert_eq!(short_money(Language::En, 2_000_000, "CHF"), "CHF\u{a0}20k");
    }

    #[test]
    fn days_are_read_in_both_languages() {
        let date = jiff::civil::date(2026, 11, 24);
        assert_eq!(day(Language::En, date), "Tue 24 Nov");
        assert_eq!(day(Language::Zh, date), "11月24日 周二");
        assert_eq!(short_day(Language::En, date), "24 Nov");
        assert_eq!(short_day(Language::Zh, date), "11/24");
        assert_eq!(minutes(Language::En, 166), "2 h 46 min");
        assert_eq!(minutes(Language::Zh, 45), "45 分钟");
        assert_eq!(minutes(Language::En, 180), "3 h");
    }
}
