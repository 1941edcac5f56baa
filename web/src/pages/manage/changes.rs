//! Who changed what in the catalogue, and when.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Query, State as Extract};
use contract::film::change::{Action, Thing};
use contract::film::{Change, Cinema, ListChangesRequest};
use http::Response;
use serde::Deserialize;

use super::changed::Reader;
use super::choices::Choice;
use super::{filter, local, manager, scope};
use crate::chrome::Chrome;
use crate::language::Language;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, format, response};

/// Changes on a page.
const PAGE: i32 = 50;
/// Values of a change that are seen at once.
const VALUES: usize = 3;
/// Kinds of things, and what addresses and texts call them.
const THINGS: [(Thing, &str); 5] = [
    (Thing::Cinema, "cinema"),
    (Thing::Hall, "hall"),
    (Thing::Film, "film"),
    (Thing::PriceList, "price-list"),
    (Thing::Screening, "screening"),
];

/// Which changes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    cinema: String,
    thing: String,
    id: String,
    user: String,
    from: String,
    to: String,
    page: String,
}

#[derive(Template)]
#[template(path = "manage/changes.html")]
struct Changes {
    chrome: Chrome,
    is_admin: bool,
    cinemas: Vec<Choice>,
    things: Vec<Choice>,
    changes: Vec<Line>,
    next: Option<String>,
    problem: Option<String>,
    filter: Filter,
}

struct Line {
    when: String,
    who: String,
    action: String,
    thing: String,
    /// Where it can be seen.
    place: String,
    cinema: String,
    /// Fields and their new values.
    what: Vec<(String, String)>,
}

impl Line {
    /// The values that are seen at once.
    fn first(&self) -> &[(String, String)] {
        &self.what[..self.what.len() - self.rest().len()]
    }

    /// Those that are seen where somebody wants them: a list of changes is to be looked through.
    fn rest(&self) -> &[(String, String)] {
        // One more is not worth hiding it.
        if self.what.len() <= VALUES + 1 { &[] } else { &self.what[VALUES..] }
    }
}

/// Shows them, the newest first.
pub async fn show(
    Extract(state): Extract<Arc<State>>,
    visitor: Visitor,
    Query(filter): Query<Filter>,
) -> Result<Response<Body>, Refused> {
    let is_admin = manager(&visitor)?.is_admin();
    let cinemas = scope::cinemas(&state, &visitor).await?;
    let mut films = state.services.films();
    let ask = async |request| films.list_changes(request).await;
    let filter::Searched { found, code, problem } =
        filter::search(&visitor, filter.message(&cinemas), ask).await?;
    let thing = |(_, name): &(Thing, &str)| {
        Choice::new(name, visitor.language.text(&format!("manage-thing-{name}")), &filter.thing)
    };
    let page = Changes {
        chrome: Chrome::new(&state, &visitor, "manage-changes"),
        is_admin,
        changes: found.changes.iter().map(|change| line(visitor.language, change, &cinemas)).collect(),
        next: filter::next("/manage/changes", &filter.pairs(), &found.next_page_token),
        things: THINGS.iter().map(thing).collect(),
        cinemas: filter::cinemas(&cinemas, &filter.cinema),
        problem,
        filter,
    };
    Ok(response::page_with(code, &page))
}

impl Filter {
    fn message(&self, cinemas: &[Cinema]) -> Option<ListChangesRequest> {
        let clock = filter::clock_of(cinemas, &self.cinema);
        let thing = THINGS.iter().find(|(_, name)| *name == self.thing);
        Some(ListChangesRequest {
            thing: thing.map_or(Thing::Unspecified, |(thing, _)| *thing).into(),
            thing_id: filter::id(&self.id)?,
            user_id: filter::id(&self.user)?,
            cinema_id: filter::id(&self.cinema)?,
            from: filter::from(&clock, &self.from)?,
            to: filter::to(&clock, &self.to)?,
            page_size: PAGE,
            page_token: self.page.clone(),
        })
    }

    fn pairs(&self) -> [(&str, &str); 6] {
        [
            ("cinema", &self.cinema),
            ("thing", &self.thing),
            ("id", &self.id),
            ("user", &self.user),
            ("from", &self.from),
            ("to", &self.to),
        ]
    }
}

/// An account in words; the operator's command line is none.
pub fn who(language: Language, user_id: i64) -> String {
    match user_id {
        0 => language.text("manage-by-operator"),
        user_id => language.text_with("manage-by-account", &[("account", user_id.to_string().into())]),
    }
}

/// A moment at a cinema in words.
pub fn when(language: Language, cinema: &Cinema, at_ms: i64) -> String {
    let at = local::clock(cinema, at_ms);
    format!("{} {}", format::day(language, at.date()), at.strftime("%H:%M"))
}

fn line(language: Language, change: &Change, cinemas: &[Cinema]) -> Line {
    let cinema = cinemas.iter().find(|cinema| cinema.cinema_id == change.cinema_id);
    let clock = cinema.cloned().unwrap_or_else(|| filter::clock_of(cinemas, ""));
    let action = match change.action() {
        Action::Create => "manage-did-create",
        Action::Retire => "manage-did-retire",
        Action::Cancel => "manage-did-cancel",
        Action::Update | Action::Unspecified => "manage-did-update",
    };
    let name = THINGS.iter().find(|(thing, _)| *thing == change.thing()).map_or("cinema", |(_, name)| *name);
    Line {
        when: when(language, &clock, change.changed_at),
        who: who(language, change.user_id),
        action: language.text(action),
        thing: format!("{} {}", language.text(&format!("manage-thing-{name}")), change.thing_id),
        place: place(change),
        cinema: cinema.map_or_else(String::new, |cinema| cinema.name.clone()),
        what: Reader { language, cinema: &clock }.fields(&change.what),
    }
}

fn place(change: &Change) -> String {
    let (cinema, id) = (change.cinema_id, change.thing_id);
    match change.thing() {
        Thing::Hall => format!("/manage/cinemas/{cinema}/halls/{id}"),
        Thing::Film => format!("/manage/films/{id}"),
        Thing::PriceList => format!("/manage/cinemas/{cinema}/prices/{id}"),
        Thing::Screening => format!("/manage/screenings/{id}"),
        Thing::Cinema | Thing::Unspecified => format!("/manage/cinemas/{id}"),
    }
}
