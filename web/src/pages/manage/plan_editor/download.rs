//! The draft as a file.

use axum::body::Body;
use contract::film::EditedPlan;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, Response};

use super::Place;
use super::action::Action;

/// The draft, as pretix JSON or as a text drawing.
pub fn of(place: &Place, action: Action, edited: EditedPlan) -> Response<Body> {
    let (content, kind, ending) = match action {
        Action::Drawing => (edited.drawing, "text/plain; charset=utf-8", "txt"),
        _ => (edited.pretix_json, "application/json", "json"),
    };
    let hall = place.hall.as_ref().map_or("new".to_owned(), |hall| hall.hall_id.to_string());
    let name = format!("attachment; filename=\"hall-{hall}-draft.{ending}\"");
    let mut answer = Response::new(Body::from(content));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(CONTENT_DISPOSITION, name.parse().unwrap_or(HeaderValue::from_static("attachment")));
    answer
}
