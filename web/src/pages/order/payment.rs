//! The form to pay with, which is the payment provider's.
//!
//! Here ends what the site knows of payments: a form puts the provider's token for the means of
//! payment into the field `payment_method`, and the page says what became of it. Only the
//! sandbox has a form today. Another provider's is another variant here, with a template of its
//! own beside `order/pay_sandbox.html`, whose script asks the provider for the token: a card
//! number never comes to the site.

use crate::once;

/// The form of a provider.
pub enum PayForm {
    /// A choice of test cards.
    Sandbox,
}

/// The sandbox's cards, as `docs/payments.md` lists them.
const CARDS: [&str; 9] = [
    "card_ok",
    "card_declined",
    "card_insufficient_funds",
    "card_expired",
    "card_late",
    "card_late_declined",
    "card_twice",
    "card_timeout",
    "card_refund_fails",
];

/// What every such form has.
pub struct Paying {
    /// The provider's form.
    pub form: PayForm,
    /// Makes a form that is sent twice pay once.
    pub key: String,
    /// The same for the form that takes cash, where the visitor may.
    pub cash: Option<String>,
}

impl Paying {
    /// A form to pay with once, at the counter or anywhere.
    pub fn new(at_counter: bool) -> Self {
        Self { form: PayForm::Sandbox, key: once::form_key(), cash: at_counter.then(once::form_key) }
    }

    /// The test cards to choose from.
    pub fn cards(&self) -> &'static [&'static str] {
        &CARDS
    }
}
