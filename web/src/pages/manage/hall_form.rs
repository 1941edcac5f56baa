//! Building a hall, and changing one: its plan is drawn before anything is saved.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Request, State as Extract};
use contract::film::plan_source::Source;
use contract::film::{
    CheckSeatingPlanRequest, CheckedPlan, Cinema, CreateHallRequest, GetSeatingPlanRequest, Hall, HallInfo,
    PlanSource, UpdateHallRequest,
};
use http::{Response, StatusCode};
use tonic::Status;

use super::{halls, plan_source, scope, upload, whole};
use crate::chrome::Chrome;
use crate::once::{form_key, sent_key};
use crate::pages::screening::drawing::Drawing;
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, response};

/// What was typed.
#[derive(Debug, Default)]
struct Typed {
    key: String,
    name: String,
    cleaning: String,
    /// A text drawing.
    drawing: String,
    /// A plan that was uploaded, and goes along until it is saved.
    json: String,
    /// Straight rows of equal length.
    grid: plan_source::Grid,
    save: bool,
}

#[derive(Template)]
#[template(path = "manage/hall_form.html")]
struct HallForm {
    chrome: Chrome,
    cinema: Cinema,
    /// The hall, where there is one already.
    hall: Option<Hall>,
    key: String,
    typed: Typed,
    preview: Option<Preview>,
    hall_name: String,
    problem: Option<String>,
}

/// What hall a plan makes.
struct Preview {
    drawing: Drawing,
    seats: i32,
    categories: Vec<String>,
    /// Whether it is the hall's own plan, not one to be saved.
    is_own: bool,
}

/// The form for a new hall.
pub async fn new(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    Ok(response::page(&page(&state, &visitor, cinema, None, Typed::default())))
}

/// The form for a hall there is.
pub async fn edit(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path((cinema_id, hall_id)): Path<(String, String)>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let hall = halls::find(&state, &visitor, &cinema, &hall_id).await?;
    let request = visitor.ask(GetSeatingPlanRequest { hall_id: hall.hall_id, plan_version: 0 });
    let json = state.services.films().get_seating_plan(request).await?.into_inner().pretix_json;
    let plan = check(&state, &visitor, Source::PretixJson(json)).await?;
    let typed =
        Typed { name: hall.name.clone(), cleaning: hall.cleaning_minutes.to_string(), ..Typed::default() };
    let mut page = page(&state, &visitor, cinema, Some(hall), typed);
    page.preview = Some(preview(&visitor, plan, true));
    Ok(response::page(&page))
}

/// Shows what a plan makes, or builds the hall.
pub async fn create(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    sent(&state, &visitor, cinema, None, request).await
}

/// Shows what a plan makes, or changes the hall.
pub async fn change(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path((cinema_id, hall_id)): Path<(String, String)>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let hall = halls::find(&state, &visitor, &cinema, &hall_id).await?;
    sent(&state, &visitor, cinema, Some(hall), request).await
}

async fn sent(
    state: &State,
    visitor: &Visitor,
    cinema: Cinema,
    hall: Option<Hall>,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let typed = match upload::fields(request).await {
        Ok(fields) => Typed::of(fields),
        Err(unread) => {
            let page = page(state, visitor, cinema, hall, Typed::default());
            return refused(visitor, page, unread.into());
        }
    };
    if let Err(wrong) = whole::check(visitor, typed.numbers()) {
        return refused(visitor, page(state, visitor, cinema, hall, typed), wrong.into());
    }
    if typed.save {
        return match saved(state, visitor, &cinema, hall.as_ref(), &typed).await {
            Ok(()) => Ok(response::see_other(&format!("{}?done=saved", halls::place(cinema.cinema_id)))),
            Err(status) => refused(visitor, page(state, visitor, cinema, hall, typed), status),
        };
    }
    match typed.source() {
        None => {
            let mut page = page(state, visitor, cinema, hall, typed);
            page.problem = Some(visitor.language.text("manage-plan-missing"));
            Ok(response::page_with(StatusCode::BAD_REQUEST, &page))
        }
        Some(source) => {
            let checked = check(state, visitor, source).await;
            let mut page = page(state, visitor, cinema, hall, typed);
            match checked {
                Ok(plan) => {
                    page.preview = Some(preview(visitor, plan, false));
                    Ok(response::page(&page))
                }
                Err(status) => refused(visitor, page, status),
            }
        }
    }
}

async fn saved(
    state: &State,
    visitor: &Visitor,
    cinema: &Cinema,
    hall: Option<&Hall>,
    typed: &Typed,
) -> Result<(), Status> {
    let plan = typed.source().map(|source| PlanSource { source: Some(source) });
    let (name, cleaning_minutes) = (typed.name.trim().to_owned(), whole::read(&typed.cleaning));
    let mut films = state.services.films();
    match hall {
        None => {
            let request = CreateHallRequest { cinema_id: cinema.cinema_id, name, cleaning_minutes, plan };
            films.create_hall(visitor.ask_once(&sent_key(&typed.key), request)).await?;
        }
        Some(hall) => {
            let hall_id = hall.hall_id;
            let request = UpdateHallRequest { hall_id, name, cleaning_minutes, plan, based_on_version: 0 };
            films.update_hall(visitor.ask(request)).await?;
        }
    }
    Ok(())
}

async fn check(state: &State, visitor: &Visitor, source: Source) -> Result<CheckedPlan, Status> {
    let plan = Some(PlanSource { source: Some(source) });
    let request = visitor.ask(CheckSeatingPlanRequest { plan });
    Ok(state.services.films().check_seating_plan(request).await?.into_inner())
}

fn preview(visitor: &Visitor, plan: CheckedPlan, is_own: bool) -> Preview {
    let seats = plan.seats_for_sale;
    let info = HallInfo {
        width: plan.width,
        height: plan.height,
        categories: plan.categories,
        seats: plan.seats,
        ..HallInfo::default()
    };
    let hall = crate::hall::Hall::of(&info);
    let categories = hall.categories.iter().map(|category| category.name.clone()).collect();
    Preview { drawing: Drawing::of(visitor, &hall, "", &[]), seats, categories, is_own }
}

fn refused(visitor: &Visitor, mut page: HallForm, status: Status) -> Result<Response<Body>, Refused> {
    let status = super::on_the_form(status)?;
    page.problem = Some(problem::words(visitor.language, &status));
    Ok(response::page_with(problem::http_status(status.code()), &page))
}

/// The form again, where what was typed cannot be taken further.
pub fn again(
    state: &State,
    visitor: &Visitor,
    (cinema, hall): (Cinema, Option<Hall>),
    fields: HashMap<String, String>,
    status: Option<Status>,
) -> Result<Response<Body>, Refused> {
    let mut page = page(state, visitor, cinema, hall, Typed::of(fields));
    match status {
        Some(status) => refused(visitor, page, status),
        None => {
            page.problem = Some(visitor.language.text("manage-plan-missing"));
            Ok(response::page_with(StatusCode::BAD_REQUEST, &page))
        }
    }
}

fn page(state: &State, visitor: &Visitor, cinema: Cinema, hall: Option<Hall>, typed: Typed) -> HallForm {
    let title = if hall.is_some() { "manage-hall-edit" } else { "manage-hall-new" };
    let chrome = Chrome::new(state, visitor, title);
    let hall_name = typed.name.clone();
    HallForm { chrome, cinema, hall, key: form_key(), typed, preview: None, hall_name, problem: None }
}

impl Typed {
    fn of(mut fields: HashMap<String, String>) -> Self {
        let grid = plan_source::Grid::of(|name| fields.remove(name).unwrap_or_default());
        let mut take = |name: &str| fields.remove(name).unwrap_or_default();
        let (file, mut drawing, mut json) = (take("file"), take("drawing"), take("json"));
        // A file that was just chosen wins, then what is drawn in the form.
        if !file.trim().is_empty() {
            (json, drawing) = (file, String::new());
        } else if !drawing.trim().is_empty() {
            json = String::new();
        }
        Self {
            key: take("key"),
            name: take("name"),
            cleaning: take("cleaning"),
            save: take("do") == "save",
            drawing,
            json,
            grid,
        }
    }

    /// What takes a number.
    fn numbers(&self) -> impl Iterator<Item = whole::Typed<'_>> {
        std::iter::once(("cleaning", &*self.cleaning)).chain(self.grid.numbers())
    }

    fn source(&self) -> Option<Source> {
        plan_source::of(&self.json, &self.drawing, &self.grid)
    }
}
