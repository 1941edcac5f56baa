//! The pages, one module each.

mod account;
mod film;
mod home;
mod manage;
mod order;
mod preferences;
mod screening;
mod sign_in;
mod staff;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::State;
use crate::problem::Refused;

/// The first parts of all paths of the site: the start page's is empty.
pub const PLACES: &[&str] = &[
    "",
    "films",
    "assets",
    "login",
    "register",
    "logout",
    "preferences",
    "screenings",
    "orders",
    "account",
    "door",
    "counter",
    "manage",
];

/// The id in a path. What is none, nothing has.
fn number(id: &str) -> Result<i64, Refused> {
    id.parse().ok().filter(|id| *id > 0).ok_or_else(Refused::not_found)
}

/// Every page.
pub fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(home::show))
        .route("/films/{film_id}", get(film::show))
        .route("/login", get(sign_in::login_form).post(sign_in::login))
        .route("/register", get(sign_in::register_form).post(sign_in::register))
        .route("/logout", post(sign_in::logout))
        .route("/preferences", post(preferences::set))
        .merge(screening::routes())
        .merge(order::routes())
        .merge(account::routes())
        .merge(staff::routes())
        .merge(manage::routes())
        .fallback(not_found)
}

async fn not_found() -> crate::problem::Refused {
    crate::problem::Refused::not_found()
}
