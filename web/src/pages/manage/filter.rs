//! What searches have in common: from which day to which, and the next page.

use contract::film::Cinema;
use http::StatusCode;
use jiff::civil::Date;
use tonic::{Request, Response, Status};

use super::choices::Choice;
use super::local;
use crate::problem::{self, Refused};
use crate::visitor::Visitor;

/// What a search found, or what is wrong with it: the status and the words over its form.
pub struct Searched<T> {
    pub found: T,
    pub code: StatusCode,
    pub problem: Option<String>,
}

/// Searches, unless what was typed is no search: then `message` is nothing.
///
/// # Errors
/// What cannot be told over the form.
pub async fn search<M, T: Default>(
    visitor: &Visitor,
    message: Option<M>,
    ask: impl AsyncFnOnce(Request<M>) -> Result<Response<T>, Status>,
) -> Result<Searched<T>, Refused> {
    let wrong = |code, words| Searched { found: T::default(), code, problem: Some(words) };
    let Some(message) = message else {
        return Ok(wrong(StatusCode::BAD_REQUEST, visitor.language.text("manage-id-wrong")));
    };
    match ask(visitor.ask(message)).await {
        Ok(found) => Ok(Searched { found: found.into_inner(), code: StatusCode::OK, problem: None }),
        Err(status) => {
            let status = super::on_the_form(status)?;
            Ok(wrong(problem::http_status(status.code()), problem::words(visitor.language, &status)))
        }
    }
}

/// From the beginning of a day on, milliseconds UTC; 0 where none was typed.
pub fn from(cinema: &Cinema, day: &str) -> Option<i64> {
    Some(bounds(cinema, day)?.0.max(0))
}

/// To the end of a day, milliseconds UTC; 0 where none was typed.
pub fn to(cinema: &Cinema, day: &str) -> Option<i64> {
    Some(bounds(cinema, day)?.1.max(0))
}

/// When a day begins and ends there; nothing where what was typed is no day.
fn bounds(cinema: &Cinema, day: &str) -> Option<(i64, i64)> {
    match day.trim() {
        "" => Some((0, 0)),
        day => local::bounds(cinema, day.parse::<Date>().ok()?),
    }
}

/// The cinema whose clock counts: the chosen one, else the first, else UTC's.
pub fn clock_of(cinemas: &[Cinema], chosen: &str) -> Cinema {
    let chosen = cinemas.iter().find(|cinema| cinema.cinema_id.to_string() == chosen);
    let utc = || Cinema { time_zone: "UTC".to_owned(), ..Cinema::default() };
    chosen.or_else(|| cinemas.first()).cloned().unwrap_or_else(utc)
}

/// The cinemas to choose from.
pub fn cinemas(cinemas: &[Cinema], chosen: &str) -> Vec<Choice> {
    cinemas.iter().map(|cinema| Choice::new(cinema.cinema_id, &cinema.name, chosen)).collect()
}

/// An id that was typed; 0 where nothing was.
pub fn id(text: &str) -> Option<i64> {
    match text.trim() {
        "" => Some(0),
        text => text.parse().ok().filter(|id| *id > 0),
    }
}

/// The address of the next page of a search.
pub fn next(path: &str, filters: &[(&str, &str)], token: &str) -> Option<String> {
    let given = filters.iter().filter(|(_, value)| !value.is_empty());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(given).append_pair("page", token);
    (!token.is_empty()).then(|| format!("{path}?{}", query.finish()))
}
