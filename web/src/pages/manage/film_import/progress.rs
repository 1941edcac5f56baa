//! The page of an import under way: it is sent piece by piece, and ends with what was done.
//!
//! Nothing is kept between two requests, so that any gateway can do it, and no script is needed: of
//! the signs of progress, which follow each other in the page, the style sheet shows the last. Who
//! leaves the page ends the import; what it has done until then stays.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use bytes::Bytes;
use contract::film::CreateFilmRequest;
use film_import::{Import, Stopped};
use futures_util::stream::unfold;
use http::Response;
use micro::Problem;
use tonic::{Code, Status};

use super::told::{self, Told};
use crate::chrome::Chrome;
use crate::problem::Refused;
use crate::visitor::Visitor;
use crate::{State, response};

/// Signs of progress, about.
const SIGNS: usize = 20;
/// Most records between two of them.
const MOST_A_PIECE: usize = 100;
/// Where the page is open for what becomes of the import: no text has it, as texts are escaped.
const HERE: &str = "<!--here-->";

#[derive(Template)]
#[template(path = "manage/film_import_run.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    is_admin: bool,
    records: usize,
}

#[derive(Template)]
#[template(path = "manage/film_import_step.html")]
struct Step<'a> {
    chrome: &'a Chrome,
    done: usize,
    records: usize,
}

#[derive(Template)]
#[template(path = "manage/film_import_told.html")]
struct End<'a> {
    chrome: &'a Chrome,
    told: Told,
}

/// What is sent next.
enum Next {
    /// A part of the page that is there already, and what follows it.
    Part(Bytes, Box<Next>),
    /// The films of some records.
    Piece,
    /// What was done, where the service did not fail.
    Told(Option<Status>),
    /// Nothing.
    Nothing,
}

struct Run {
    state: Arc<State>,
    visitor: Visitor,
    chrome: Chrome,
    import: Import,
    next: Next,
    /// The end of the page.
    end: Bytes,
}

/// The page.
pub fn page(
    state: &Arc<State>,
    visitor: Visitor,
    is_admin: bool,
    import: Import,
) -> Result<Response<Body>, Refused> {
    let chrome = Chrome::new(state, &visitor, "import-title");
    let page = written(&Page { chrome: &chrome, is_admin, records: import.records() })?;
    let (head, end) = page.split_once(HERE).ok_or_else(unwritten)?;
    let next = Next::Part(Bytes::copy_from_slice(head.as_bytes()), Box::new(Next::Piece));
    let end = Bytes::copy_from_slice(end.as_bytes());
    let run = Run { state: state.clone(), visitor, chrome, import, next, end };
    Ok(response::page_in_pieces(unfold(run, |mut run| async move { Some((run.next().await?, run)) })))
}

impl Run {
    /// What is sent next; nothing at the end.
    async fn next(&mut self) -> Option<Result<Bytes, Status>> {
        match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Part(part, next) => {
                self.next = *next;
                Some(Ok(part))
            }
            Next::Piece => Some(self.piece().await),
            Next::Told(stopped) => Some(self.told(stopped.as_ref())),
            Next::Nothing => None,
        }
    }

    async fn piece(&mut self) -> Result<Bytes, Status> {
        let records = self.import.records();
        let most = (records / SIGNS).clamp(1, MOST_A_PIECE);
        let create = |film: CreateFilmRequest| {
            let mut films = self.state.services.films();
            let request = self.visitor.ask(film);
            async move { films.create_film(request).await.map(drop) }
        };
        let done = tokio::select! {
            done = self.import.piece(most, create) => done.map_err(|Stopped { status, .. }| *status),
            () = self.state.closing.cancelled() => Err(going_down()),
        };
        self.next = match done {
            Ok(()) if !self.import.is_over() => Next::Piece,
            Ok(()) => Next::Told(None),
            Err(status) => Next::Told(Some(status)),
        };
        let step = Step { chrome: &self.chrome, done: self.import.done(), records };
        written(&step).map(Bytes::from)
    }

    fn told(&mut self, stopped: Option<&Status>) -> Result<Bytes, Status> {
        if let Some(status) = stopped {
            let trace_id = self.visitor.origin.trace;
            tracing::warn!(code = ?status.code(), message = status.message(), %trace_id, "an import of films stopped");
        }
        self.next = Next::Part(self.end.clone(), Box::new(Next::Nothing));
        let told = told::of(self.visitor.language, &self.import, stopped);
        written(&End { chrome: &self.chrome, told }).map(Bytes::from)
    }
}

fn written(template: &impl Template) -> Result<String, Status> {
    template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        unwritten()
    })
}

fn unwritten() -> Status {
    Problem::new(Code::Internal, "INTERNAL", "the page could not be written").into()
}

fn going_down() -> Status {
    Problem::new(Code::Unavailable, "GOING_DOWN", "the gateway stops").into()
}
