//! Language, light or dark, and city, as a visitor chooses them.

use std::sync::Arc;

use axum::Form;
use axum::body::Body;
use axum::extract::State as Extract;
use http::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::cookies::Cookie;
use crate::language::Language;
use crate::visitor::Theme;
use crate::{State, response};

/// How long a choice is kept, seconds: a year.
const KEPT: i64 = 365 * 24 * 60 * 60;
/// Longest name of a city, bytes.
const CITY_MAX: usize = 240;

/// A choice; what is not there stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Preferences {
    language: Option<String>,
    theme: Option<String>,
    city: Option<String>,
    /// The page it was made on.
    next: String,
}

/// Keeps a choice and goes back to the page it was made on.
pub async fn set(Extract(state): Extract<Arc<State>>, Form(chosen): Form<Preferences>) -> Response<Body> {
    let secure = state.config.secure_cookies;
    let language = chosen.language.as_deref().and_then(Language::of_tag);
    let language = language.and_then(|language| Cookie::Language.set(language.tag(), KEPT, secure));
    let theme = chosen.theme.as_deref().map(Theme::named);
    let theme = theme.and_then(|theme| Cookie::Theme.set(theme.name(), KEPT, secure));
    let city = chosen.city.filter(|city| city.len() <= CITY_MAX);
    let city = city.map(|city| utf8_percent_encode(&city, NON_ALPHANUMERIC).to_string());
    let city = city.and_then(|city| Cookie::City.set(&city, if city.is_empty() { 0 } else { KEPT }, secure));
    response::with_cookies(response::see_other(&chosen.next), [language, theme, city].into_iter().flatten())
}
