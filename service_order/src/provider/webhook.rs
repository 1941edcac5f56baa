//! What a provider calls back with: JSON, signed.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::signature::{self, Secret};

/// Longest body that is read, bytes.
pub const MAX_BODY: usize = 16 * 1024;
const SUCCEEDED: &str = "payment.succeeded";
const FAILED: &str = "payment.failed";

/// Something became of a payment. The same event may come more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The provider's id of the event; the same when it comes again.
    pub event_id: String,
    /// The payment.
    pub payment_id: i64,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// What became of it.
    pub outcome: WebhookOutcome,
}

/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookOutcome {
    /// The money is there.
    Succeeded,
    /// It will not come.
    Failed {
        /// Why.
        decline_code: String,
    },
}

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WebhookRefused {
    /// Not signed by the provider, or too old.
    #[error("the webhook's signature is not good")]
    Signature,
    /// Signed, but not to be understood.
    #[error("the webhook's body is not understood")]
    Body,
}

/// The JSON. Unknown fields are accepted: providers add some.
#[derive(Serialize, Deserialize)]
struct Body {
    event_id: String,
    #[serde(rename = "type")]
    kind: String,
    payment_id: i64,
    amount: i64,
    currency: String,
    #[serde(default)]
    decline_code: String,
}

impl WebhookEvent {
    /// The body of the webhook.
    ///
    /// # Errors
    /// Never in practice: there is nothing in it that JSON cannot say.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let (kind, decline_code) = match &self.outcome {
            WebhookOutcome::Succeeded => (SUCCEEDED, String::new()),
            WebhookOutcome::Failed { decline_code } => (FAILED, decline_code.clone()),
        };
        serde_json::to_string(&Body {
            event_id: self.event_id.clone(),
            kind: kind.to_owned(),
            payment_id: self.payment_id,
            amount: self.amount,
            currency: self.currency.clone(),
            decline_code,
        })
    }
}

/// Checks a webhook's signature, then reads its body.
///
/// # Errors
/// Why it is not believed.
pub fn verify(
    secrets: &[Secret],
    header: &str,
    body: &[u8],
    now_ms: i64,
) -> Result<WebhookEvent, WebhookRefused> {
    if body.len() > MAX_BODY {
        return Err(WebhookRefused::Body);
    }
    signature::verify(secrets, header, body, now_ms).map_err(|_| WebhookRefused::Signature)?;
    let body: Body = serde_json::from_slice(body).map_err(|_| WebhookRefused::Body)?;
    let outcome = match body.kind.as_str() {
        SUCCEEDED => WebhookOutcome::Succeeded,
        FAILED => WebhookOutcome::Failed { decline_code: body.decline_code },
        _ => return Err(WebhookRefused::Body),
    };
    if body.payment_id < 1 || body.amount < 0 {
        return Err(WebhookRefused::Body);
    }
    let Body { event_id, payment_id, amount, currency, .. } = body;
    Ok(WebhookEvent { event_id, payment_id, amount, currency, outcome })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn secrets() -> [Secret; 1] {
        [Secret::from("whsec".to_owned())]
    }

    fn read(body: &str) -> Result<WebhookEvent, WebhookRefused> {
        let header = signature::sign(&secrets(), NOW, body.as_bytes());
        verify(&secrets(), &header, body.as_bytes(), NOW * 1000)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let failed = WebhookOutcome::Failed { decline_code: "card_expired".into() };
        for outcome in [WebhookOutcome::Succeeded, failed] {
            let event = WebhookEvent {
                event_id: "evt_1".into(),
                payment_id: 5,
                amount: 100,
                currency: "EUR".into(),
                outcome,
            };
            assert_eq!(read(&event.to_json().unwrap()), Ok(event));
        }
    }

    #[test]
    fn signed_nonsense_is_refused() {
        let good =
            r#"{"event_id":"e","type":"payment.succeeded","payment_id":1,"amount":1,"currency":"EUR"}"#;
        assert!(read(good).is_ok());
        for body in [
            "",
            "[]",
            &good.replace("succeeded", "lost"),
            &good.replace("\"payment_id\":1", "\"payment_id\":0"),
            &good.replace("\"amount\":1", "\"amount\":-1"),
            &good.replace("\"amount\":1", "\"amount\":\"1\""),
            &format!("{good}{}", " ".repeat(MAX_BODY)),
        ] {
            assert_eq!(read(body), Err(WebhookRefused::Body), "{body}");
        }
        let unsigned = verify(&secrets(), "t=1800000000,v1=00", good.as_bytes(), NOW * 1000);
        assert_eq!(unsigned, Err(WebhookRefused::Signature));
    }
}
