//! Whether an order is still as its page shows it, for the page's script.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State as Extract};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response};
use serde_json::json;

use super::phase::look;
use crate::State;
use crate::problem::Refused;
use crate::visitor::Visitor;

/// How the page would look, and what time it is, milliseconds UTC.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(order_id): Path<String>,
) -> Result<Response<Body>, Refused> {
    let order = super::find(&state, &visitor, &order_id).await?;
    let now = state.clock.now_ms();
    let body = json!({"look": look(&order, now), "now": now, "ends": order.expires_at});
    let mut response = Response::new(Body::from(body.to_string()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
