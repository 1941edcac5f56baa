//! Buying a choice, once.

use std::collections::HashMap;

use contract::order::{BuyRequest, GetInfoRequest, Order, order};
use sha2::{Digest, Sha256};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::hall::choice::Choice;
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, once};

use super::asked::Asked;
use super::{address, yours};

/// Bytes of a purchase's key.
const KEY_BYTES: usize = 16;
/// An order that is older than this was opened by an earlier press of the button, milliseconds:
/// longer than clocks of processes differ, shorter than anybody takes to give an order up.
const JUST_NOW_MS: i64 = 2_000;

/// Where a wish to hold seats leads.
pub enum Outcome {
    /// To a page: the order, or the map with what is to be said.
    Leads(String),
    /// To signing in first.
    SignIn,
}

/// Buys a choice for who is signed in. Asked again for the same choice of the same page, or by
/// who holds these very seats already, it leads to the same order.
pub async fn buy(state: &State, visitor: &Visitor, film_sid: i64, asked: &Asked) -> Result<Outcome, Refused> {
    let key = key(asked).unwrap_or_else(once::form_key);
    let wish = wish(film_sid, &asked.choice);
    let mut answer = open(state, visitor, &key, &wish).await;
    if let Ok(order) = &answer
        && is_over(state, visitor, order).await?
    {
        // The key was for an order that was given up since, or not paid: this is another wish.
        answer = open(state, visitor, &once::form_key(), &wish).await;
    }
    match answer {
        Ok(order) => Ok(Outcome::Leads(yours::place(&order))),
        Err(status) => refused(state, visitor, film_sid, &asked.choice, status).await,
    }
}

fn wish(film_sid: i64, choice: &Choice) -> BuyRequest {
    // In one order, so that the same choice is the same request.
    let mut seats = choice.names();
    seats.sort_unstable();
    let types = choice.0.iter().map(|(seat, ticket)| (seat.clone(), i32::from(*ticket)));
    BuyRequest { film_sid, seats, ticket_types: types.collect::<HashMap<_, _>>(), user_id: 0 }
}

async fn open(state: &State, visitor: &Visitor, key: &str, wish: &BuyRequest) -> Result<Order, Status> {
    let order = state.services.orders().buy(visitor.ask_once(key, wish.clone())).await?;
    Ok(order.into_inner())
}

/// Whether an order that was answered is one of an earlier time, and holds its seats no more: an
/// answer that is given again is as it was the first time.
async fn is_over(state: &State, visitor: &Visitor, order: &Order) -> Result<bool, Refused> {
    if state.clock.now_ms() - order.created_at < JUST_NOW_MS {
        return Ok(false);
    }
    let request = visitor.ask(GetInfoRequest { order_id: order.order_id });
    let now = state.services.orders().get_info(request).await?.into_inner();
    Ok(matches!(now.state(), order::State::Cancelled | order::State::Expired | order::State::Refunded))
}

/// One purchase for one rendering of the form and one choice: sent twice it is done once, and
/// another choice from the same page is another purchase.
fn key(asked: &Asked) -> Option<String> {
    if asked.key.is_empty() {
        return None;
    }
    Some(digest(&[&asked.key], &asked.choice))
}

/// Tells choices apart that were made in some circumstances.
pub fn digest(circumstances: &[&str], choice: &Choice) -> String {
    let mut text = Sha256::new();
    text.update(circumstances.join("\n").as_bytes());
    let mut seats = choice.0.clone();
    seats.sort_unstable();
    for (seat, ticket) in seats {
        text.update(format!("\n{seat}={}", i32::from(ticket)));
    }
    let digest = text.finalize();
    digest[..KEY_BYTES].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// To the order where the visitor holds these very seats, else to the map again, with the same
/// seats chosen and what went wrong.
async fn refused(
    state: &State,
    visitor: &Visitor,
    film_sid: i64,
    choice: &Choice,
    status: Status,
) -> Result<Outcome, Refused> {
    let reason = problem::reason(&status);
    let can_be_told = problem::words_of(visitor.language, &reason).is_some();
    if status.code() == Code::Unauthenticated {
        return Ok(Outcome::SignIn);
    }
    if status.code() == Code::NotFound || !can_be_told {
        return Err(status.into());
    }
    let taken = reason == "SEATS_TAKEN";
    if taken && let Some(order) = yours::of(state, visitor, film_sid).await.holding(choice) {
        return Ok(Outcome::Leads(yours::place(order)));
    }
    let details = status.get_error_details();
    let gone = details.error_info().and_then(|info| info.metadata.get("seats").cloned());
    let gone = gone.filter(|_| taken).unwrap_or_default();
    let fields = choice.fields().into_iter().chain([("gone", gone), ("refused", reason)]);
    Ok(Outcome::Leads(address(film_sid, fields)))
}
