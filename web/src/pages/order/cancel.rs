//! Giving up an order that is not paid.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State as Extract};
use contract::order::CancelRequest;
use http::Response;

use super::show;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, response};

/// Gives it up, and shows it.
pub async fn cancel(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(order_id): Path<String>,
) -> Result<Response<Body>, Refused> {
    super::signed_in(&visitor, &order_id)?;
    let request = visitor.ask(CancelRequest { order_id: super::number(&order_id)? });
    match state.services.orders().cancel(request).await {
        Ok(_) => Ok(response::see_other(&show::place(&order_id))),
        Err(status) => show::refused(&state, &visitor, &order_id, status).await,
    }
}
