//! Paying an order.

use std::sync::Arc;

use axum::Form;
use axum::body::Body;
use axum::extract::{Path, State as Extract};
use contract::order::PayRequest;
use http::Response;
use micro::Problem;
use serde::Deserialize;

use super::show;
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, once, response};

/// A form of any provider.
#[derive(Deserialize)]
pub struct Payment {
    #[serde(default)]
    key: String,
    /// The provider's token.
    #[serde(default)]
    payment_method: String,
}

/// Pays, and shows what became of it.
pub async fn pay(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(order_id): Path<String>,
    Form(payment): Form<Payment>,
) -> Result<Response<Body>, Refused> {
    super::signed_in(&visitor, &order_id)?;
    let message = PayRequest { order_id: super::number(&order_id)?, payment_method: payment.payment_method };
    let request = visitor.ask_once(&once::sent_key(&payment.key), message);
    match state.services.orders().pay(request).await {
        Ok(_) => Ok(response::see_other(&show::place(&order_id))),
        // The order tells of its last attempt.
        Err(status) if problem::reason(&status) == "PAYMENT_DECLINED" => {
            Ok(response::see_other(&show::place(&order_id)))
        }
        // Nothing that a provider's form sends: the service names a field that nobody has seen.
        Err(status) if problem::reason(&status) == "FIELD_INVALID" => {
            let unknown = Problem::invalid("PAYMENT_METHOD_UNKNOWN", "no means of payment was chosen");
            show::refused(&state, &visitor, &order_id, unknown.into()).await
        }
        Err(status) => show::refused(&state, &visitor, &order_id, status).await,
    }
}
