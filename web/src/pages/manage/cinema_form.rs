//! Opening a cinema, changing one, and taking one out of the programme.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, Query, State as Extract};
use contract::film::{Cinema, CreateCinemaRequest, RetireCinemaRequest, UpdateCinemaRequest};
use http::Response;
use serde::Deserialize;
use tonic::Status;

use super::retire::{Retires, What};
use super::{Done, manager, scope};
use crate::chrome::Chrome;
use crate::once::{form_key, sent_key};
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, response};

/// What was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    key: String,
    name: String,
    city: String,
    address: String,
    time_zone: String,
    currency: String,
}

#[derive(Template)]
#[template(path = "manage/cinema_form.html")]
struct CinemaForm {
    chrome: Chrome,
    is_admin: bool,
    /// The cinema, where there is one already.
    cinema: Option<Cinema>,
    key: String,
    typed: Typed,
    done: Option<String>,
    problem: Option<String>,
}

/// The form for a new cinema.
pub async fn new(Extract(state): Extract<Arc<State>>, visitor: Visitor) -> Result<Response<Body>, Refused> {
    admin(&visitor)?;
    Ok(response::page(&page(&state, &visitor, None, Typed::default())?))
}

/// The form for a cinema there is.
pub async fn edit(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let typed = Typed {
        key: String::new(),
        name: cinema.name.clone(),
        city: cinema.city.clone(),
        address: cinema.address.clone(),
        time_zone: cinema.time_zone.clone(),
        currency: cinema.currency.clone(),
    };
    let mut page = page(&state, &visitor, Some(cinema), typed)?;
    page.done = done.words(visitor.language);
    Ok(response::page(&page))
}

/// Opens a cinema.
pub async fn create(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response<Body>, Refused> {
    admin(&visitor)?;
    let request = CreateCinemaRequest {
        name: typed.name.trim().to_owned(),
        city: typed.city.trim().to_owned(),
        address: typed.address.trim().to_owned(),
        time_zone: typed.time_zone.trim().to_owned(),
        currency: typed.currency.trim().to_ascii_uppercase(),
    };
    let request = visitor.ask_once(&sent_key(&typed.key), request);
    let answer = state.services.films().create_cinema(request).await;
    answered(&visitor, page(&state, &visitor, None, typed)?, answer.map(tonic::Response::into_inner))
}

/// Changes a cinema.
pub async fn change(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(cinema_id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response<Body>, Refused> {
    let cinema = scope::cinema(&state, &visitor, &cinema_id).await?;
    let request = UpdateCinemaRequest {
        cinema_id: cinema.cinema_id,
        name: typed.name.trim().to_owned(),
        city: typed.city.trim().to_owned(),
        address: typed.address.trim().to_owned(),
        time_zone: typed.time_zone.trim().to_owned(),
    };
    let answer = state.services.films().update_cinema(visitor.ask(request)).await;
    answered(&visitor, page(&state, &visitor, Some(cinema), typed)?, answer.map(tonic::Response::into_inner))
}

/// Cinemas come and go with the chain. For others there is no such page.
fn admin(visitor: &Visitor) -> Result<(), Refused> {
    if manager(visitor)?.is_admin() { Ok(()) } else { Err(Refused::not_found()) }
}

fn answered(
    visitor: &Visitor,
    mut page: CinemaForm,
    answer: Result<Cinema, Status>,
) -> Result<Response<Body>, Refused> {
    match answer {
        Ok(cinema) => Ok(response::see_other(&format!("/manage/cinemas/{}?done=saved", cinema.cinema_id))),
        Err(status) => {
            let status = super::on_the_form(status)?;
            page.problem = Some(problem::words(visitor.language, &status));
            Ok(response::page_with(problem::http_status(status.code()), &page))
        }
    }
}

fn page(
    state: &State,
    visitor: &Visitor,
    cinema: Option<Cinema>,
    typed: Typed,
) -> Result<CinemaForm, Refused> {
    let is_admin = manager(visitor)?.is_admin();
    let chrome = match &cinema {
        Some(cinema) => Chrome::titled(state, visitor, cinema.name.clone()),
        None => Chrome::new(state, visitor, "manage-cinema-new"),
    };
    Ok(CinemaForm { chrome, is_admin, cinema, key: form_key(), typed, done: None, problem: None })
}

impl Retires for Cinema {
    type Ids = String;
    const NAME: &'static str = "cinema";

    async fn find(state: &State, visitor: &Visitor, cinema_id: String) -> Result<Self, Refused> {
        admin(visitor)?;
        scope::cinema(state, visitor, &cinema_id).await
    }

    fn what(&self, _: &Visitor) -> What {
        What {
            name: self.name.clone(),
            cinema: None,
            place: format!("/manage/cinemas/{}", self.cinema_id),
            back: "/manage".to_owned(),
        }
    }

    async fn retire(&self, state: &State, visitor: &Visitor) -> Result<(), Status> {
        let request = visitor.ask(RetireCinemaRequest { cinema_id: self.cinema_id });
        state.services.films().retire_cinema(request).await.map(drop)
    }
}
