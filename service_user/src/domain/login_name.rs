//! The names somebody signs in with: user name, e-mail address, phone number.
//!
//! Every name has two forms: the text as its owner wrote it (in Unicode form
//! NFKC, so that full-width and composed letters are one) and a key that is the
//! same for all spellings. The key is what the database holds unique.

use unicode_normalization::UnicodeNormalization;

use super::Refusal;

/// Fewest characters of a user name.
const USER_NAME_MIN: usize = 3;
/// Most characters of a user name.
const USER_NAME_MAX: usize = 32;
/// Most bytes of an e-mail address and of the part before `@` (RFC 5321).
const EMAIL_MAX: usize = 254;
const EMAIL_LOCAL_MAX: usize = 64;
/// Most bytes of one label of a domain (RFC 1035).
const DOMAIN_LABEL_MAX: usize = 63;
/// Digits of a phone number (E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A name as its owner wrote it, and the key it is found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// The text to show.
    pub text: String,
    /// Equal for all spellings of the same name.
    pub key: String,
}

/// One login string, resolved to what it is. Holds the key of the name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Login {
    /// A user name.
    UserName(String),
    /// An e-mail address.
    Email(String),
    /// A phone number.
    Phone(String),
}

impl Login {
    /// What a login string is: with `@` an e-mail address, beginning with `+` or
    /// a digit a phone number, else a user name (which begins with a letter).
    /// `None` where it cannot be the login of any account.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let shown = shown(text);
        if shown.contains('@') {
            return email(text).ok().map(|name| Self::Email(name.key));
        }
        if shown.starts_with(|c: char| c == '+' || c.is_ascii_digit()) {
            return phone(text).ok().map(|name| Self::Phone(name.key));
        }
        user_name(text).ok().map(|name| Self::UserName(name.key))
    }
}

/// Checks and normalises a user name: 3 to 32 letters, digits, `_`, `-`, `.`,
/// beginning with a letter.
///
/// # Errors
/// [`Refusal::UserNameInvalid`] saying which rule does not hold.
pub fn user_name(text: &str) -> Result<Name, Refusal> {
    let shown = shown(text);
    let length = shown.chars().count();
    let fault = if !(USER_NAME_MIN..=USER_NAME_MAX).contains(&length) {
        "must have 3 to 32 characters"
    } else if !shown.starts_with(char::is_alphabetic) {
        "must begin with a letter"
    } else if !shown.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
        "may only contain letters, digits, '_', '-' and '.'"
    } else {
        return Ok(Name { key: key(&shown), text: shown });
    };
    Err(Refusal::UserNameInvalid(fault))
}

/// Checks and normalises an e-mail address. Quoted local parts and addresses
/// without a dot in the domain are not taken.
///
/// # Errors
/// [`Refusal::EmailInvalid`] saying which rule does not hold.
pub fn email(text: &str) -> Result<Name, Refusal> {
    let shown = shown(text);
    let key = key(&shown);
    let Some((local, domain)) = shown.rsplit_once('@') else {
        return Err(Refusal::EmailInvalid("must contain '@'"));
    };
    let fault = if shown.len() > EMAIL_MAX || key.len() > EMAIL_MAX || local.len() > EMAIL_LOCAL_MAX {
        "is too long"
    } else if !local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character)) {
        "has characters before '@' that cannot be there"
    } else if !domain.contains('.') || !domain.split('.').all(is_domain_label) {
        "has no valid domain after '@'"
    } else {
        return Ok(Name { text: shown, key });
    };
    Err(Refusal::EmailInvalid(fault))
}

/// Checks and normalises a phone number: `+` and 7 to 15 digits; spaces and
/// dashes are dropped.
///
/// # Errors
/// [`Refusal::PhoneInvalid`].
pub fn phone(text: &str) -> Result<Name, Refusal> {
    let number: String = shown(text).chars().filter(|c| !is_phone_filler(*c)).collect();
    let digits = number.strip_prefix('+').unwrap_or_default();
    let valid = PHONE_DIGITS.contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    if !valid {
        return Err(Refusal::PhoneInvalid("must be '+', a country code and in all 7 to 15 digits"));
    }
    Ok(Name { key: number.clone(), text: number })
}

/// The form a text is compared in: NFKC, lower case. Applying it twice changes nothing more.
#[must_use]
pub fn key(text: &str) -> String {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    // Lower-casing can uncover another compatibility form, whose own lower case differs; twice is enough.
    folded.chars().flat_map(char::to_lowercase).nfkc().collect()
}

fn shown(text: &str) -> String {
    text.trim().nfkc().collect::<String>().trim().to_owned()
}

fn is_atom_character(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

fn is_domain_label(label: &str) -> bool {
    (1..=DOMAIN_LABEL_MAX).contains(&label.len())
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn is_phone_filler(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_login_is_resolved_to_its_kind() {
        assert_eq!(Login::parse(" Ann.Lee "), Some(Login::UserName("ann.lee".into())));
        assert_eq!(Login::parse("Ann@Example.ORG"), Some(Login::Email("ann@example.org".into())));
        assert_eq!(Login::parse("+86 138-0013-8000"), Some(Login::Phone("+8613800138000".into())));
        assert_eq!(Login::parse("张三丰"), Some(Login::UserName("张三丰".into())));
        for nobody in ["", "  ", "ab", "13800138000", "+12", "a@b", "@", "a b c", "_ann", "x@@y.z"] {
            assert_eq!(Login::parse(nobody), None, "{nobody:?}");
        }
    }

    #[test]
    fn full_width_forms_are_the_same_name() {
        assert_eq!(user_name("ＡＮＮ").unwrap().key, user_name("ann").unwrap().key);
        assert_eq!(phone("＋８６１３８００１３８０００").unwrap().text, "+8613800138000");
        assert_eq!(email("ann＠example.org").unwrap().key, "ann@example.org");
    }

    #[test]
    fn the_broken_rule_is_named() {
        assert_eq!(user_name("ab"), Err(Refusal::UserNameInvalid("must have 3 to 32 characters")));
        assert_eq!(user_name("1ab"), Err(Refusal::UserNameInvalid("must begin with a letter")));
        assert!(user_name("ann lee").is_err());
        assert!(user_name(&"a".repeat(33)).is_err());
        assert!(email(&format!("{}@example.org", "a".repeat(65))).is_err());
        assert!(email("a..b@example.org").is_err());
        assert!(email("a@-example.org").is_err());
        assert!(phone("+0123456789").is_err());
        assert!(phone("+1234567890123456").is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics_and_keys_are_stable(text in "\\PC{0,64}") {
            let _ = (Login::parse(&text), email(&text), phone(&text));
            if let Ok(name) = user_name(&text) {
                prop_assert_eq!(&key(&name.key), &name.key);
                prop_assert_eq!(user_name(&name.text).unwrap(), name);
            }
        }

        #[test]
        fn upper_and_lower_case_are_one_name(text in "[a-zA-Z][a-zA-Z0-9_.-]{2,31}") {
            let lower = user_name(&text.to_ascii_lowercase()).unwrap();
            prop_assert_eq!(user_name(&text).unwrap().key, lower.key);
            prop_assert_eq!(user_name(&text.to_ascii_uppercase()).unwrap().key, lower.text);
        }

        #[test]
        fn the_kinds_do_not_overlap(name in "[a-z][a-z0-9_.-]{2,31}", digits in "[1-9][0-9]{6,14}") {
            prop_assert!(matches!(Login::parse(&name), Some(Login::UserName(_))), "a user name");
            let number = format!("+{digits}");
            prop_assert_eq!(Login::parse(&number), Some(Login::Phone(number)));
            prop_assert!(matches!(Login::parse("a@b.example"), Some(Login::Email(_))), "an e-mail address");
        }

        #[test]
        fn spaces_and_dashes_in_a_phone_do_not_count(digits in "[1-9][0-9]{6,14}", at in 1usize..7) {
            let spaced = format!(" +{}-{} {}", &digits[..at], &digits[at..at], &digits[at..]);
            prop_assert_eq!(phone(&spaced).unwrap().text, format!("+{digits}"));
        }
    }
}
