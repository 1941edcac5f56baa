//! Showing a ticket at the door: asked for by the page's form and by its module.

use std::sync::Arc;

use axum::Form;
use axum::body::Body;
use axum::extract::State as Extract;
use contract::order::CheckTicketRequest;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response};
use serde::Deserialize;

use super::verdict::{self, Verdict};
use crate::problem::Refused;
use crate::ticket::code;
use crate::visitor::Visitor;
use crate::{State, once};

/// A ticket that is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// Its code, scanned or typed.
    code: String,
    /// The screening that the door is for; any where it is none.
    pub screening: String,
    /// The cinema that was chosen on the page.
    pub cinema: String,
    /// Lets the same showing be sent again where its answer was lost.
    key: String,
}

/// Lets the bearer in, or says why not.
pub async fn admit(state: &State, visitor: &Visitor, shown: &Shown) -> Result<Verdict, Refused> {
    let code = code::tidy(&shown.code);
    let film_sid = shown.screening.parse().unwrap_or_default();
    let message = CheckTicketRequest { code: code.clone(), film_sid, admit: true };
    let request = visitor.ask_once(&once::sent_key(&shown.key), message);
    match state.services.orders().check_ticket(request).await {
        Ok(answer) => Ok(verdict::admitted(state, visitor, answer.into_inner()).await),
        Err(status) => verdict::refused(state, visitor, &code, status).await,
    }
}

/// The answer for the page's module.
pub async fn answer(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Form(shown): Form<Shown>,
) -> Result<Response<Body>, Refused> {
    super::staff(&visitor, "/door")?;
    let verdict = admit(&state, &visitor, &shown).await?;
    let body = serde_json::to_vec(&verdict).map_err(micro::Problem::internal)?;
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
