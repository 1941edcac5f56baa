//! Which provider a payment is of.

use std::sync::Arc;

use super::{Cash, PaymentMethod, PaymentProvider, cash};

/// Everybody who moves money for the system. A payment names its provider for good: a refund
/// goes the way the money came.
#[derive(Clone)]
pub struct Providers {
    online: Arc<dyn PaymentProvider>,
    cash: Cash,
}

impl Providers {
    /// Cash, and this provider for everything else.
    #[must_use]
    pub fn new(online: Arc<dyn PaymentProvider>) -> Self {
        Self { online, cash: Cash }
    }

    /// Who charges a means of payment.
    #[must_use]
    pub fn of(&self, method: &PaymentMethod) -> &dyn PaymentProvider {
        if method.as_str() == cash::NAME { &self.cash } else { &*self.online }
    }

    /// The provider of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&dyn PaymentProvider> {
        let all: [&dyn PaymentProvider; 2] = [&*self.online, &self.cash];
        all.into_iter().find(|provider| provider.name() == name)
    }
}
