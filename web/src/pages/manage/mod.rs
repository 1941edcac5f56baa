//! Running cinemas: for managers, each of their own cinemas, and for those who run the chain.
//!
//! Nobody else learns that there are such pages. What may be done is the services' to say;
//! what they refuse comes back to the form it was typed in.

mod amount;
mod cancellation;
mod changed;
mod changes;
mod choices;
mod cinema_form;
mod copy_day;
mod fields;
mod film_form;
mod film_import;
mod films;
mod filter;
mod hall_form;
mod halls;
mod line_up;
mod local;
mod new_screening;
mod orders;
mod overview;
mod plan_editor;
mod plan_source;
mod price_form;
mod prices;
mod programme;
mod refusal;
mod retire;
mod role_changes;
mod sales;
mod scope;
mod screening;
mod upload;
mod week;
mod whole;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use contract::film::{Cinema, Film};
use micro::Caller;
use serde::Deserialize;
use tonic::{Code, Status};

use super::number;
use crate::State;
use crate::language::Language;
use crate::problem::Refused;
use crate::visitor::Visitor;

/// The pages of those who run cinemas.
pub fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/manage", get(overview::show))
        .route("/manage/orders", get(orders::show))
        .route("/manage/changes", get(changes::show))
        .route("/manage/role-changes", get(role_changes::show))
        .merge(sales::routes())
        .merge(screenings())
        .merge(halls_and_plans())
        .merge(catalogue())
}

fn screenings() -> Router<Arc<State>> {
    Router::new()
        .route("/manage/cinemas/{cinema_id}/week", get(week::show))
        .route("/manage/cinemas/{cinema_id}/copy", get(copy_day::form).post(copy_day::copy))
        .route("/manage/cinemas/{cinema_id}/screenings/new", get(new_screening::form))
        .route("/manage/cinemas/{cinema_id}/screenings", post(new_screening::create))
        .route("/manage/screenings/{film_sid}", get(screening::show).post(screening::change))
        .route("/manage/screenings/{film_sid}/cancel", get(cancellation::ask).post(cancellation::cancel))
}

fn halls_and_plans() -> Router<Arc<State>> {
    Router::new()
        .route("/manage/cinemas/{cinema_id}/halls", get(halls::list).post(hall_form::create))
        .route("/manage/cinemas/{cinema_id}/halls/new", get(hall_form::new))
        .route("/manage/cinemas/{cinema_id}/halls/{hall_id}", get(hall_form::edit).post(hall_form::change))
        .route("/manage/cinemas/{cinema_id}/halls/{hall_id}/plan.json", get(halls::export))
        .merge(plan_editor::routes())
        .route(
            "/manage/cinemas/{cinema_id}/halls/{hall_id}/retire",
            get(retire::ask::<halls::HallOf>).post(retire::retire::<halls::HallOf>),
        )
}

fn catalogue() -> Router<Arc<State>> {
    Router::new()
        .route("/manage/cinemas", post(cinema_form::create))
        .route("/manage/cinemas/new", get(cinema_form::new))
        .route("/manage/cinemas/{cinema_id}", get(cinema_form::edit).post(cinema_form::change))
        .route(
            "/manage/cinemas/{cinema_id}/retire",
            get(retire::ask::<Cinema>).post(retire::retire::<Cinema>),
        )
        .route("/manage/cinemas/{cinema_id}/prices", get(prices::list).post(price_form::create))
        .route("/manage/cinemas/{cinema_id}/prices/new", get(price_form::new))
        .route("/manage/cinemas/{cinema_id}/prices/{list_id}", get(price_form::edit).post(price_form::change))
        .route(
            "/manage/cinemas/{cinema_id}/prices/{list_id}/retire",
            get(retire::ask::<prices::ListOf>).post(retire::retire::<prices::ListOf>),
        )
        .route("/manage/films", get(films::list).post(film_form::create))
        .route("/manage/films/new", get(film_form::new))
        .route("/manage/films/import", get(film_import::form).post(film_import::import))
        .route("/manage/films/{film_id}", get(film_form::edit).post(film_form::change))
        .route("/manage/films/{film_id}/retire", get(retire::ask::<Film>).post(retire::retire::<Film>))
}

/// What was just done, in the address of the page that shows it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Done {
    done: String,
}

impl Done {
    fn words(&self, language: Language) -> Option<String> {
        let name = match &*self.done {
            "saved" => "manage-saved",
            "retired" => "manage-retired",
            _ => return None,
        };
        Some(language.text(name))
    }
}

/// The manager who looks. Strangers are led to signing in; for others there is no such page.
fn manager(visitor: &Visitor) -> Result<&Caller, Refused> {
    let caller = visitor.user()?;
    if caller.is_manager() { Ok(caller) } else { Err(Refused::not_found()) }
}

/// What the form that was sent can say: everything but that the fault is ours.
fn on_the_form(status: Status) -> Result<Status, Refused> {
    match status.code() {
        Code::Unauthenticated | Code::Internal | Code::Unknown | Code::DataLoss => Err(status.into()),
        _ => Ok(status),
    }
}
