//! Taking something out of use: asked first, then done.

use std::future::Future;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, State as Extract};
use contract::film::Cinema;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tonic::Status;

use super::manager;
use crate::chrome::Chrome;
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, response};

/// What can be taken out of use.
pub trait Retires: Sized + Send + Sync + 'static {
    /// The ids in the address that name it.
    type Ids: DeserializeOwned + Send;

    /// What texts call it: `manage-NAME-retire` asks, `manage-NAME-retire-about` says what it means.
    const NAME: &'static str;

    /// Finds it, for somebody who may take it out of use.
    fn find(
        state: &State,
        visitor: &Visitor,
        ids: Self::Ids,
    ) -> impl Future<Output = Result<Self, Refused>> + Send;

    /// What it is called, whose it is, and where.
    fn what(&self, visitor: &Visitor) -> What;

    /// Takes it out of use.
    fn retire(&self, state: &State, visitor: &Visitor) -> impl Future<Output = Result<(), Status>> + Send;
}

/// Something that may be taken out of use, for the page that asks.
pub struct What {
    /// What it is called.
    pub name: String,
    /// Whose it is, where its page is one of a cinema's.
    pub cinema: Option<Cinema>,
    /// Where it is; the question is below.
    pub place: String,
    /// Where to go instead, and afterwards.
    pub back: String,
}

/// Whether somebody means it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sure {
    sure: String,
}

/// The question.
#[derive(Template)]
#[template(path = "manage/retire.html")]
struct Question {
    chrome: Chrome,
    is_admin: bool,
    what: What,
    /// What it means.
    about: String,
    problem: Option<String>,
}

/// Asks whether it is meant.
pub async fn ask<T: Retires>(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(ids): Path<T::Ids>,
) -> Result<Response<Body>, Refused> {
    let thing = T::find(&state, &visitor, ids).await?;
    Ok(response::page(&question(&state, &visitor, &thing, None)?))
}

/// Takes it out of use where somebody is sure, and goes back.
pub async fn retire<T: Retires>(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(ids): Path<T::Ids>,
    Form(sure): Form<Sure>,
) -> Result<Response<Body>, Refused> {
    let thing = T::find(&state, &visitor, ids).await?;
    let refused = |code: StatusCode, words: String| {
        Ok(response::page_with(code, &question(&state, &visitor, &thing, Some(words))?))
    };
    if sure.sure != "yes" {
        return refused(StatusCode::BAD_REQUEST, visitor.language.text("manage-not-sure"));
    }
    match thing.retire(&state, &visitor).await {
        Ok(()) => Ok(response::see_other(&format!("{}?done=retired", thing.what(&visitor).back))),
        Err(status) => {
            let status = super::on_the_form(status)?;
            refused(problem::http_status(status.code()), problem::words(visitor.language, &status))
        }
    }
}

fn question<T: Retires>(
    state: &State,
    visitor: &Visitor,
    thing: &T,
    problem: Option<String>,
) -> Result<Question, Refused> {
    Ok(Question {
        chrome: Chrome::new(state, visitor, &format!("manage-{}-retire", T::NAME)),
        is_admin: manager(visitor)?.is_admin(),
        what: thing.what(visitor),
        about: visitor.language.text(&format!("manage-{}-retire-about", T::NAME)),
        problem,
    })
}
