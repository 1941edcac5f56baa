//! Holding the seats that were chosen: an order to be paid.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::Response;
use contract::order::BuyRequest;
use sha2::{Digest, Sha256};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::hall::choice::Choice;
use crate::hall::lone_seats::Rule;
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, response};

use super::asked::Asked;
use super::{address, advice, look, number};

/// Bytes of a purchase's key.
const KEY_BYTES: usize = 16;

/// Holds seats, or leads back to the map with what is to be said.
pub async fn hold(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(film_sid): Path<String>,
    form: Bytes,
) -> Result<Response<Body>, Refused> {
    let film_sid = number(&film_sid)?;
    let asked = Asked::read(&form);
    let choice = &asked.choice;
    if choice.0.is_empty() {
        return Ok(response::see_other(&address(film_sid, [("refused", "NO_SEATS_CHOSEN".to_owned())])));
    }
    if asked.too_many {
        let told = [("refused", "TOO_MANY_SEATS".to_owned())];
        return Ok(response::see_other(&address(film_sid, choice.fields().into_iter().chain(told))));
    }
    if visitor.signed_in.is_none() {
        return Err(Refused::sign_in(&address(film_sid, choice.fields())));
    }
    if is_to_be_mended(&state, &visitor, film_sid, &asked).await? {
        return Ok(response::see_other(&address(film_sid, choice.fields())));
    }
    // In one order, so that the same choice is the same request.
    let mut seats = choice.names();
    seats.sort_unstable();
    let request = BuyRequest {
        film_sid,
        seats,
        ticket_types: choice
            .0
            .iter()
            .map(|(seat, ticket)| (seat.clone(), i32::from(*ticket)))
            .collect::<HashMap<_, _>>(),
        user_id: 0,
    };
    let request = match key(&asked) {
        Some(key) => visitor.ask_once(&key, request),
        None => visitor.ask(request),
    };
    match state.services.orders().buy(request).await {
        Ok(order) => Ok(response::see_other(&format!("/orders/{}", order.into_inner().order_id))),
        Err(status) => Ok(response::see_other(&back(&visitor, film_sid, choice, status)?)),
    }
}

/// Whether the choice leaves a seat alone and the visitor has not been told, or may not.
async fn is_to_be_mended(
    state: &State,
    visitor: &Visitor,
    film_sid: i64,
    asked: &Asked,
) -> Result<bool, Refused> {
    let told = asked.advised == asked.choice.sorted();
    match state.config.lone_seats {
        Rule::Allow => return Ok(false),
        Rule::Advise if told => return Ok(false),
        Rule::Advise | Rule::Refuse => {}
    }
    let (info, hall) = look(state, visitor, &film_sid.to_string()).await?;
    let screening = info.screening.unwrap_or_default();
    // Seats that are gone, or never were, are the service's to refuse.
    let free = |(name, _): &(String, _)| hall.find(name).is_some_and(|seat| hall.is_free(seat));
    let all_free = asked.choice.0.iter().all(free);
    Ok(all_free && advice::of(state, visitor, &hall, &screening, &asked.choice).is_some())
}

/// One purchase for one rendering of the form and one choice: sent twice it is done once, and
/// another choice from the same page is another purchase.
fn key(asked: &Asked) -> Option<String> {
    if asked.key.is_empty() {
        return None;
    }
    let mut text = Sha256::new();
    text.update(asked.key.as_bytes());
    let mut seats = asked.choice.0.clone();
    seats.sort_unstable();
    for (seat, ticket) in seats {
        text.update(format!("\n{seat}={}", i32::from(ticket)));
    }
    let digest = text.finalize();
    Some(digest[..KEY_BYTES].iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The map again, with the same seats chosen and what went wrong.
fn back(visitor: &Visitor, film_sid: i64, choice: &Choice, status: Status) -> Result<String, Refused> {
    let reason = problem::reason(&status);
    let can_be_told = problem::words_of(visitor.language, &reason).is_some();
    if status.code() == Code::Unauthenticated {
        return Err(Refused::sign_in(&address(film_sid, choice.fields())));
    }
    if status.code() == Code::NotFound || !can_be_told {
        return Err(status.into());
    }
    let details = status.get_error_details();
    let taken = details.error_info().and_then(|info| info.metadata.get("seats").cloned());
    let gone = taken.filter(|_| reason == "SEATS_TAKEN").unwrap_or_default();
    let fields = choice.fields().into_iter().chain([("gone", gone), ("refused", reason)]);
    Ok(address(film_sid, fields))
}
