//! What makes a password acceptable.

use std::{collections::HashSet, fmt, sync::LazyLock};

use unicode_normalization::UnicodeNormalization;

use super::{Refusal, login_name::key};

/// Fewest and most characters of a new password.
pub const LENGTH: std::ops::RangeInclusive<usize> = 8..=128;

/// Names shorter than this may occur inside a password: they do so by chance.
const CONTAINED_NAME_MIN: usize = 4;

/// The passwords most people try first, of eight characters and more, in lower case.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("../../assets/common-passwords.txt").lines().collect());

/// A password as somebody typed it, in Unicode form NFKC so that every keyboard
/// yields the same bytes. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Takes the typed text.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        Self(typed.nfkc().collect())
    }

    /// The bytes to hash.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Checks the rules for a new password of an account with these login names
    /// (texts of user name, e-mail, phone).
    ///
    /// # Errors
    /// [`Refusal::PasswordTooWeak`] naming the rule.
    pub fn check<'a>(&self, login_names: impl IntoIterator<Item = &'a str>) -> Result<(), Refusal> {
        let length = self.0.chars().count();
        if length < *LENGTH.start() {
            return Err(Refusal::PasswordTooWeak("must have at least 8 characters"));
        }
        if length > *LENGTH.end() {
            return Err(Refusal::PasswordTooWeak("must have at most 128 characters"));
        }
        let password = key(&self.0);
        if COMMON.contains(password.as_str()) {
            return Err(Refusal::PasswordTooWeak("is one of the most commonly used ones"));
        }
        if login_names.into_iter().flat_map(guessable_parts).any(|part| reveals(&password, &part)) {
            return Err(Refusal::PasswordTooWeak("must not contain the login name"));
        }
        Ok(())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// The whole name, an address's part before `@`, a number's digits.
fn guessable_parts(name: &str) -> Vec<String> {
    let name = key(name);
    let mut parts = Vec::with_capacity(2);
    if let Some((local, _)) = name.rsplit_once('@') {
        parts.push(local.to_owned());
    }
    if let Some(digits) = name.strip_prefix('+') {
        parts.push(digits.to_owned());
    }
    parts.push(name);
    parts
}

fn reveals(password: &str, part: &str) -> bool {
    password == part || (part.chars().count() >= CONTAINED_NAME_MIN && password.contains(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(password: &str, names: &[&str]) -> Result<(), Refusal> {
        Password::new(password).check(names.iter().copied())
    }

    #[test]
    fn the_broken_rule_is_named() {
        let weak = |text| Err(Refusal::PasswordTooWeak(text));
        assert_eq!(check("short12", &[]), weak("must have at least 8 characters"));
        assert_eq!(check(&"x".repeat(129), &[]), weak("must have at most 128 characters"));
        assert_eq!(check("PassWord123", &[]), weak("is one of the most commonly used ones"));
        assert_eq!(check("my-ANNLEE-9", &["annlee"]), weak("must not contain the login name"));
        assert_eq!(
            check("annlee-2026", &["ann", "annlee@example.org"]),
            weak("must not contain the login name")
        );
        assert_eq!(check("x8613800138000", &["+8613800138000"]), weak("must not contain the login name"));
        assert_eq!(check("planner-of-trips", &["ann"]), Ok(()));
        assert_eq!(check("correct horse battery", &["annlee"]), Ok(()));
        assert_eq!(check("密码很长很安全吧", &["张三丰"]), Ok(()));
    }

    #[test]
    fn the_list_is_in_the_form_it_is_compared_in() {
        assert!(COMMON.len() >= 300, "{} entries", COMMON.len());
        for entry in COMMON.iter() {
            assert_eq!(key(entry), *entry);
            assert!(entry.chars().count() >= *LENGTH.start(), "{entry} is refused by its length already");
        }
    }

    #[test]
    fn debug_does_not_show_it() {
        assert!(!format!("{:?}", Password::new("open sesame")).contains("sesame"));
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in "\\PC{0,140}", name in "\\PC{0,20}") {
            let _ = check(&text, &[&name]);
        }

        #[test]
        fn a_password_around_the_login_name_is_refused(
            name in "[a-z]{4,20}", before in "[A-Z0-9]{0,8}", after in "[A-Z0-9]{4,8}",
        ) {
            let password = format!("{before}{}{after}", name.to_uppercase());
            prop_assert!(check(&password, &[&name]).is_err());
        }
    }
}
