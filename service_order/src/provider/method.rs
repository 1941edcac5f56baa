//! What a buyer pays with: a token of the provider, never a card number.

use std::fmt;

use thiserror::Error;

/// Card numbers have 12 to 19 digits.
const CARD_DIGITS: usize = 12;

/// A token that is not a card number: nothing else can be charged, stored or logged.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentMethod(String);

/// What was given looks like a card number. It is kept nowhere, not even here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("card numbers are not accepted: send the payment provider's token")]
pub struct CardNumberRefused;

impl PaymentMethod {
    /// Takes a token.
    ///
    /// # Errors
    /// [`CardNumberRefused`] where it holds 12 digits or more in a row, separators aside.
    pub fn new(token: String) -> Result<Self, CardNumberRefused> {
        if looks_like_card_number(&token) { Err(CardNumberRefused) } else { Ok(Self(token)) }
    }

    /// The token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PaymentMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaymentMethod(..)")
    }
}

fn looks_like_card_number(text: &str) -> bool {
    let mut run = 0;
    for character in text.chars() {
        if character.is_numeric() {
            run += 1;
            if run >= CARD_DIGITS {
                return true;
            }
        } else if !(character.is_whitespace() || "-_./".contains(character)) {
            run = 0;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn card_numbers_are_refused_and_tokens_are_not() {
        for number in
            ["4242424242424242", "4242-4242-4242-4242", "4242 4242 4242", "card_4242.4242.4242.4242"]
        {
            assert_eq!(PaymentMethod::new(number.into()), Err(CardNumberRefused), "{number}");
        }
        for token in ["card_ok", "tok_1a2b3c4d5e6f7g8h", "12345678901", ""] {
            assert!(PaymentMethod::new(token.into()).is_ok(), "{token}");
        }
    }

    proptest! {
        #[test]
        fn no_card_number_gets_through(
            before in "[a-z_]{0,8}", number in "([0-9][ -]?){12,19}", after in "[a-z_]{0,8}",
        ) {
            let given = format!("{before}{number}{after}");
            prop_assert_eq!(PaymentMethod::new(given), Err(CardNumberRefused));
        }

        #[test]
        fn nothing_is_shown(token in "[a-z]{4,12}") {
            let shown = format!("{:?}", PaymentMethod::new(token).unwrap());
            prop_assert_eq!(shown, "PaymentMethod(..)");
        }
    }
}
