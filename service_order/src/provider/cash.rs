//! Money that changes hands at the counter: there is nobody to ask, and nothing to remember.

use async_trait::async_trait;

use super::webhook::{WebhookEvent, WebhookRefused};
use super::{ChargeOutcome, ChargeRequest, PaymentMethod, PaymentProvider};
use super::{ProviderError, RefundOutcome, RefundRequest};

/// The provider's name in orders, and the only means of payment it knows.
pub const NAME: &str = "cash";

/// The drawer of the till.
///
/// Who sells has the money in hand before they say so, and hands it back before they say so:
/// everything succeeds at once, and asking again changes nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cash;

#[async_trait]
impl PaymentProvider for Cash {
    fn name(&self) -> &'static str {
        NAME
    }

    fn at_the_counter(&self) -> bool {
        true
    }

    fn check(&self, method: &PaymentMethod) -> Result<(), ProviderError> {
        if method.as_str() == NAME { Ok(()) } else { Err(ProviderError::MethodUnknown) }
    }

    async fn charge(&self, request: ChargeRequest) -> Result<ChargeOutcome, ProviderError> {
        self.check(&request.method)?;
        Ok(ChargeOutcome::Succeeded { provider_ref: String::new() })
    }

    async fn refund(&self, _: RefundRequest) -> Result<RefundOutcome, ProviderError> {
        Ok(RefundOutcome::Succeeded { provider_ref: String::new() })
    }

    async fn status(&self, _: i64) -> Result<Option<ChargeOutcome>, ProviderError> {
        Ok(Some(ChargeOutcome::Succeeded { provider_ref: String::new() }))
    }

    fn verify_webhook(&self, _: &str, _: &[u8], _: i64) -> Result<WebhookEvent, WebhookRefused> {
        // A till calls nobody back, so whoever does is not one.
        Err(WebhookRefused::Signature)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn method(token: &str) -> PaymentMethod {
        PaymentMethod::new(token.to_owned()).unwrap()
    }

    fn charge(amount: i64, token: &str) -> ChargeRequest {
        let method = method(token);
        ChargeRequest { payment_id: 1, order_id: 2, amount, currency: "EUR".into(), method }
    }

    fn block_on<F: Future>(work: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }

    #[test]
    fn nobody_calls_back_for_a_till() {
        assert_eq!(Cash.verify_webhook("t=1,v1=00", b"{}", 0), Err(WebhookRefused::Signature));
    }

    proptest! {
        /// Cash is there at once, whatever the amount and however often it is asked about, and back likewise.
        #[test]
        fn money_in_the_hand_is_there(amount in 0..i64::MAX, times in 1..4usize) {
            for _ in 0..times {
                let charged = block_on(Cash.charge(charge(amount, "cash")));
                prop_assert_eq!(&charged, &Ok(ChargeOutcome::Succeeded { provider_ref: String::new() }));
                prop_assert_eq!(block_on(Cash.status(1)), charged.map(Some));
                let refund = RefundRequest {
                    refund_id: 3, payment_id: 1, provider_ref: String::new(), amount, currency: "EUR".into(),
                };
                let back = block_on(Cash.refund(refund));
                prop_assert_eq!(back, Ok(RefundOutcome::Succeeded { provider_ref: String::new() }));
            }
        }

        /// Nothing but cash is cash.
        #[test]
        fn a_card_is_no_cash(token in "[a-z_]{0,12}") {
            prop_assume!(token != "cash");
            prop_assert_eq!(Cash.check(&method(&token)), Err(ProviderError::MethodUnknown));
            prop_assert_eq!(block_on(Cash.charge(charge(1, &token))), Err(ProviderError::MethodUnknown));
        }
    }
}
