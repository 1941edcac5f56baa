//! Films from a file into the catalogue: by the same rules as `marquee import films`.

mod asked;
mod progress;
mod told;

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State as Extract};
use http::Response;
use tonic::Status;

use super::manager;
use crate::chrome::Chrome;
use crate::problem::{self, Refused};
use crate::visitor::Visitor;
use crate::{State, response};

#[derive(Template)]
#[template(path = "manage/film_import.html")]
struct Form {
    chrome: Chrome,
    is_admin: bool,
    /// What was typed.
    latest_year: String,
    most_records: usize,
    problem: Option<String>,
}

/// The form.
pub async fn form(Extract(state): Extract<Arc<State>>, visitor: Visitor) -> Result<Response<Body>, Refused> {
    Ok(response::page(&page(&state, &visitor)?))
}

/// Imports a file: the page tells how far it is, and ends with what was done.
pub async fn import(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    request: Request,
) -> Result<Response<Body>, Refused> {
    let is_admin = manager(&visitor)?.is_admin();
    let mut typed = String::new();
    match asked::import(request, state.clock.now_ms(), &mut typed).await {
        Ok(import) => progress::page(&state, visitor, is_admin, import),
        Err(fault) => {
            let status = Status::from(fault);
            let mut page = page(&state, &visitor)?;
            page.latest_year = typed;
            page.problem = Some(problem::words(visitor.language, &status));
            Ok(response::page_with(problem::http_status(status.code()), &page))
        }
    }
}

fn page(state: &State, visitor: &Visitor) -> Result<Form, Refused> {
    Ok(Form {
        is_admin: manager(visitor)?.is_admin(),
        chrome: Chrome::new(state, visitor, "import-title"),
        latest_year: String::new(),
        most_records: asked::MOST_RECORDS,
        problem: None,
    })
}
