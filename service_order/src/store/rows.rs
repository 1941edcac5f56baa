//! How parts of rows are spelled.

use std::sync::Arc;

use crate::domain::order::OrderItem;
use crate::domain::state::{OrderState, PaymentState, RefundState, TicketState};

/// Items as the store keeps them.
#[must_use]
pub fn items_json(items: &[OrderItem]) -> String {
    serde_json::to_string(items).unwrap_or_default()
}

/// Seats as the store keeps them.
#[must_use]
pub fn seats_json(seats: &[Arc<str>]) -> String {
    serde_json::to_string(&seats.iter().map(AsRef::as_ref).collect::<Vec<&str>>()).unwrap_or_default()
}

pub(super) fn items(json: &str) -> Result<Vec<OrderItem>, serde_json::Error> {
    serde_json::from_str(json)
}

pub(super) fn seats(json: &str) -> Result<Vec<Arc<str>>, serde_json::Error> {
    Ok(serde_json::from_str::<Vec<String>>(json)?.into_iter().map(Arc::from).collect())
}

macro_rules! state {
    ($name:ident, $state:ty) => {
        /// The state of that number; `Unspecified`, from which nothing leads on, where there is none.
        pub(super) fn $name(number: i64) -> $state {
            i32::try_from(number).ok().and_then(|number| <$state>::try_from(number).ok()).unwrap_or_default()
        }
    };
}
state!(order_state, OrderState);
state!(payment_state, PaymentState);
state!(refund_state, RefundState);
state!(ticket_state, TicketState);
