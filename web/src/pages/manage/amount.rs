//! Amounts of money as people type them.

use crate::format;

/// Minor units of a currency: `12`, `12.5` or `12,50`. Nothing for what is no amount, or has
/// more digits than the currency.
pub fn read(text: &str, currency: &str) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = format::minor_digits(currency) as usize;
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > digits || !all_digits(whole) || !all_digits(part) {
        return None;
    }
    format!("{whole}{part:0<digits$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn amounts_have_the_digits_of_their_currency() {
        for (text, currency, amount) in [
            ("12", "EUR", Some(1200)),
            (" 12.5 ", "EUR", Some(1250)),
            ("12,50", "EUR", Some(1250)),
            ("0.05", "EUR", Some(5)),
            ("1500", "JPY", Some(1500)),
            ("1.500", "KWD", Some(1500)),
            ("1.5", "JPY", None),
            ("1.505", "EUR", None),
            ("-1", "EUR", None),
            ("1e3", "EUR", None),
            (".5", "EUR", None),
            ("", "EUR", None),
            ("99999999999999999999", "EUR", None),
        ] {
            assert_eq!(read(text, currency), amount, "{text:?} {currency}");
        }
    }
}
