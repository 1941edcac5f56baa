//! Holding the seats that were chosen: an order to be paid.

use std::sync::Arc;

use axum::body::Body;
use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::Response;

use crate::hall::lone_seats::Rule;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, response};

use super::asked::Asked;
use super::purchase::{self, Outcome};
use super::sales::Sales;
use super::{address, advice, look, number, waiting};

/// Holds seats, or leads back to the map with what is to be said. Who is not signed in does that
/// first; what they have chosen waits for it.
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
    match attempt(&state, &visitor, film_sid, &asked).await? {
        Outcome::Leads(place) => Ok(response::see_other(&place)),
        Outcome::SignIn => Ok(waiting::sign_in(&state, film_sid, &asked)),
    }
}

/// To the hall, for who comes to the address of its form.
pub async fn back(Path(film_sid): Path<String>) -> Result<Response<Body>, Refused> {
    Ok(response::see_other(&address(number(&film_sid)?, [])))
}

/// Holds a choice, where nothing is to be said of it first.
pub async fn attempt(
    state: &State,
    visitor: &Visitor,
    film_sid: i64,
    asked: &Asked,
) -> Result<Outcome, Refused> {
    if is_to_be_mended(state, visitor, film_sid, asked).await? {
        return Ok(Outcome::Leads(address(film_sid, asked.choice.fields())));
    }
    if visitor.signed_in.is_none() {
        return Ok(Outcome::SignIn);
    }
    purchase::buy(state, visitor, film_sid, asked).await
}

/// Whether the page has something to say of a choice before it is held: that it leaves a seat
/// alone, where the visitor has not been told or may not do it; and to who is not signed in, that
/// it cannot be had, so that nobody signs in for it in vain.
async fn is_to_be_mended(
    state: &State,
    visitor: &Visitor,
    film_sid: i64,
    asked: &Asked,
) -> Result<bool, Refused> {
    let is_stranger = visitor.signed_in.is_none();
    let advises = match state.config.lone_seats {
        Rule::Allow => false,
        Rule::Advise => !asked.is_advised(),
        Rule::Refuse => true,
    };
    if !advises && !is_stranger {
        return Ok(false);
    }
    let (info, hall) = look(state, visitor, &film_sid.to_string()).await?;
    let free = |(name, _): &(String, _)| hall.find(name).is_some_and(|seat| hall.is_free(seat));
    let all_free = asked.choice.0.iter().all(free);
    if is_stranger && !(all_free && Sales::of(visitor, &info, state.clock.now_ms()).open) {
        return Ok(true);
    }
    let screening = info.screening.unwrap_or_default();
    // Seats that are gone, or never were, are the service's to refuse.
    Ok(advises && all_free && advice::of(state, visitor, &hall, &screening, &asked.choice).is_some())
}
