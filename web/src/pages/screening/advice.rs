//! What is said of a choice that would leave a seat alone.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State as Extract};
use contract::film::Screening;
use fluent_bundle::FluentValue;
use http::Response;

use crate::chrome::Chrome;
use crate::hall::Hall;
use crate::hall::choice::{Choice, MOST_SEATS};
use crate::hall::lone_seats::{self, Rule};
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, response};

use super::asked::Asked;
use super::look;
use super::notices::{self, Notice, Offer};
use super::yours;

/// What is said of a choice.
pub struct Advised {
    /// What is wrong with it.
    pub words: String,
    /// Whether it is not to be bought as it is.
    pub must: bool,
    /// Choices that would be better.
    pub offers: Vec<Offer>,
    /// The choice, so that the form can say it was told.
    pub about: String,
}

#[derive(Template)]
#[template(path = "hall_advice_part.html")]
struct AdvicePart {
    chrome: Chrome,
    /// Seats of the choice that are taken, and others like them.
    taken: Option<Notice>,
    advised: Option<Advised>,
}

/// The advice about a choice, for the module: a part of the page.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Path(film_sid): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response<Body>, Refused> {
    let (info, hall) = look(&state, &visitor, &film_sid).await?;
    let asked = Asked::read(query.unwrap_or_default().as_bytes());
    let screening = info.screening.unwrap_or_default();
    let advised = of(&state, &visitor, &hall, &screening, &asked.choice);
    let mut taken = hall.names(asked.choice.seats(&hall).filter(|seat| !hall.is_free(*seat)));
    if !taken.is_empty() {
        let yours = yours::of(&state, &visitor, screening.film_sid).await;
        taken.retain(|seat| !yours.has(seat));
    }
    let taken = (!taken.is_empty())
        .then(|| notices::taken(&visitor, screening.film_sid, &hall, &asked.choice, &taken));
    let chrome = Chrome::new(&state, &visitor, "choose-seats");
    Ok(response::page(&AdvicePart { chrome, taken, advised }))
}

/// The advice about a choice; nothing where there is none to give.
pub fn of(
    state: &State,
    visitor: &Visitor,
    hall: &Hall,
    screening: &Screening,
    choice: &Choice,
) -> Option<Advised> {
    if state.config.lone_seats == Rule::Allow {
        return None;
    }
    // What is taken in the meantime is told in another way.
    let seats = choice.seats(hall).filter(|seat| hall.is_free(*seat));
    let advice = lone_seats::advise(hall, &seats.collect::<Vec<_>>())?;
    let language = visitor.language;
    let names = hall.names(advice.alone.iter().copied());
    let values = [("seats", language.list(&names).into()), ("count", FluentValue::from(names.len()))];
    let offer = |seats: &[usize], text| {
        Offer::new(language, screening.film_sid, &Choice::of_seats(hall, seats, choice), text)
    };
    let mut offers = vec![offer(&advice.instead, "hall-alone-instead")];
    if advice.with_them.len() <= MOST_SEATS {
        offers.push(offer(&advice.with_them, "hall-alone-with"));
    }
    Some(Advised {
        words: language.text_with("hall-alone", &values),
        must: state.config.lone_seats == Rule::Refuse,
        offers,
        about: choice.sorted(),
    })
}
