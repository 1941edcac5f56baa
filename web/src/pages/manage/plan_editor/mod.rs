//! The seating-plan editor.
//!
//! The draft goes along in the form: what is done to it is the film service's to do
//! (`EditSeatingPlan`), and nothing is kept here. The page works by its form alone; its module
//! sends the same form without leaving the page, and chooses seats on the map.

mod action;
mod download;
mod told;
mod typed;
mod view;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State as Extract};
use axum::routing::{get, post};
use contract::film::plan_source::Source;
use contract::film::{
    Cinema, CreateHallRequest, EditSeatingPlanRequest, EditedPlan, GetSeatingPlanRequest, Hall, PlanEdit,
    PlanSource, UpdateHallRequest,
};
use http::{Response, StatusCode};
use tonic::Status;

use self::action::Action;
use self::typed::Typed;
use self::view::{Draft, page};
use super::{hall_form, halls, scope, upload, whole};
use crate::once::sent_key;
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, response};

/// The editor of a hall there is, and of a new one.
pub fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/manage/cinemas/{cinema_id}/halls/new/plan", post(send_new))
        .route("/manage/cinemas/{cinema_id}/halls/{hall_id}/plan", get(open).post(send))
}

/// Whose plan it is: a cinema, and the hall where there is one already.
pub struct Place {
    pub cinema: Cinema,
    pub hall: Option<Hall>,
}

impl Place {
    /// Where the form is sent.
    pub fn action(&self) -> String {
        let halls = halls::place(self.cinema.cinema_id);
        match &self.hall {
            Some(hall) => format!("{halls}/{}/plan", hall.hall_id),
            None => format!("{halls}/new/plan"),
        }
    }

    fn hall_id(&self) -> i64 {
        self.hall.as_ref().map_or(0, |hall| hall.hall_id)
    }
}

/// Opens the plan of a hall.
async fn open(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path((cinema_id, hall_id)): Path<(String, String)>,
) -> Result<Response<Body>, Refused> {
    let place = find(&state, &visitor, &cinema_id, &hall_id).await?;
    let request = visitor.ask(GetSeatingPlanRequest { hall_id: place.hall_id(), plan_version: 0 });
    let plan = state.services.films().get_seating_plan(request).await?.into_inner();
    let edited = edit(&state, &visitor, &place, Source::PretixJson(plan.pretix_json), Vec::new()).await?;
    let typed = Typed { based_on: plan.plan_version, ..Typed::default() };
    let draft = Draft { edited, typed, before: String::new() };
    Ok(response::page(&page(&state, &visitor, place, draft).await?))
}

async fn find(state: &State, visitor: &Visitor, cinema_id: &str, hall_id: &str) -> Result<Place, Refused> {
    let cinema = scope::cinema(state, visitor, cinema_id).await?;
    let hall = halls::find(state, visitor, &cinema, hall_id).await?;
    Ok(Place { cinema, hall: Some(hall) })
}

/// Does what was pressed with the plan of a hall there is.
async fn send(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path((cinema_id, hall_id)): Path<(String, String)>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let place = find(&state, &visitor, &cinema_id, &hall_id).await?;
    sent(&state, &visitor, place, request).await
}

/// Does what was pressed with the plan of a new hall.
async fn send_new(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let place = Place { cinema: scope::cinema(&state, &visitor, &cinema_id).await?, hall: None };
    sent(&state, &visitor, place, request).await
}

async fn sent(
    state: &State,
    visitor: &Visitor,
    place: Place,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let fields = match upload::all(request).await {
        Ok(fields) => fields,
        Err(unread) => {
            let whose = (place.cinema, place.hall);
            return hall_form::again(state, visitor, whose, HashMap::new(), Some(unread.into()));
        }
    };
    let typed = Typed::of(&fields);
    let Some(source) = typed.source() else {
        return hall_form::again(state, visitor, (place.cinema, place.hall), named(fields), None);
    };
    if let Err(wrong) = whole::check(visitor, typed.numbers()) {
        return unchanged(state, visitor, place, (typed, fields), wrong.into()).await;
    }
    match typed.action {
        Action::Pretix | Action::Drawing => {
            let edited = edit(state, visitor, &place, source, Vec::new()).await?;
            Ok(download::of(&place, typed.action, edited))
        }
        Action::Save => match save(state, visitor, &place, &typed, source).await {
            Ok(()) => {
                Ok(response::see_other(&format!("{}?done=saved", halls::place(place.cinema.cinema_id))))
            }
            Err(status) => unchanged(state, visitor, place, (typed, fields), status).await,
        },
        action => {
            let edits = action::edits(action, &typed);
            match edit(state, visitor, &place, source, edits).await {
                Ok(edited) => {
                    let before = typed.before_after(&edited.pretix_json);
                    let draft = Draft { edited, typed, before };
                    let mut page = page(state, visitor, place, draft).await?;
                    page.said(visitor, action);
                    Ok(response::page(&page))
                }
                Err(status) => unchanged(state, visitor, place, (typed, fields), status).await,
            }
        }
    }
}

/// The draft as it was, and why it is not otherwise.
async fn unchanged(
    state: &State,
    visitor: &Visitor,
    place: Place,
    (mut typed, fields): (Typed, Vec<(String, String)>),
    status: Status,
) -> Result<Response<Body>, Refused> {
    let status = super::on_the_form(status)?;
    // An undone step is tried with the plan before it: what goes on is the plan that was sent.
    let Some(source) = typed.draft() else {
        return hall_form::again(state, visitor, (place.cinema, place.hall), named(fields), Some(status));
    };
    let selected = vec![PlanEdit { seats: typed.seats.clone(), edit: None }];
    // Where the seats are not there, none is chosen, and they stay in their field.
    let edited = match edit(state, visitor, &place, source.clone(), selected).await {
        Ok(edited) => Ok(edited),
        Err(_) => edit(state, visitor, &place, source, Vec::new()).await,
    };
    let Ok(edited) = edited else {
        // No plan at all: there is no map to show.
        let whose = (place.cinema, place.hall);
        return hall_form::again(state, visitor, whose, named(fields), Some(status));
    };
    typed.keep_seats = edited.selected.is_empty();
    if problem::reason(&status) == "PLAN_OUTDATED" {
        typed.based_on = edited.changes.as_ref().map_or(0, |changes| changes.plan_version);
    }
    let before = std::mem::take(&mut typed.before);
    let mut page = page(state, visitor, place, Draft { edited, typed, before }).await?;
    page.problem = Some(problem::words(visitor.language, &status));
    let code = problem::http_status(status.code());
    // What is refused of an edit is the form's to say: the page is there.
    let code = if code.is_server_error() { code } else { StatusCode::BAD_REQUEST };
    Ok(response::page_with(code, &page))
}

fn named(fields: Vec<(String, String)>) -> HashMap<String, String> {
    fields.into_iter().collect()
}

async fn edit(
    state: &State,
    visitor: &Visitor,
    place: &Place,
    source: Source,
    edits: Vec<PlanEdit>,
) -> Result<EditedPlan, Status> {
    let plan = Some(PlanSource { source: Some(source) });
    let request = EditSeatingPlanRequest { plan, edits, hall_id: place.hall_id() };
    Ok(state.services.films().edit_seating_plan(visitor.ask(request)).await?.into_inner())
}

async fn save(
    state: &State,
    visitor: &Visitor,
    place: &Place,
    typed: &Typed,
    source: Source,
) -> Result<(), Status> {
    let plan = Some(PlanSource { source: Some(source) });
    let mut films = state.services.films();
    match &place.hall {
        None => {
            let request = CreateHallRequest {
                cinema_id: place.cinema.cinema_id,
                name: typed.name.trim().to_owned(),
                cleaning_minutes: whole::read(&typed.cleaning),
                plan,
            };
            films.create_hall(visitor.ask_once(&sent_key(&typed.key), request)).await?;
        }
        Some(hall) => {
            let request = UpdateHallRequest {
                hall_id: hall.hall_id,
                plan,
                based_on_version: typed.based_on,
                ..UpdateHallRequest::default()
            };
            films.update_hall(visitor.ask(request)).await?;
        }
    }
    Ok(())
}
