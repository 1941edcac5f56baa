//! Taking something out of use: asked first.

use std::future::Future;

use askama::Template;
use axum::body::Body;
use contract::film::Cinema;
use http::{Response, StatusCode};
use tonic::Status;

use super::Sure;
use crate::chrome::Chrome;
use crate::problem::{self, Refused};
use crate::response;
use crate::visitor::Visitor;

/// The question.
#[derive(Template)]
#[template(path = "manage/retire.html")]
pub struct Question {
    pub chrome: Chrome,
    /// Whose it is, where it is a cinema's.
    pub cinema: Option<Cinema>,
    pub is_admin: bool,
    pub name: String,
    /// What it means.
    pub about: String,
    /// Where the answer is sent.
    pub action: String,
    /// Where to go instead, and afterwards.
    pub back: String,
    pub problem: Option<String>,
}

impl Question {
    /// Takes it out of use where somebody is sure, and goes back.
    pub async fn answered<T>(
        self,
        visitor: &Visitor,
        sure: &Sure,
        retire: impl Future<Output = Result<T, Status>>,
    ) -> Result<Response<Body>, Refused> {
        if !sure.is_sure() {
            let words = visitor.language.text("manage-not-sure");
            return Ok(self.refused(StatusCode::BAD_REQUEST, words));
        }
        match retire.await {
            Ok(_) => Ok(response::see_other(&format!("{}?done=retired", self.back))),
            Err(status) => {
                let status = super::on_the_form(status)?;
                let words = problem::words(visitor.language, &status);
                Ok(self.refused(problem::http_status(status.code()), words))
            }
        }
    }

    fn refused(self, code: StatusCode, words: String) -> Response<Body> {
        response::page_with(code, &Self { problem: Some(words), ..self })
    }
}
