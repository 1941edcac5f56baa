//! The halls of a cinema.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Query, State as Extract};
use contract::film::{Cinema, GetSeatingPlanRequest, Hall, RetireHallRequest};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, Response};
use tonic::Status;

use super::retire::{Retires, What};
use super::{Done, scope, week};
use crate::chrome::Chrome;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, response};

#[derive(Template)]
#[template(path = "manage/halls.html")]
struct Halls {
    chrome: Chrome,
    cinema: Cinema,
    halls: Vec<Hall>,
    done: Option<String>,
}

/// Shows them.
pub async fn list(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let halls = week::halls(&state, &visitor, &cinema).await?;
    let done = done.words(visitor.language);
    let title = format!("{} · {}", cinema.name, visitor.language.text("manage-halls"));
    let chrome = Chrome::titled(&state, &visitor, title);
    Ok(response::page(&Halls { chrome, cinema, halls, done }))
}

/// A hall of the cinema that is in use.
pub async fn find(state: &State, visitor: &Visitor, cinema: &Cinema, hall_id: &str) -> Result<Hall, Refused> {
    let hall_id = super::number(hall_id)?;
    let halls = week::halls(state, visitor, cinema).await?;
    halls.into_iter().find(|hall| hall.hall_id == hall_id).ok_or_else(Refused::not_found)
}

/// Where the halls of a cinema are.
pub fn place(cinema_id: i64) -> String {
    format!("/manage/cinemas/{cinema_id}/halls")
}

/// The seating plan as a file, to the letter as it came.
pub async fn export(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path((cinema_id, hall_id)): Path<(String, String)>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let hall = find(&state, &visitor, &cinema, &hall_id).await?;
    let request = visitor.ask(GetSeatingPlanRequest { hall_id: hall.hall_id, plan_version: 0 });
    let plan = state.services.films().get_seating_plan(request).await?.into_inner();
    let name = format!("attachment; filename=\"hall-{}-plan-{}.json\"", plan.hall_id, plan.plan_version);
    let mut answer = Response::new(Body::from(plan.pretix_json));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(CONTENT_DISPOSITION, name.parse().unwrap_or(HeaderValue::from_static("attachment")));
    Ok(answer)
}

/// A hall of a cinema.
pub struct HallOf(Cinema, Hall);

impl Retires for HallOf {
    type Ids = (String, String);
    const NAME: &'static str = "hall";

    async fn find(
        state: &State,
        visitor: &Visitor,
        (cinema_id, hall_id): Self::Ids,
    ) -> Result<Self, Refused> {
        let cinema = scope::cinema(state, visitor, &cinema_id).await?;
        let hall = find(state, visitor, &cinema, &hall_id).await?;
        Ok(Self(cinema, hall))
    }

    fn what(&self, _: &Visitor) -> What {
        let Self(cinema, hall) = self;
        let back = place(cinema.cinema_id);
        let place = format!("{back}/{}", hall.hall_id);
        What { name: hall.name.clone(), cinema: Some(cinema.clone()), place, back }
    }

    async fn retire(&self, state: &State, visitor: &Visitor) -> Result<(), Status> {
        let request = visitor.ask(RetireHallRequest { hall_id: self.1.hall_id });
        state.services.films().retire_hall(request).await.map(drop)
    }
}
