//! What those who work at a cinema use: the door and the box office.

mod check;
mod counter;
mod door;
mod find;
mod module_facts;
mod programme;
mod verdict;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use micro::Caller;

use crate::State;
use crate::problem::Refused;
use crate::visitor::Visitor;

/// The pages of staff.
pub fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/door", get(door::show).post(door::check))
        .route("/door/check", post(check::answer))
        .route("/counter", get(counter::show))
        .route("/counter/orders", get(find::show))
}

/// Who works at a cinema. Others learn nothing of these pages; strangers may be staff who have
/// not signed in, and come back to a page.
fn staff<'a>(visitor: &'a Visitor, back: &str) -> Result<&'a Caller, Refused> {
    let Some(signed_in) = &visitor.signed_in else { return Err(Refused::sign_in(back)) };
    if signed_in.caller.is_staff() { Ok(&signed_in.caller) } else { Err(Refused::not_found()) }
}
