//! Cancelling a screening: first the question, then how far the refunds have come.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, State as Extract};
use contract::film::{CancelScreeningRequest, Screening};
use contract::order::{Cancellation, GetCancellationRequest};
use http::{Response, StatusCode};
use serde::Deserialize;

use super::{scope, screening};
use crate::chrome::Chrome;
use crate::language::Language;
use crate::problem::{self, Refused};
use crate::showing::Showing;
use crate::visitor::Visitor;
use crate::{State, format, response};

/// How far the refunds have come.
pub struct Progress {
    pub finished: bool,
    pub orders: i64,
    /// Orders whose money is back, or whose refund was refused: no more happens by itself.
    pub settled: i64,
    pub refunded: i64,
    pub refunded_amount: String,
    pub open: i64,
    pub open_amount: String,
    pub waiting: i64,
    pub failed: i64,
    pub failed_amount: String,
    pub summary: String,
}

impl Progress {
    /// Of a screening that was cancelled.
    pub async fn of(state: &State, visitor: &Visitor, screening: &Screening) -> Result<Self, Refused> {
        let request = visitor.ask(GetCancellationRequest { film_sid: screening.film_sid });
        let far = match state.services.orders().get_cancellation(request).await {
            Ok(answer) => answer.into_inner(),
            // The order service is told a moment after the catalogue.
            Err(status) if problem::reason(&status) == "SCREENING_NOT_CANCELLED" => Cancellation::default(),
            Err(status) => return Err(status.into()),
        };
        Ok(Self::told(visitor.language, screening, &far))
    }

    fn told(language: Language, screening: &Screening, far: &Cancellation) -> Self {
        let currency = if far.currency.is_empty() { &screening.currency } else { &far.currency };
        let summary = match (far.finished, far.failed) {
            (true, 0) => "manage-refunds-done",
            (true, _) => "manage-refunds-failed",
            (false, _) => "manage-refunds-under-way",
        };
        Self {
            finished: far.finished,
            orders: far.orders,
            settled: far.refunded + far.failed,
            refunded: far.refunded,
            refunded_amount: format::money(language, far.refunded_amount, currency),
            open: far.open,
            open_amount: format::money(language, far.open_amount, currency),
            waiting: far.waiting,
            failed: far.failed,
            failed_amount: format::money(language, far.failed_amount, currency),
            summary: language
                .text_with(summary, &[("failed", far.failed.into()), ("orders", far.orders.into())]),
        }
    }
}

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    reason: String,
    sure: String,
}

#[derive(Template)]
#[template(path = "manage/cancel_screening.html")]
struct Question {
    chrome: Chrome,
    showing: Showing,
    sold: i64,
    revenue: String,
    reason: String,
    problem: Option<String>,
}

/// Asks whether it is meant.
pub async fn ask(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(film_sid): Path<String>,
) -> Result<Response<Body>, Refused> {
    let showing = scope::screening(&state, &visitor, &film_sid).await?;
    if showing.screening.cancelled {
        return Ok(response::see_other(&screening::place(showing.screening.film_sid)));
    }
    question(&state, &visitor, showing, String::new(), None).await
}

/// Cancels it.
pub async fn cancel(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(film_sid): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response<Body>, Refused> {
    let showing = scope::screening(&state, &visitor, &film_sid).await?;
    let film_sid = showing.screening.film_sid;
    if typed.sure != "yes" {
        let wrong = Some((StatusCode::BAD_REQUEST, visitor.language.text("manage-cancel-not-sure")));
        return question(&state, &visitor, showing, typed.reason, wrong).await;
    }
    let request = CancelScreeningRequest { film_sid, reason: typed.reason.trim().to_owned() };
    match state.services.films().cancel_screening(visitor.ask(request)).await {
        Ok(_) => Ok(response::see_other(&screening::place(film_sid))),
        Err(status) => {
            let status = super::on_the_form(status)?;
            let words = problem::words(visitor.language, &status);
            let wrong = Some((problem::http_status(status.code()), words));
            question(&state, &visitor, showing, typed.reason, wrong).await
        }
    }
}

async fn question(
    state: &State,
    visitor: &Visitor,
    showing: Showing,
    reason: String,
    wrong: Option<(StatusCode, String)>,
) -> Result<Response<Body>, Refused> {
    let sold = screening::sold(state, visitor, &showing).await?;
    let (code, problem) = wrong.map_or((StatusCode::OK, None), |(code, words)| (code, Some(words)));
    let page = Question {
        chrome: Chrome::new(state, visitor, "manage-cancel-title"),
        sold: sold.taken,
        revenue: format::money(visitor.language, sold.revenue, &showing.screening.currency),
        showing,
        reason,
        problem,
    };
    Ok(response::page_with(code, &page))
}
